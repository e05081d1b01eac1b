// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Classes in brackets, and escapes.
extension RegexParser {
    // MARK: Classes

    /// `[…]`, the bracket taken: ranges, named classes, classes in classes, `&&`, `--` and `~~` between them.
    mutating func readClass(at start: Int, depth: Int = 0) throws(OVError) -> ScalarSet {
        guard depth <= 20 else { throw error("more than 20 classes in one another", at: start) }
        let isNegated = take("^")
        var (ranges, result): ([ClosedRange<UInt32>], ScalarSet?) = ([], nil)
        var operation: Unicode.Scalar?
        var isFirst = true
        while true {
            guard let scalar = next else { throw error("a '[' without a ']'", at: start) }
            if scalar == "]", !isFirst { break }
            isFirst = false
            if let found = setOperation() {
                result = combine(result, operation, ScalarSet(ranges))
                (ranges, operation) = ([], found)
                index += 2
                continue
            }
            if scalar == "[", let set = try readInner(depth: depth) {
                ranges.append(contentsOf: set.ranges)
                continue
            }
            ranges.append(contentsOf: try readClassItem(at: start))
        }
        index += 1
        var set = combine(result, operation, ScalarSet(ranges))
        if flags.ignoresCase { set = set.ignoringCase }
        return isNegated ? set.inverted : set
    }

    private func setOperation() -> Unicode.Scalar? {
        guard let scalar = next, "&-~".unicodeScalars.contains(scalar), index + 2 < scalars.count,
            scalars[index + 1] == scalar, scalars[index + 2] != "]" || scalar == "&"
        else { return nil }
        return scalar
    }

    private func combine(_ left: ScalarSet?, _ operation: Unicode.Scalar?, _ right: ScalarSet) -> ScalarSet {
        guard let left else { return right }
        switch operation {
        case "&": return left.intersection(right)
        case "-": return left.subtracting(right)
        default: return left.symmetricDifference(right)
        }
    }

    /// A class in a class, `[:alpha:]` included.
    private mutating func readInner(depth: Int) throws(OVError) -> ScalarSet? {
        let start = index
        index += 1
        if take(":") {
            let isNegated = take("^")
            var name = ""
            while let scalar = next, ("a"..."z").contains(scalar) {
                name.unicodeScalars.append(scalar)
                index += 1
            }
            if take(":"), take("]") {
                guard let set = UnicodeClass.posix(name) else { throw error("no class is called '\(name)'", at: start) }
                return isNegated ? set.inverted : set
            }
            index = start + 1
        }
        return try readClass(at: start, depth: depth + 1)
    }

    /// A character, a range, or an escape that is a class.
    private mutating func readClassItem(at start: Int) throws(OVError) -> [ClosedRange<UInt32>] {
        let place = index
        let first: UInt32
        switch try readClassScalar() {
        case .set(let set): return set.ranges
        case .scalar(let value): first = value
        }
        guard next == "-", index + 1 < scalars.count, scalars[index + 1] != "]", scalars[index + 1] != "-" else {
            return [first...first]
        }
        index += 1
        guard case .scalar(let last) = try readClassScalar() else {
            throw error("a range that ends with a class", at: place)
        }
        guard first <= last else { throw error("a range that is backwards", at: place) }
        return [first...last]
    }

    private enum Item {
        case scalar(UInt32)
        case set(ScalarSet)
    }

    private mutating func readClassScalar() throws(OVError) -> Item {
        guard let scalar = next else { throw error("a '[' without a ']'") }
        let start = index
        index += 1
        guard scalar == "\\" else { return .scalar(scalar.value) }
        guard let escaped = next else { throw error("a '\\' at the end", at: start) }
        index += 1
        if let set = try escapedClass(escaped, at: start) { return .set(set) }
        if escaped == "b" { return .scalar(8) }
        return .scalar(try escapedScalar(escaped, at: start).value)
    }

    // MARK: Escapes

    /// `\…`, the backslash taken.
    mutating func readEscape(at start: Int) throws(OVError) -> RegexNode {
        guard let scalar = next else { throw error("a '\\' at the end", at: start) }
        index += 1
        if let set = try escapedClass(scalar, at: start) {
            return .scalars((flags.ignoresCase ? set.ignoringCase : set).subtracting(ScalarSet([10...10])))
        }
        switch scalar {
        case "b": return .assertion(try readBoundary(at: start))
        case "B": return .assertion(.noWordBoundary)
        case "<": return .assertion(.wordStart)
        case ">": return .assertion(.wordEnd)
        case "A", "z", "Z", "G":
            throw error("'\\\(scalar)': a pattern sees one line at a time", at: start, hint: "use `^` and `$`")
        case "1"..."9", "k": throw backReference(at: start)
        default: break
        }
        let value = try escapedScalar(scalar, at: start)
        guard value != "\n" else {
            throw error("a line feed: a pattern sees one line at a time", at: start, hint: "use `^` and `$`")
        }
        return literal(value)
    }

    private mutating func readBoundary(at start: Int) throws(OVError) -> RegexAssertion {
        let kinds: [(String, RegexAssertion)] = [
            ("{start}", .wordStart), ("{end}", .wordEnd), ("{start-half}", .wordStart), ("{end-half}", .wordEnd),
        ]
        for (text, kind) in kinds where scalars[index...].starts(with: text.unicodeScalars) {
            index += text.unicodeScalars.count
            return kind
        }
        return .wordBoundary
    }

    private mutating func escapedClass(_ scalar: Unicode.Scalar, at start: Int) throws(OVError) -> ScalarSet? {
        switch scalar {
        case "d", "D":
            let set = flags.isUnicode ? UnicodeClass.digits : ScalarSet([48...57])
            return scalar == "d" ? set : set.inverted
        case "s", "S":
            let set = flags.isUnicode ? UnicodeClass.spaces : ScalarSet([9...13, 32...32])
            return scalar == "s" ? set : set.inverted
        case "w", "W":
            let set = flags.isUnicode ? UnicodeClass.words : UnicodeClass.posix("word") ?? ScalarSet()
            return scalar == "w" ? set : set.inverted
        case "h": return ScalarSet([9...9, 32...32])
        case "p", "P":
            let set = try readProperty(at: start)
            return scalar == "p" ? set : set.inverted
        default: return nil
        }
    }

    private mutating func readProperty(at start: Int) throws(OVError) -> ScalarSet {
        guard let scalar = next else { throw error("a '\\p' without a name", at: start) }
        index += 1
        var name = String(scalar)
        var isNegated = false
        if scalar == "{" {
            name = ""
            isNegated = take("^")
            while let scalar = next, scalar != "}" {
                name.unicodeScalars.append(scalar)
                index += 1
            }
            guard take("}") else { throw error("a '\\p{' without a '}'", at: start) }
        }
        guard let set = UnicodeClass.named(name) else {
            throw error("no class is called '\(name)'", at: start, hint: "such as `\\p{L}`, `\\p{Lu}`, `\\p{Greek}`")
        }
        return isNegated ? set.inverted : set
    }

    private mutating func escapedScalar(_ scalar: Unicode.Scalar, at start: Int) throws(OVError) -> Unicode.Scalar {
        switch scalar {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "f": return "\u{0C}"
        case "v": return "\u{0B}"
        case "a": return "\u{07}"
        case "e": return "\u{1B}"
        case "0": return "\0"
        case "x": return try readHexadecimal(digits: 2, at: start)
        case "u": return try readHexadecimal(digits: 4, at: start)
        case "U": return try readHexadecimal(digits: 8, at: start)
        default: break
        }
        guard !scalar.properties.isAlphabetic, !("0"..."9").contains(scalar) else {
            throw error("an unknown escape '\\\(scalar)'", at: start)
        }
        return scalar
    }

    private mutating func readHexadecimal(digits: Int, at start: Int) throws(OVError) -> Unicode.Scalar {
        let isBraced = take("{")
        var (value, count): (UInt32, Int) = (0, 0)
        while let digit = next.flatMap({ Character($0).hexDigitValue }), count < (isBraced ? 8 : digits) {
            value = value << 4 | UInt32(digit)
            index += 1
            count += 1
        }
        guard count > 0, isBraced || count == digits, !isBraced || take("}"), let scalar = Unicode.Scalar(value) else {
            throw error("not the code of a character", at: start)
        }
        return scalar
    }
}
