// SPDX-License-Identifier: Apache-2.0

/// The lines of a text, one after the other: line feed, carriage return or both end one (CommonMark 0.31.2 §2.1).
struct TextLines {
    struct Line {
        /// From 1.
        let number: Int
        /// Without the line ending.
        let content: Range<Int>
        /// Where the next line starts.
        let end: Int
    }

    let bytes: [UInt8]
    private var offset: Int
    private var number: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        number = 0
        // A byte order mark is no part of the text.
        offset = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    mutating func next() -> Line? {
        guard offset < bytes.count else { return nil }
        let start = offset
        var end = start
        while end < bytes.count, bytes[end] != 10, bytes[end] != 13 { end += 1 }
        offset = min(end + 1, bytes.count)
        if end + 1 < bytes.count, bytes[end] == 13, bytes[end + 1] == 10 { offset = end + 2 }
        number += 1
        return Line(number: number, content: start..<end, end: offset)
    }
}

extension [UInt8] {
    /// The range without blanks and tabs at its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while lower < upper, self[lower].isBlank { lower += 1 }
        while lower < upper, self[upper - 1].isBlank { upper -= 1 }
        return lower..<upper
    }

    func text(_ range: Range<Int>) -> String { String(decoding: self[range], as: UTF8.self) }

    /// Where a run of the byte at `start` ends.
    func endOfRun(at start: Int, in range: Range<Int>) -> Int {
        var end = start
        while end < range.upperBound, self[end] == self[start] { end += 1 }
        return end
    }

    /// Whether `word` stands at `start`, ASCII letters in either case.
    func has(_ word: StaticString, at start: Int, in range: Range<Int>) -> Bool {
        let count = word.utf8CodeUnitCount
        guard range.upperBound - start >= count else { return false }
        for index in 0..<count where self[start + index].lowercased != word.utf8Start[index].lowercased { return false }
        return true
    }

    /// Whether `word` stands anywhere in the range. The word is a short constant.
    func contains(_ word: StaticString, in range: Range<Int>) -> Bool {
        range.contains { has(word, at: $0, in: range) }
    }
}

extension UInt8 {
    var isBlank: Bool { self == 32 || self == 9 }
    var isDigit: Bool { self &- 48 <= 9 }
    var isLetter: Bool { (self | 32) &- 97 <= 25 }
    var isPunctuation: Bool { self > 32 && self < 127 && !isDigit && !isLetter }
    /// A letter or digit, or part of a character beyond ASCII.
    var isWord: Bool { isDigit || isLetter || self >= 128 }
    var lowercased: UInt8 { self &- 65 <= 25 ? self | 32 : self }
}
