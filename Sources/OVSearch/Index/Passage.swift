// SPDX-License-Identifier: Apache-2.0

/// What is ranked and found: a section of a document from its heading to the next one, or a piece of a long one.
package struct Passage: Hashable, Sendable {
    /// Lines, from 1.
    package let lines: ClosedRange<Int>
    /// The same in bytes of the text. A piece of a very long line begins or ends within it.
    package let bytes: Range<Int>
    /// The section that it belongs to, as an index into the outline's; nil before the first heading.
    package let section: Int?
}

/// Cuts a text into passages.
struct PassageSplitter {
    /// Longer sections are cut, where paragraphs or at least lines end.
    static let maximumByteCount = 8 << 10
    /// How much a piece has at least that ends with a paragraph.
    private static let leastByteCount = 2 << 10

    private let text: [UInt8]
    private var passages: [Passage] = []

    /// All passages of a text, in its order; blank text before the first heading is none.
    static func passages(of text: [UInt8], _ outline: DocumentOutline) -> [Passage] {
        var splitter = PassageSplitter(text: text)
        let first = outline.sections.first
        splitter.split(0..<(first?.bytes.lowerBound ?? text.count), fromLine: 1, section: nil)
        for (index, section) in outline.sections.enumerated() {
            splitter.split(section.bytes, fromLine: section.lines.lowerBound, section: index)
        }
        return splitter.passages
    }

    private init(text: [UInt8]) { self.text = text }

    private mutating func split(_ range: Range<Int>, fromLine first: Int, section: Int?) {
        guard section != nil || text[range].contains(where: { $0 > 32 }) else { return }
        var (start, line) = (range.lowerBound, first)
        repeat {
            let end = endOfPiece(from: start, in: range)
            let breaks = lineBreaks(in: start..<end)
            let endsLine = end > start && (text[end - 1] == 10 || text[end - 1] == 13)
            passages.append(
                Passage(
                    lines: line...max(line, line + breaks - (endsLine ? 1 : 0)), bytes: start..<end, section: section))
            (start, line) = (end, line + breaks)
        } while start < range.upperBound
    }

    /// Counts as `TextLines` does: a line feed, a carriage return, or both.
    private func lineBreaks(in range: Range<Int>) -> Int {
        text.withUnsafeBufferPointer { text in
            var count = 0
            // Without a branch, for many bytes at once.
            for index in range.lowerBound..<max(range.lowerBound, min(range.upperBound, text.count - 1)) {
                let isFeed = text[index] == 10 ? 1 : 0
                let isReturn = (text[index] == 13 ? 1 : 0) & (text[index + 1] == 10 ? 0 : 1)
                count &+= isFeed | isReturn
            }
            let endsText = range.upperBound == text.count && !range.isEmpty
            return endsText && (text[text.count - 1] == 10 || text[text.count - 1] == 13) ? count + 1 : count
        }
    }

    private func endOfPiece(from start: Int, in range: Range<Int>) -> Int {
        guard range.upperBound - start > Self.maximumByteCount else { return range.upperBound }
        let limit = start + Self.maximumByteCount
        var (paragraph, line, blank): (Int?, Int?, Int?)
        var index = limit - 1
        while index > start, paragraph == nil {
            if text[index] == 10 {
                if line == nil { line = index + 1 }
                if index - start >= Self.leastByteCount, text[index - 1] == 10 { paragraph = index + 1 }
                if index - start < Self.leastByteCount { break }
            } else if text[index] == 32, blank == nil {
                blank = index + 1
            }
            index -= 1
        }
        if let end = paragraph ?? line ?? blank { return end }
        // Never half a character.
        var end = limit
        while end > start + 4, text[end] & 0xC0 == 0x80 { end -= 1 }
        return end
    }
}
