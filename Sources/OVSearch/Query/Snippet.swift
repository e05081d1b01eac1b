// SPDX-License-Identifier: Apache-2.0

/// The part of a passage that shows best why it was found, its terms between `**`.
package struct Snippet: Hashable, Sendable {
    /// One line, white space collapsed.
    package let text: String
    /// The line of the passage's text, from 0, in which the first of the terms shown stands.
    package let line: Int

    private struct Mark {
        let range: Range<Int>
        /// Which of the query's words.
        let word: Int
    }

    private static let maximumLength = 280

    /// - Parameter passage: its bytes.
    package init(of passage: [UInt8], for query: SearchQuery) {
        let wanted = WantedWords(query)
        var marks: [Mark] = []
        var tokenizer = Tokenizer()
        passage.withUnsafeBufferPointer { buffer in
            _ = tokenizer.read(buffer) { word in
                if let number = wanted.number(of: word) { marks.append(Mark(range: word.range, word: number)) }
            }
        }
        // A whole and its parts: what is outermost is marked.
        var outer: [Mark] = []
        for mark in marks where mark.range.lowerBound >= outer.last?.range.upperBound ?? 0 { outer.append(mark) }
        let window = Self.window(in: passage, around: outer)
        let shown = outer.filter { window.contains($0.range.lowerBound) && $0.range.upperBound <= window.upperBound }
        let first = shown.first?.range.lowerBound ?? 0
        line = passage[..<first].reduce(0) { $0 + ($1 == 10 ? 1 : 0) }
        text = Self.text(of: passage, window, shown.map(\.range))
    }

    /// Where most of the words stand together, the first such place.
    private static func window(in passage: [UInt8], around marks: [Mark]) -> Range<Int> {
        var (start, best) = (0, 0)
        var first = 0
        var counts: [Int: Int] = [:]
        for (last, mark) in marks.enumerated() {
            counts[mark.word, default: 0] += 1
            while mark.range.upperBound - marks[first].range.lowerBound > maximumLength * 3 / 4, first < last {
                counts[marks[first].word, default: 0] -= 1
                if counts[marks[first].word] == 0 { counts[marks[first].word] = nil }
                first += 1
            }
            // Different words count more than the same again.
            let value = counts.count * 8 + min(7, last - first)
            if value > best { (start, best) = (marks[first].range.lowerBound, value) }
        }
        start = max(0, start - maximumLength / 6)
        while start > 0, passage[start] > 32 { start -= 1 }
        var end = min(passage.count, start + maximumLength)
        if end < passage.count {
            let limit = end
            while end > limit - 40, passage[end] > 32 { end -= 1 }
            if passage[end] > 32 { end = limit }
            while end > start, passage[end] & 0xC0 == 0x80 { end -= 1 }
        }
        return start..<end
    }

    private static func text(of passage: [UInt8], _ window: Range<Int>, _ marks: [Range<Int>]) -> String {
        var bytes: [UInt8] = []
        func append(_ range: Range<Int>) {
            for byte in passage[range] {
                if byte > 32, byte != 127 {
                    bytes.append(byte)
                } else if let last = bytes.last, last != 32 {
                    bytes.append(32)
                }
            }
        }
        var next = window.lowerBound
        for mark in marks {
            append(next..<mark.lowerBound)
            bytes.append(contentsOf: [42, 42])
            append(mark)
            bytes.append(contentsOf: [42, 42])
            next = mark.upperBound
        }
        append(next..<window.upperBound)
        while bytes.last == 32 { bytes.removeLast() }
        let hasBefore = passage[..<window.lowerBound].contains { $0 > 32 }
        let hasBehind = passage[window.upperBound...].contains { $0 > 32 }
        return (hasBefore ? "… " : "") + String(decoding: bytes, as: UTF8.self) + (hasBehind ? " …" : "")
    }
}

/// The words of a query, to be recognized in a text.
private struct WantedWords {
    private var exact: [[UInt8]: Int] = [:]
    private var stems: [[UInt8]: Int] = [:]
    private var prefixes: [[UInt8]] = []
    private var firstBytes = [Bool](repeating: false, count: 256)

    init(_ query: SearchQuery) {
        let clauses = query.clauses.enumerated().filter { $0.element.need != .excluded }
        // What the search passes over is not shown as what was found, unless there is nothing else.
        let telling = clauses.filter { !SearchPlan.isFunctionWord($0.element) }
        for (number, clause) in telling.isEmpty ? clauses : telling {
            switch clause.pattern {
            case .word(let term):
                exact[term.whole] = number
                for word in term.sequence { stems[EnglishStemmer.stem(word)] = number }
            case .phrase(let terms):
                for (place, word) in terms.flatMap(\.sequence).enumerated() { exact[word] = number << 8 | place }
            case .prefix(let prefix): prefixes.append(prefix)
            }
        }
        noteFirstBytes()
    }

    func number(of word: Tokenizer.Word) -> Int? {
        // Most words of a text begin as none of these do, and neither stemming nor folding changes that letter.
        guard let first = word.bytes.first, firstBytes[Int(first)] else { return nil }
        let bytes = Array(word.bytes)
        if let number = exact[bytes] { return number }
        if let prefix = prefixes.firstIndex(where: { bytes.starts(with: $0) }) { return -1 - prefix }
        return stems.isEmpty ? nil : stems[EnglishStemmer.stem(bytes)]
    }

    private mutating func noteFirstBytes() {
        for word in Array(exact.keys) + Array(stems.keys) + prefixes { firstBytes[Int(word.first ?? 0)] = true }
    }
}
