// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What lines are searched for: a regular expression in the syntax of ripgrep, or text as it is written.
///
/// Whatever the pattern, the time is in proportion to the text: nothing is tried twice. What cannot be done so
/// (look-around, back-references) is refused.
package struct LinePattern: Sendable {
    package struct Options: Hashable, Sendable {
        package var ignoresCase = false
        /// Only where no letter or digit stands before and behind.
        package var wholeWords = false
        /// The pattern is text, not an expression.
        package var isFixed = false

        package init(ignoresCase: Bool = false, wholeWords: Bool = false, isFixed: Bool = false) {
            self.ignoresCase = ignoresCase
            self.wholeWords = wholeWords
            self.isFixed = isFixed
        }
    }

    package let text: String
    let program: RegexProgram
    /// Bytes that each match has; empty when none are known.
    let literal: [UInt8]
    /// Whether a line that has them matches.
    let isLiteral: Bool
    /// Whether a line that has them as a whole word matches.
    let isLiteralWord: Bool
    /// What the words of a text must have for a line of it to match; nil where that cannot be said.
    package let requiredWords: RequiredWords?

    /// - Throws: `INVALID_ARGUMENT` that says what is wrong with the pattern, and where.
    package init(_ pattern: String, _ options: Options = Options()) throws(OVError) {
        text = pattern
        let node: RegexNode
        if options.isFixed {
            guard pattern.utf8.count <= RegexParser.maximumLength, !pattern.utf8.contains(10) else {
                throw OVError(
                    .invalidArgument, "text to search for is one line of at most \(RegexParser.maximumLength) bytes")
            }
            node = .sequence(
                pattern.unicodeScalars.map {
                    let set = ScalarSet($0)
                    return .scalars(options.ignoresCase ? set.ignoringCase : set)
                })
        } else {
            node = try RegexParser.parse(pattern, ignoringCase: options.ignoresCase)
        }
        requiredWords = RequiredWords(node)
        let (bytes, isWhole) = LiteralFinder.literal(in: node)
        let isKnown = isWhole && bytes.count <= Self.maximumLiteral && !bytes.isEmpty
        isLiteral = isKnown && !options.wholeWords
        isLiteralWord = isKnown && options.wholeWords
        // A single byte that most lines have anyway only stops the search at each of them.
        let isTelling = isKnown || bytes.count != 1 || !ByteSearch.isCommon(bytes[0])
        literal = isTelling ? Array(bytes.prefix(Self.maximumLiteral)) : []
        program = try RegexProgram(options.wholeWords ? Self.asWord(node) : node)
    }

    private static let maximumLiteral = 48

    /// Neither a letter nor a digit next to it; what the pattern itself begins and ends with may be anything.
    private static func asWord(_ node: RegexNode) -> RegexNode {
        .sequence([.assertion(.wordBoundary), node, .assertion(.wordBoundary)])
    }

    package func scanner() -> LineScanner { LineScanner(self, allowance: LineScanner.baseAllowance) }
}

/// Finds the bytes that every match of a pattern has.
private struct LiteralFinder {
    private var best: [UInt8] = []
    private var run: [UInt8] = []

    /// - Returns: the longest known, and whether it is all that the pattern says.
    static func literal(in node: RegexNode) -> ([UInt8], isWhole: Bool) {
        var finder = LiteralFinder()
        let isWhole = finder.visit(node)
        finder.close()
        return (finder.best, isWhole)
    }

    private mutating func close() {
        if run.count > best.count { best = run }
        run = []
    }

    /// - Returns: whether the node is nothing but bytes.
    private mutating func visit(_ node: RegexNode) -> Bool {
        switch node {
        case .empty: return true
        case .scalars(let set):
            if set.ranges.count == 1, let range = set.ranges.first, range.count == 1,
                let scalar = Unicode.Scalar(range.lowerBound)
            {
                run.append(contentsOf: String(scalar).utf8)
                return true
            }
        case .sequence(let nodes):
            var isWhole = true
            for node in nodes where !visit(node) { isWhole = false }
            return isWhole
        case .repeated(let node, let lower, let upper):
            if lower == 1, upper == 1 { return visit(node) }
            if lower > 0 {
                close()
                _ = visit(node)
            }
        case .alternatives, .assertion: break
        }
        close()
        return false
    }
}
