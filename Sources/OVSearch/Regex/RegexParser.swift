// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Reads a regular expression: the syntax of ripgrep (Rust's `regex`), as far as an engine goes that takes linear
/// time. What goes beyond, and what is wrong, is refused with the place in the pattern.
struct RegexParser {
    struct Flags {
        var ignoresCase: Bool
        /// `x`: blanks and comments in the pattern are none of it.
        var isExtended = false
        /// `u`: whether `\w` and the like go beyond ASCII.
        var isUnicode = true
    }

    let pattern: String
    let scalars: [Unicode.Scalar]
    var index = 0
    var flags: Flags
    private var depth = 0

    static let maximumLength = 4096
    private static let maximumDepth = 100
    private static let maximumCount = 1000

    /// - Throws: `INVALID_ARGUMENT` that says what is wrong where.
    static func parse(_ pattern: String, ignoringCase: Bool) throws(OVError) -> RegexNode {
        guard pattern.utf8.count <= maximumLength else {
            throw OVError(.invalidArgument, "the pattern is longer than \(maximumLength) bytes")
        }
        var parser = RegexParser(
            pattern: pattern, scalars: Array(pattern.unicodeScalars), flags: Flags(ignoresCase: ignoringCase))
        let node = try parser.readAlternatives()
        guard parser.index == parser.scalars.count else { throw parser.error("a ')' without a '('") }
        return node
    }

    private init(pattern: String, scalars: [Unicode.Scalar], flags: Flags) {
        (self.pattern, self.scalars, self.flags) = (pattern, scalars, flags)
    }

    /// - Parameter place: where in the pattern, from 0; nil for here.
    func error(_ reason: String, at place: Int? = nil, hint: String? = nil) -> OVError {
        let place = (place ?? index) + 1
        return OVError(
            .invalidArgument, "not a valid pattern '\(pattern.prefix(120))': \(reason), at character \(place)",
            hint: hint ?? "to search for text as it is written, use a fixed string (`-F`)",
            details: ["position": .integer(Int64(place))])
    }

    var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        index += 1
        return true
    }

    // MARK: Structure

    private mutating func readAlternatives() throws(OVError) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw error("more than \(Self.maximumDepth) groups in one another") }
        let outer = flags
        defer { flags = outer }
        var alternatives = [try readSequence()]
        while take("|") { alternatives.append(try readSequence()) }
        return alternatives.count == 1 ? alternatives[0] : .alternatives(alternatives)
    }

    private mutating func readSequence() throws(OVError) -> RegexNode {
        var nodes: [RegexNode] = []
        while true {
            skipComments()
            guard let scalar = next, scalar != "|", scalar != ")" else { break }
            let start = index
            guard let atom = try readAtom() else { continue }
            nodes.append(try readRepetitions(of: atom, at: start))
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    private mutating func skipComments() {
        guard flags.isExtended else { return }
        while let scalar = next {
            if scalar.properties.isWhitespace {
                index += 1
            } else if scalar == "#" {
                while let scalar = next, scalar != "\n" {
                    _ = scalar
                    index += 1
                }
            } else {
                return
            }
        }
    }

    private mutating func readRepetitions(of atom: RegexNode, at start: Int) throws(OVError) -> RegexNode {
        var (node, count) = (atom, 0)
        while true {
            skipComments()
            guard let (lower, upper) = try readRepetition() else { return node }
            count += 1
            guard count <= 8 else { throw error("more than eight repetitions of the same", at: index - 1) }
            if upper == 0 {
                node = .empty
            } else {
                node = .repeated(node, lower: lower, upper: upper)
            }
            // What prefers the shorter match finds the same lines.
            _ = take("?")
        }
    }

    private mutating func readRepetition() throws(OVError) -> (lower: Int, upper: Int?)? {
        let start = index
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard take("{") else { return nil }
        let lower = number()
        var upper = lower
        if take(",") { upper = number() } else if lower == nil { throw error("a '{' without a number", at: start) }
        guard take("}") else { throw error("a repetition without a '}'", at: start) }
        let isOpen = upper == nil
        guard max(lower ?? 0, upper ?? 0) <= Self.maximumCount else {
            throw error("a repetition of more than \(Self.maximumCount)", at: start)
        }
        guard isOpen || (lower ?? 0) <= (upper ?? 0) else {
            throw error("a repetition that ends before it begins", at: start)
        }
        return (lower ?? 0, upper)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = next, ("0"..."9").contains(scalar) {
            value = min(1_000_000, (value ?? 0) * 10 + Int(scalar.value - 48))
            index += 1
        }
        return value
    }

    private mutating func readAtom() throws(OVError) -> RegexNode? {
        let start = index
        guard let scalar = next else { return nil }
        index += 1
        switch scalar {
        case "(": return try readGroup(at: start)
        case "[":
            return .scalars(withoutLineFeed(try readClass(at: start)))
        case ".": return .scalars(withoutLineFeed(.all))
        case "^": return .assertion(.lineStart)
        case "$": return .assertion(.lineEnd)
        case "\\": return try readEscape(at: start)
        case "*", "+", "?": throw error("a '\(scalar)' with nothing before it that it could repeat", at: start)
        case "{": throw error("a '{' with nothing before it that it could repeat", at: start, hint: "write `\\{`")
        default: return literal(scalar)
        }
    }

    func literal(_ scalar: Unicode.Scalar) -> RegexNode {
        let set = ScalarSet(scalar)
        return .scalars(flags.ignoresCase ? set.ignoringCase : set)
    }

    /// A pattern sees one line at a time.
    private func withoutLineFeed(_ set: ScalarSet) -> ScalarSet { set.subtracting(ScalarSet([10...10])) }

    // MARK: Groups

    private mutating func readGroup(at start: Int) throws(OVError) -> RegexNode? {
        let outer = flags
        if take("?") {
            if take("=") || take("!") { throw lookAround("look-ahead", at: start) }
            if take("<") {
                if take("=") || take("!") { throw lookAround("look-behind", at: start) }
                try readName(at: start)
            } else if take("P") {
                if take("=") || take(">") { throw backReference(at: start) }
                guard take("<") else { throw error("an unknown kind of group", at: start) }
                try readName(at: start)
            } else if take(">") {
                throw error("an atomic group, which only an engine that backtracks has", at: start)
            } else if take("#") {
                throw error("a comment group", at: start, hint: "`(?x)` allows comments behind '#'")
            } else if try readFlags(at: start) {
                return nil
            }
        }
        let node = try readAlternatives()
        flags = outer
        guard take(")") else { throw error("a '(' without a ')'", at: start) }
        return node
    }

    private func lookAround(_ name: String, at start: Int) -> OVError {
        error(
            "\(name), which cannot be searched for in linear time", at: start,
            hint: "search for what is around it, too, or narrow the result with a second search")
    }

    func backReference(at start: Int) -> OVError {
        error("a back-reference, which cannot be searched for in linear time", at: start)
    }

    private mutating func readName(at start: Int) throws(OVError) {
        var isEmpty = true
        while let scalar = next, scalar == "_" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
            index += 1
            isEmpty = false
        }
        guard take(">"), !isEmpty else { throw error("the name of a group has no end", at: start) }
    }

    /// - Returns: whether the flags are for the rest of the group around them: `(?i)`, not `(?i:…)`.
    private mutating func readFlags(at start: Int) throws(OVError) -> Bool {
        var (changed, isOn) = (flags, true)
        while let scalar = next, scalar != ")", scalar != ":" {
            index += 1
            switch scalar {
            case "-": isOn = false
            case "i": changed.ignoresCase = isOn
            case "x": changed.isExtended = isOn
            case "u": changed.isUnicode = isOn
            // Without a meaning when a pattern sees one line at a time.
            case "s", "m", "U", "R": break
            default: throw error("an unknown flag '\(scalar)'", at: index - 1)
            }
        }
        if take(")") {
            flags = changed
            return true
        }
        guard take(":") else { throw error("a '(' without a ')'", at: start) }
        flags = changed
        return false
    }
}
