// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// Jupyter notebooks (nbformat 3 and 4), which become Markdown: text as it is, code and what came out of it in fences,
/// without images.
package struct NotebookConverter: Converter {
    package init() {}

    package let version = 2

    package func convert(_ document: FetchedDocument, limits: Limits) throws(ConversionError) -> ConvertedDocument? {
        guard document.mediaType == "application/x-ipynb+json" else { return nil }
        let notebook: JSONValue
        do throws(JSONError) { notebook = try JSONValue(parsing: document.bytes) } catch {
            throw ConversionError("it is no notebook: \(error)")
        }
        guard let cells = Self.cells(of: notebook) else { throw ConversionError("it is no notebook: it has no cells") }
        let metadata = notebook["metadata"]
        let language =
            metadata?["language_info"]?["name"]?.string ?? metadata?["kernelspec"]?["language"]?.string ?? "python"
        let matter = FrontMatter.titled(metadata?["title"]?.string)
        var writer = NotebookWriter(language: language, output: MarkdownBlocks(matter))
        for cell in cells { writer.write(cell) }
        return try .markdown(writer.output.bytes, of: document, limits: limits)
    }

    private static func cells(of notebook: JSONValue) -> [JSONValue]? {
        if let cells = notebook["cells"]?.array { return cells }
        return notebook["worksheets"]?.array?.flatMap { $0["cells"]?.array ?? [] }
    }
}

/// Writes the cells of a notebook one behind another.
private struct NotebookWriter {
    let language: String
    var output: MarkdownBlocks

    /// Bytes of one output that are kept; a log is no reading matter.
    private static let maximumOutput = 16 << 10

    mutating func write(_ cell: JSONValue) {
        let source = Self.text(cell["source"] ?? cell["input"])
        switch cell["cell_type"]?.string {
        case "markdown"?: output.append(Self.trimmed(source))
        case "heading"?:
            let level = Int(clamping: min(max(cell["level"]?.integer ?? 1, 1), 6))
            let words = Self.trimmed(source).map { $0 == 10 ? 32 : $0 }
            if !words.isEmpty { output.append(heading: level, words) }
        case "code"?:
            let shown = cell["language"]?.string ?? language
            fence(Self.trimmed(source), Self.isWord(shown) ? shown : "")
            for result in cell["outputs"]?.array ?? [] { write(output: result) }
        case "raw"?: fence(Self.trimmed(source), "")
        default: break
        }
    }

    private mutating func write(output result: JSONValue) {
        switch result["output_type"]?.string {
        case "stream"?: fence(terminal: Self.text(result["text"]))
        case "error"?, "pyerr"?:
            let lines = result["traceback"]?.array?.compactMap(\.string) ?? []
            let words = "\(result["ename"]?.string ?? "error"): \(result["evalue"]?.string ?? "")"
            fence(terminal: Array((lines.isEmpty ? words : lines.joined(separator: "\n")).utf8))
        default:
            // Since version 4 by media type, before it as members of their own.
            if let markdown = result["data"]?["text/markdown"] {
                output.append(Self.trimmed(Self.cut(Self.text(markdown))))
            } else {
                fence(terminal: Self.text(result["data"]?["text/plain"] ?? result["text"]))
            }
        }
    }

    /// A string, or the lines of one.
    private static func text(_ value: JSONValue?) -> [UInt8] {
        if let text = value?.string { return Array(text.utf8) }
        var bytes: [UInt8] = []
        for line in value?.array ?? [] { bytes += Array((line.string ?? "").utf8) }
        return bytes
    }

    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 40
            && text.utf8.allSatisfy { $0 > 32 && $0 != UInt8(ascii: "`") && $0 != UInt8(ascii: "~") && $0 < 127 }
    }

    private static func trimmed(_ text: [UInt8]) -> [UInt8] {
        let isBreak: (UInt8) -> Bool = { $0 == 10 || $0 == 13 }
        let start = text.drop(while: isBreak)
        guard let end = start.lastIndex(where: { !isBreak($0) && $0 != 32 && $0 != 9 }) else { return [] }
        return Array(start[...end])
    }

    private mutating func fence(terminal text: [UInt8]) {
        fence(Self.trimmed(Self.cut(TerminalText.plain(text))), "output")
    }

    private mutating func fence(_ text: [UInt8], _ information: String) {
        guard !text.isEmpty else { return }
        var (run, longest) = (0, 2)
        for byte in text {
            run = byte == UInt8(ascii: "`") ? run + 1 : 0
            longest = max(longest, run)
        }
        let mark = [UInt8](repeating: UInt8(ascii: "`"), count: longest + 1)
        output.append(mark + Array(information.utf8) + [10] + text + [10] + mark)
    }

    private static func cut(_ text: [UInt8]) -> [UInt8] {
        guard text.count > maximumOutput else { return text }
        var end = maximumOutput
        // Not in the middle of a character.
        while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
        return text[..<end] + Array("\n… \(text.count - end) bytes left out".utf8)
    }
}

/// What a program wrote for a terminal, as the terminal would show it in the end.
enum TerminalText {
    /// Without escape sequences (ECMA-48 §5.4); of a line that was written several times over, the last.
    static func plain(_ text: [UInt8]) -> [UInt8] {
        var (output, lineStart): ([UInt8], Int) = ([], 0)
        var rest = text[...]
        while let byte = rest.popFirst() {
            switch byte {
            case 27: skipSequence(in: &rest)
            case 13:
                if rest.first != 10, !rest.isEmpty { output.removeLast(output.count - lineStart) }
            case 10:
                output.append(byte)
                lineStart = output.count
            case 9, 32...: if byte != 127 { output.append(byte) }
            default: break
            }
        }
        return output
    }

    private static func skipSequence(in rest: inout ArraySlice<UInt8>) {
        if rest.first == UInt8(ascii: "[") { rest = rest.dropFirst().drop { (0x20...0x3F).contains($0) } }
        // What is not ASCII is not its end, but part of a character.
        if let last = rest.first, (0x20...0x7E).contains(last) { rest = rest.dropFirst() }
    }
}
