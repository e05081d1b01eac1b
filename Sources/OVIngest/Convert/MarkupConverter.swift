// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// Formats that are near Markdown (reStructuredText, AsciiDoc, Org), in which headings and blocks of code become those
/// of Markdown, so that a document has its sections. All else stays as it was written: it is read as easily.
package struct MarkupConverter: Converter {
    package init() {}

    package let version = 1

    package func convert(_ document: FetchedDocument, limits: Limits) throws(ConversionError) -> ConvertedDocument? {
        let type = document.mediaType
        guard ["text/x-rst", "text/asciidoc", "text/org"].contains(type),
            let text = try DecodedText(document, mediaType: type, isCertain: true, limits: limits)
        else { return nil }
        let lines = MarkupLines(text.bytes)
        let markdown =
            switch type {
            case "text/x-rst": ReStructuredText.markdown(of: lines)
            case "text/asciidoc": AsciiDoc.markdown(of: lines)
            default: OrgMode.markdown(of: lines)
            }
        guard markdown.count <= limits.documentBytes else { return nil }
        return try .markdown(markdown, of: document, limits: limits, remark: text.remark)
    }
}

typealias MarkupLine = ArraySlice<UInt8>

/// The lines of a text, without what ends them and without blanks at their ends.
struct MarkupLines {
    let lines: [MarkupLine]

    init(_ text: [UInt8]) {
        lines = text.split(separator: 10, omittingEmptySubsequences: false).map { line in
            let end = line.lastIndex { $0 != 32 && $0 != 9 && $0 != 13 }
            return end.map { line[line.startIndex...$0] } ?? line.prefix(0)
        }
    }

    var count: Int { lines.count }

    /// Empty behind both ends.
    subscript(index: Int) -> MarkupLine { lines.indices.contains(index) ? lines[index] : [] }
}

extension MarkupLine {
    /// The character of which a line consists; nil for another one.
    var onlyByte: UInt8? {
        guard let first, allSatisfy({ $0 == first }) else { return nil }
        return first
    }

    var indentation: Int { count - drop { $0 == 32 || $0 == 9 }.count }

    /// Without blanks at both ends.
    var words: MarkupLine {
        let start = drop { $0 == 32 || $0 == 9 }
        let end = start.lastIndex { $0 != 32 && $0 != 9 }
        return end.map { start[start.startIndex...$0] } ?? start.prefix(0)
    }

    /// How many characters it has.
    var width: Int { count { $0 & 0xC0 != 0x80 } }

    func lowercasedText(atMost count: Int) -> String { String(decoding: prefix(count), as: UTF8.self).lowercased() }
}

/// Markdown while it is written.
struct MarkdownLines {
    private(set) var bytes: [UInt8] = []

    mutating func heading(_ level: Int, _ title: MarkupLine) {
        bytes += [UInt8](repeating: UInt8(ascii: "#"), count: Swift.min(Swift.max(level, 1), 6)) + [32] + title.words
        bytes.append(10)
    }

    /// A line that must not become a heading.
    mutating func line(_ line: MarkupLine) {
        let rest = line.drop { $0 == UInt8(ascii: "#") }
        let isHeading = (1...6).contains(line.count - rest.count) && (rest.isEmpty || rest.first == 32)
        if isHeading || line.onlyByte == UInt8(ascii: "=") { bytes.append(UInt8(ascii: "\\")) }
        bytes += line
        bytes.append(10)
    }

    /// A block of code; without the indentation that all its lines share.
    mutating func code(_ lines: [MarkupLine], language: String) {
        let shared = lines.filter { !$0.isEmpty }.map(\.indentation).min() ?? 0
        let isTicked = lines.contains { $0.words.starts(with: "```".utf8) }
        let fence = Array((isTicked ? "~~~~" : "```").utf8)
        bytes += fence + Array(language.utf8.filter { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "`") }) + [10]
        for line in lines { bytes += line.dropFirst(Swift.min(shared, line.count)) + [10] }
        bytes += fence + [10]
    }

    /// The text, without line breaks at its end beyond one.
    var document: [UInt8] {
        guard let end = bytes.lastIndex(where: { $0 != 10 }) else { return [] }
        return bytes[...end] + [10]
    }
}
