// SPDX-License-Identifier: Apache-2.0

/// AsciiDoc: section titles on one line or underlined, and delimited blocks of code.
enum AsciiDoc {
    /// Marks of a two-line title, from the document's own on.
    private static let underlines = Array("=-~^+".utf8)

    static func markdown(of lines: MarkupLines) -> [UInt8] {
        var (output, index, language): (MarkdownLines, Int, String?) = (MarkdownLines(), 0, nil)
        // So that nobody looks for an end that does not come.
        var ends: [MarkupLine: Int] = [:]
        for (index, line) in lines.lines.enumerated() where delimiter(line) != nil { ends[line] = index }
        while index < lines.count {
            let line = lines[index]
            if let level = level(of: line) {
                output.heading(level, line.drop { $0 == UInt8(ascii: "=") })
            } else if lines[index - 1].isEmpty, let level = level(of: line, underlinedBy: lines[index + 1]) {
                output.heading(level, line)
                index += 1
            } else if let found = sourceLanguage(line) {
                language = found
                index += 1
                continue
            } else if let byte = delimiter(line) {
                let isClosed = ends[line] ?? 0 > index
                index = block(of: byte, at: index, isClosed ? lines : nil, language ?? "", to: &output)
            } else {
                output.line(line)
            }
            language = nil
            index += 1
        }
        return output.document
    }

    private static func level(of line: MarkupLine) -> Int? {
        let rest = line.drop { $0 == UInt8(ascii: "=") }
        let count = line.count - rest.count
        return (1...6).contains(count) && rest.first == 32 && !rest.words.isEmpty ? count : nil
    }

    private static func level(of title: MarkupLine, underlinedBy line: MarkupLine) -> Int? {
        guard let byte = line.onlyByte, let index = underlines.firstIndex(of: byte), line.count >= 2,
            abs(line.count - title.width) <= 2, title.indentation == 0, title.onlyByte == nil,
            title.first != UInt8(ascii: "["), title.first != UInt8(ascii: ".")
        else { return nil }
        return index + 1
    }

    /// What `[source,python]` says of the block behind it.
    private static func sourceLanguage(_ line: MarkupLine) -> String? {
        guard line.starts(with: "[source".utf8), line.last == UInt8(ascii: "]") else { return nil }
        let parts = line.dropFirst().dropLast().split(separator: UInt8(ascii: ","))
        return parts.count > 1 ? String(decoding: parts[1].words.prefix(40), as: UTF8.self) : ""
    }

    /// With what a block begins and ends.
    private static func delimiter(_ line: MarkupLine) -> UInt8? {
        guard line.count >= 4, let byte = line.onlyByte, "-.+/=_*".utf8.contains(byte) else { return nil }
        return byte
    }

    /// - Parameter lines: nil when the block has no end.
    /// - Returns: the last line of what was written.
    private static func block(
        of byte: UInt8, at start: Int, _ lines: MarkupLines?, _ language: String, to output: inout MarkdownLines
    ) -> Int {
        // What lies in examples, quotes and asides is text like other text.
        guard let lines, "-.+/".utf8.contains(byte),
            let end = lines.lines[(start + 1)...].firstIndex(where: { $0 == lines[start] })
        else {
            output.line([])
            return start
        }
        if byte != UInt8(ascii: "/") { output.code(Array(lines.lines[(start + 1)..<end]), language: language) }
        return end
    }
}
