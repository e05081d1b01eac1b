// SPDX-License-Identifier: Apache-2.0

/// What `pdftotext` writes: pages with a form feed behind each.
struct PDFPages {
    private let pages: [ArraySlice<UInt8>]

    init(_ text: [UInt8]) {
        var pages = text.split(separator: 12, omittingEmptySubsequences: false)
        if pages.last?.allSatisfy(\.isBlank) == true, pages.count > 1 { pages.removeLast() }
        self.pages = pages
    }

    var count: Int { pages.count }
    var hasText: Bool { pages.contains { !$0.allSatisfy(\.isBlank) } }

    func markdown(titled information: PDFInformation, fileName: String) -> [UInt8] {
        let stem = fileName.lowercased().hasSuffix(".pdf") ? String(fileName.dropLast(4)) : fileName
        let title = information["Title"] ?? stem
        var output = FrontMatter(
            title: title, author: information["Author"], published: information["CreationDate"],
            modified: information["ModDate"], pages: count
        ).yaml
        for (index, page) in pages.enumerated() where !page.allSatisfy(\.isBlank) {
            if count > 1 { output += Array("\n## Page \(index + 1)\n".utf8) }
            output.append(10)
            PlainLines.append(page, to: &output)
        }
        return output
    }
}

/// What `pdfinfo` says: a name, a colon and a value in each line.
struct PDFInformation {
    private var values: [String: String] = [:]

    init(_ text: [UInt8]) {
        for line in text.split(separator: 10) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let value = ForeignText.line(line[(colon + 1)...], atMost: 1000)
            if !value.isEmpty { values[String(decoding: line[..<colon], as: UTF8.self)] = value }
        }
    }

    subscript(_ name: String) -> String? { values[name] }
}

/// Lines of plain text in a Markdown document, so that none of them is taken for a heading or a fence.
enum PlainLines {
    /// Blanks at both ends of lines are left off, blank lines at both ends of the text, and all but one of several.
    static func append(_ text: ArraySlice<UInt8>, to output: inout [UInt8]) {
        var (isBlank, isFirst) = (false, true)
        for line in text.split(separator: 10, omittingEmptySubsequences: false) {
            let words = line.drop(while: \.isBlank)
            guard let end = words.lastIndex(where: { !$0.isBlank }) else {
                isBlank = true
                continue
            }
            if isBlank, !isFirst { output.append(10) }
            (isBlank, isFirst) = (false, false)
            let trimmed = words[...end]
            if isMark(trimmed) { output.append(UInt8(ascii: "\\")) }
            output += trimmed
            output.append(10)
        }
    }

    /// Whether CommonMark takes a line for a heading, what underlines one, a fence, or a block of HTML.
    private static func isMark(_ line: ArraySlice<UInt8>) -> Bool {
        switch line.first {
        case UInt8(ascii: "#"):
            let rest = line.drop { $0 == UInt8(ascii: "#") }
            return line.count - rest.count <= 6 && (rest.isEmpty || rest.first?.isBlank == true)
        case UInt8(ascii: "="), UInt8(ascii: "-"):
            let first = line.first
            return line.allSatisfy { $0 == first || $0.isBlank }
        case UInt8(ascii: "`"): return line.starts(with: "```".utf8)
        case UInt8(ascii: "~"): return line.starts(with: "~~~".utf8)
        case UInt8(ascii: "<"): return true
        default: return false
        }
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == 32 || (9...13).contains(self) }
}
