// SPDX-License-Identifier: Apache-2.0

@_spi(_Unicode) import Swift

/// A shell pattern over `/`-separated paths: `*`, `?`, `[…]`, `[!…]`, `{a,b}`, `**` across folders, `\` to quote.
///
/// One implementation for everything that selects by path (include and exclude lists, `.gitignore`, `ov glob`), so
/// that no two of them can disagree. Matching takes time in proportion to pattern × path, whatever the pattern: it
/// follows all possibilities at once and never backtracks. A pattern is brought to normal form C, in which paths are.
package struct GlobPattern: Hashable, Sendable {
    package let text: String
    /// One alternative for each combination of braces.
    private let alternatives: [[Element]]

    private enum Element: Hashable, Sendable {
        case literal(UInt32)
        /// `?`
        case anyScalar
        case set([ClosedRange<UInt32>], negated: Bool)
        /// `*`
        case anyRun
        /// `**/`: any number of whole folders, none included.
        case anyFolders
        /// `**` as the last segment: anything at all. Inside a name, two stars are one.
        case anything
    }

    /// How many alternatives the braces of one pattern may expand to.
    package static let maximumAlternatives = 64

    /// - Throws: `INVALID_ARGUMENT` that says what is wrong with the pattern.
    package init(_ text: String) throws(OVError) {
        guard text.utf8.count <= 1024 else { throw Self.invalid(text, "it is longer than 1024 bytes") }
        var alternatives: [[Element]] = []
        for expanded in try Self.expandBraces(Array(text._nfc), of: text) {
            alternatives.append(try Self.parse(expanded, of: text))
        }
        self.text = text
        self.alternatives = alternatives
    }

    package func matches(_ path: String) -> Bool {
        let scalars = path.unicodeScalars.map(\.value)
        return alternatives.contains { Self.matches($0, scalars) }
    }

    private static func invalid(_ text: String, _ reason: String) -> OVError {
        OVError(.invalidArgument, "not a valid glob pattern '\(text.prefix(120))': \(reason)")
    }
}

// MARK: - Parsing

extension GlobPattern {
    /// Replaces `a{b,c}d` by `abd` and `acd`, inner braces included.
    private static func expandBraces(_ scalars: [Unicode.Scalar], of text: String) throws(OVError)
        -> [[Unicode.Scalar]]
    {
        var (finished, open): ([[Unicode.Scalar]], [[Unicode.Scalar]]) = ([], [scalars])
        while let next = open.popLast() {
            guard let group = try firstBraces(in: next, of: text) else {
                finished.append(next)
                continue
            }
            for choice in group.choices.reversed() {
                open.append(Array(next[..<group.range.lowerBound]) + choice + Array(next[group.range.upperBound...]))
            }
            guard open.count + finished.count <= maximumAlternatives else {
                throw invalid(text, "its braces expand to more than \(maximumAlternatives) alternatives")
            }
        }
        return finished
    }

    private static func firstBraces(in scalars: [Unicode.Scalar], of text: String) throws(OVError)
        -> (range: Range<Int>, choices: [[Unicode.Scalar]])?
    {
        var (depth, start, choiceStart, index) = (0, 0, 0, 0)
        var choices: [[Unicode.Scalar]] = []
        while index < scalars.count {
            switch scalars[index] {
            case "\\": index += 1
            case "[" where depth == 0: index = closingBracket(in: scalars, from: index) ?? index
            case "{":
                if depth == 0 { (start, choiceStart) = (index, index + 1) }
                depth += 1
            case "," where depth == 1:
                choices.append(Array(scalars[choiceStart..<index]))
                choiceStart = index + 1
            case "}" where depth > 0:
                depth -= 1
                if depth == 0 {
                    choices.append(Array(scalars[choiceStart..<index]))
                    return (start..<index + 1, choices)
                }
            default: break
            }
            index += 1
        }
        guard depth == 0 else { throw invalid(text, "a '{' has no '}'") }
        return nil
    }

    private static func closingBracket(in scalars: [Unicode.Scalar], from start: Int) -> Int? {
        var index = start + 1
        if index < scalars.count, scalars[index] == "!" || scalars[index] == "^" { index += 1 }
        // A bracket that comes first stands for itself.
        if index < scalars.count, scalars[index] == "]" { index += 1 }
        while index < scalars.count {
            if scalars[index] == "]" { return index }
            index += scalars[index] == "\\" ? 2 : 1
        }
        return nil
    }

    private static func parse(_ scalars: [Unicode.Scalar], of text: String) throws(OVError) -> [Element] {
        var elements: [Element] = []
        var index = 0
        while index < scalars.count {
            switch scalars[index] {
            case "\\":
                guard index + 1 < scalars.count else { throw invalid(text, "it ends in a '\\'") }
                elements.append(.literal(scalars[index + 1].value))
                index += 2
            case "?":
                elements.append(.anyScalar)
                index += 1
            case "[":
                guard let end = closingBracket(in: scalars, from: index) else {
                    throw invalid(text, "a '[' has no ']'")
                }
                elements.append(try parseSet(Array(scalars[index + 1..<end]), of: text))
                index = end + 1
            case "*": index = parseStars(in: scalars, at: index, into: &elements)
            case let scalar:
                elements.append(.literal(scalar.value))
                index += 1
            }
        }
        return elements
    }

    private static func parseStars(in scalars: [Unicode.Scalar], at start: Int, into elements: inout [Element]) -> Int {
        let end = scalars[start...].firstIndex { $0 != "*" } ?? scalars.count
        let fillsSegmentStart = start == 0 || scalars[start - 1] == "/"
        if end - start == 1 {
            elements.append(.anyRun)
        } else if fillsSegmentStart && end < scalars.count && scalars[end] == "/" {
            elements.append(.anyFolders)
            return end + 1
        } else {
            elements.append(fillsSegmentStart && end == scalars.count ? .anything : .anyRun)
        }
        return end
    }

    private static func parseSet(_ scalars: [Unicode.Scalar], of text: String) throws(OVError) -> Element {
        var rest = scalars[...]
        let negated = rest.first == "!" || rest.first == "^"
        if negated { rest.removeFirst() }
        var ranges: [ClosedRange<UInt32>] = []
        func next() -> Unicode.Scalar? {
            guard let scalar = rest.popFirst() else { return nil }
            return scalar == "\\" ? rest.popFirst() ?? scalar : scalar
        }
        while let lower = next() {
            if rest.first == "-", rest.count > 1 {
                rest.removeFirst()
                guard let upper = next(), upper >= lower else { throw invalid(text, "a range in '[…]' is backwards") }
                ranges.append(lower.value...upper.value)
            } else {
                ranges.append(lower.value...lower.value)
            }
        }
        return .set(ranges, negated: negated)
    }
}

// MARK: - Matching

extension GlobPattern {
    /// Runs the pattern as a nondeterministic automaton: the set of elements that could come next, scalar by scalar.
    private static func matches(_ pattern: [Element], _ path: [UInt32]) -> Bool {
        var states = [Bool](repeating: false, count: pattern.count + 1)
        states[0] = true
        skipEmptyMatches(pattern, &states, atSegmentStart: true)
        var next = states
        for scalar in path {
            for index in next.indices { next[index] = false }
            var isAlive = false
            for index in pattern.indices where states[index] {
                guard let target = step(pattern[index], at: index, scalar) else { continue }
                next[target] = true
                isAlive = true
            }
            guard isAlive else { return false }
            skipEmptyMatches(pattern, &next, atSegmentStart: scalar == 47)
            swap(&states, &next)
        }
        return states[pattern.count]
    }

    /// The state after `element` has taken one scalar, nil when it cannot.
    private static func step(_ element: Element, at index: Int, _ scalar: UInt32) -> Int? {
        switch element {
        case .literal(let expected): scalar == expected ? index + 1 : nil
        case .anyScalar: scalar == 47 ? nil : index + 1
        case .set(let ranges, let negated):
            scalar != 47 && ranges.contains { $0.contains(scalar) } != negated ? index + 1 : nil
        case .anyRun: scalar == 47 ? nil : index
        case .anyFolders, .anything: index
        }
    }

    /// Adds the states that can be reached without taking a scalar. `**/` lets go only where a segment begins.
    private static func skipEmptyMatches(_ pattern: [Element], _ states: inout [Bool], atSegmentStart: Bool) {
        for index in pattern.indices where states[index] {
            switch pattern[index] {
            case .anyRun, .anything: states[index + 1] = true
            case .anyFolders where atSegmentStart: states[index + 1] = true
            default: break
            }
        }
    }
}
