// SPDX-License-Identifier: Apache-2.0

/// The block of metadata with which many Markdown files begin: YAML between `---` lines, or TOML between `+++` lines.
/// As in Pandoc, a `---` with a blank line below it is a thematic break.
struct FrontMatter {
    /// The last line of the block; zero when there is none.
    private(set) var lastLine = 0
    private(set) var title: String?

    init(of bytes: [UInt8]) {
        var lines = TextLines(bytes)
        guard let first = lines.next() else { return }
        let fence = bytes.text(bytes.trimmed(first.content))
        guard fence == "---" || fence == "+++", bytes[first.content.lowerBound] == fence.utf8.first else { return }
        var title: String?
        while let line = lines.next() {
            let content = bytes.trimmed(line.content)
            if line.number == 2, content.isEmpty { return }
            let text = content.count == 3 ? bytes.text(content) : ""
            if text == fence || fence == "---" && text == "..." {
                (lastLine, self.title) = (line.number, title)
                return
            }
            if title == nil { title = Self.title(in: bytes, line.content, separator: fence == "---" ? 58 : 61) }
        }
    }

    /// The value of a line `title: …` or `title = …` at the top level, without its quotes.
    private static func title(in bytes: [UInt8], _ line: Range<Int>, separator: UInt8) -> String? {
        guard bytes.has("title", at: line.lowerBound, in: line), line.count < 4096 else { return nil }
        let rest = bytes.trimmed(line.lowerBound + 5..<line.upperBound)
        guard !rest.isEmpty, bytes[rest.lowerBound] == separator else { return nil }
        let value = bytes.trimmed(rest.lowerBound + 1..<rest.upperBound)
        guard let first = value.first.map({ bytes[$0] }) else { return nil }
        if first == 34 || first == 39 { return unquoted(bytes[value], quote: first) }
        // A block scalar has its text on the lines below.
        if first == 124 || first == 62 { return nil }
        let comment = value.first { bytes[$0] == 35 && $0 > value.lowerBound && bytes[$0 - 1].isBlank }
        return bytes.text(bytes.trimmed(value.lowerBound..<(comment ?? value.upperBound)))
    }

    private static func unquoted(_ value: ArraySlice<UInt8>, quote: UInt8) -> String? {
        var text: [UInt8] = []
        var index = value.startIndex + 1
        while index < value.endIndex {
            let byte = value[index]
            let next = index + 1 < value.endIndex ? value[index + 1] : nil
            if quote == 34, byte == 92, let next, next == 34 || next == 92 {
                text.append(next)
                index += 2
            } else if quote == 39, byte == 39, next == 39 {
                text.append(39)
                index += 2
            } else if byte == quote {
                return String(decoding: text, as: UTF8.self)
            } else {
                text.append(byte)
                index += 1
            }
        }
        return nil
    }
}
