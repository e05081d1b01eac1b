// SPDX-License-Identifier: Apache-2.0

/// A part of a text in whole lines.
package struct TextExcerpt: Hashable, Sendable {
    package let text: String
    /// Its lines in the whole text, from 0.
    package let lines: Range<Int>
    /// The lines that were wanted too, and that the bound did not let in.
    package let rest: Range<Int>
    package let tokens: Int

    /// - Parameters:
    ///   - wanted: lines from 0, all of which there are.
    ///   - maximumTokens: about how long it may be; a single line may be longer, since a part of one says little.
    package init(of source: LineText, lines wanted: Range<Int>, maximumTokens: Int?) {
        let end = maximumTokens.map { Self.end(of: source, wanted, maximumTokens: $0) } ?? wanted.upperBound
        lines = wanted.lowerBound..<end
        rest = end..<wanted.upperBound
        let bytes =
            lines.isEmpty
            ? [] : source.bytes[source.lines[lines.lowerBound].lowerBound..<source.lines[end - 1].upperBound]
        tokens = TokenEstimate.count(of: bytes)
        text = String(decoding: bytes, as: UTF8.self)
    }

    private init(_ text: String, lines: Range<Int>, rest: Range<Int>, tokens: Int) {
        (self.text, self.lines, self.rest, self.tokens) = (text, lines, rest, tokens)
    }

    /// The same, taken from a part of a text, as an excerpt of the whole.
    /// - Parameters:
    ///   - count: how many lines end before the part.
    ///   - wanted: the lines that were wanted, in the whole.
    package func moved(by count: Int, wanted: Range<Int>) -> TextExcerpt {
        let end = lines.upperBound + count
        return TextExcerpt(text, lines: lines.lowerBound + count..<end, rest: end..<wanted.upperBound, tokens: tokens)
    }

    /// Where to stop: behind the last blank line that leaves at least half of what fits, else behind the last line.
    private static func end(of source: LineText, _ wanted: Range<Int>, maximumTokens: Int) -> Int {
        var (ascii, others, end) = (0, 0, wanted.lowerBound)
        var boundary: (line: Int, tokens: Int)?
        while end < wanted.upperBound {
            let line = source.bytes[source.lines[end]]
            for byte in line {
                if byte < 0x80 { ascii += 1 } else if byte >= 0xC0 { others += 1 }
            }
            let tokens = (ascii + 3) / 4 + others
            guard tokens <= maximumTokens || end == wanted.lowerBound else {
                if let boundary, boundary.tokens * 2 >= maximumTokens { return boundary.line }
                return end
            }
            end += 1
            if line.allSatisfy({ $0 == 32 || (9...13).contains($0) }) { boundary = (end, tokens) }
        }
        return end
    }
}
