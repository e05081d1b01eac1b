// SPDX-License-Identifier: Apache-2.0

/// The text from which a document's abstract is cut: found once, bounded, white space collapsed.
struct AbstractSource: Sendable {
    private let text: String

    /// How much of a paragraph is kept; an abstract is never longer.
    private static let maximumByteCount = 16 << 10

    /// The first paragraph with words of its own; else one that is only links, else the first list or quotation, else
    /// the title. Images, badges, headings, tables, link definitions and comments are none of these.
    init(markdown bytes: [UInt8], skipping: Int, title: String?) {
        var (paragraph, links, container): (String?, String?, String?)
        MarkdownBlocks.parse(bytes, skipping: skipping) { block in
            switch block {
            case .heading: return true
            case .container(let range):
                if container == nil { container = Self.containerText(bytes, range) }
                return true
            case .paragraph(let range):
                let range = Self.withoutDefinitions(bytes, range)
                guard let first = range.first.map({ bytes[$0] }), first != 124 else { return true }
                let inline = InlineText(bytes, range, maximum: Self.maximumByteCount)
                guard !inline.text.isEmpty else { return true }
                guard inline.hasOwnWords else {
                    if links == nil { links = inline.text }
                    return true
                }
                paragraph = inline.text
                return false
            }
        }
        text = paragraph ?? links ?? container ?? title ?? ""
    }

    /// The comment that source code begins with, past licence texts; else the first lines, to the first blank one.
    init(plain bytes: [UInt8], isProse: Bool) {
        let comment = isProse ? nil : LeadingComment.text(of: bytes)
        text = comment ?? Self.firstLines(of: bytes)
    }

    func abstract(limit: Int) -> String {
        guard limit > 0 else { return "" }
        var cut = text.prefix(limit)
        guard cut.endIndex < text.endIndex else { return text }
        cut = text.prefix(limit - 1)
        let isBetweenWords = text[cut.endIndex] == " "
        if !isBetweenWords, let blank = cut.lastIndex(of: " "),
            cut.utf8.distance(from: cut.startIndex, to: blank) * 2 >= cut.utf8.count
        {
            cut = cut[..<blank]
        }
        while cut.last == " " { cut.removeLast() }
        return cut + "…"
    }

    // MARK: Markdown

    /// Drops link reference definitions (§4.7) from the start of a paragraph.
    private static func withoutDefinitions(_ bytes: [UInt8], _ paragraph: Range<Int>) -> Range<Int> {
        var rest = paragraph
        while !rest.isEmpty, bytes[rest.lowerBound] == 91 {
            let lineEnd = bytes[rest].firstIndex { $0 == 10 || $0 == 13 } ?? rest.upperBound
            let line = rest.lowerBound..<lineEnd
            guard let close = bytes[line].firstIndex(of: 93), close + 1 < lineEnd, bytes[close + 1] == 58 else { break }
            var next = lineEnd
            while next < rest.upperBound, bytes[next].isBlank || bytes[next] == 10 || bytes[next] == 13 { next += 1 }
            rest = next..<rest.upperBound
        }
        return rest
    }

    private static func containerText(_ bytes: [UInt8], _ range: Range<Int>) -> String? {
        let range = range.prefix(maximumByteCount)
        // Marks of quotes and bullets at the start of a line are not read aloud.
        var text: [UInt8] = []
        var isAtStart = true
        for byte in bytes[range] {
            if isAtStart, byte.isBlank || byte == 62 || byte == 45 || byte == 43 { continue }
            isAtStart = byte == 10 || byte == 13
            text.append(byte)
        }
        let inline = InlineText(text, text.indices, maximum: maximumByteCount)
        return inline.text.isEmpty ? nil : inline.text
    }

    // MARK: Plain text

    private static func firstLines(of bytes: [UInt8]) -> String {
        var lines = TextLines(bytes)
        var text: [UInt8] = []
        while let line = lines.next(), text.count < maximumByteCount {
            let content = bytes.trimmed(line.content)
            if content.isEmpty {
                if text.isEmpty { continue }
                break
            }
            if !text.isEmpty { text.append(32) }
            text.append(contentsOf: bytes[content].prefix(maximumByteCount))
        }
        return collapsed(text)
    }

    /// One blank for any white space, and for control characters.
    static func collapsed(_ text: [UInt8]) -> String {
        let words = text.split { $0 <= 32 || $0 == 127 }
        return words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }
}
