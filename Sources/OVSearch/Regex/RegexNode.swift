// SPDX-License-Identifier: Apache-2.0

/// What a pattern says.
indirect enum RegexNode: Hashable, Sendable {
    case empty
    case scalars(ScalarSet)
    case assertion(RegexAssertion)
    case sequence([RegexNode])
    case alternatives([RegexNode])
    /// - upper: nil for without end.
    case repeated(RegexNode, lower: Int, upper: Int?)
}

/// What a place in a line must be.
enum RegexAssertion: UInt8, Hashable, Sendable {
    case lineStart, lineEnd, wordBoundary, noWordBoundary, wordStart, wordEnd

    /// - Parameters:
    ///   - isStart: whether the place is where the line begins.
    ///   - isEnd: whether it is where the line ends.
    func holds(wordBefore: Bool, wordBehind: Bool, isStart: Bool, isEnd: Bool) -> Bool {
        switch self {
        case .lineStart: isStart
        case .lineEnd: isEnd
        case .wordBoundary: wordBefore != wordBehind
        case .noWordBoundary: wordBefore == wordBehind
        case .wordStart: !wordBefore && wordBehind
        case .wordEnd: wordBefore && !wordBehind
        }
    }

    var isAboutWords: Bool { self != .lineStart && self != .lineEnd }
}
