// SPDX-License-Identifier: Apache-2.0

/// Org: headlines, blocks of code, and the title that the document gives itself.
enum OrgMode {
    private static let blocks = ["src", "example"]
    /// The states of a headline in a document that defines none of its own.
    private static let states = ["TODO ", "DONE "]

    static func markdown(of lines: MarkupLines) -> [UInt8] {
        var (output, index, title): (MarkdownLines, Int, String?) = (MarkdownLines(), 0, nil)
        // So that nobody looks for an end that does not come.
        let lastEnd = Dictionary(
            uniqueKeysWithValues: blocks.map { name in
                (name, lines.lines.lastIndex { isEnd(of: name, $0) } ?? -1)
            })
        while index < lines.count {
            let line = lines[index]
            let start = line.words.lowercasedText(atMost: 64)
            if let headline = headline(line) {
                output.heading(headline.level, headline.title)
            } else if start.hasPrefix("#+title:") {
                title = title ?? String(decoding: line.words.dropFirst(8).words, as: UTF8.self)
            } else if let name = blocks.first(where: { start.hasPrefix("#+begin_\($0)") }), lastEnd[name] ?? -1 > index,
                let end = lines.lines[(index + 1)...].firstIndex(where: { isEnd(of: name, $0) })
            {
                let language = line.words.split(separator: 32).dropFirst().first.map {
                    String(decoding: $0, as: UTF8.self)
                }
                output.code(
                    lines.lines[(index + 1)..<end].map(unescaped), language: name == "src" ? language ?? "" : "")
                index = end
            } else {
                output.line(line)
            }
            index += 1
        }
        return FrontMatter.titled(title).yaml + output.document
    }

    /// Stars from the very beginning of a line; without a state in front of the title and tags behind it.
    private static func headline(_ line: MarkupLine) -> (level: Int, title: MarkupLine)? {
        let rest = line.drop { $0 == UInt8(ascii: "*") }
        guard line.count > rest.count, rest.first == 32, !rest.words.isEmpty else { return nil }
        var title = rest.words
        for state in states where title.starts(with: state.utf8) { title = title.dropFirst(state.utf8.count).words }
        if title.last == UInt8(ascii: ":"), let blank = title.lastIndex(of: 32),
            title[blank...].dropFirst().first == UInt8(ascii: ":")
        {
            title = title[..<blank].words
        }
        return (line.count - rest.count, title)
    }

    private static func isEnd(of name: String, _ line: MarkupLine) -> Bool {
        line.words.first == UInt8(ascii: "#") && line.words.lowercasedText(atMost: 20).hasPrefix("#+end_\(name)")
    }

    /// In a block, a comma keeps a line from being a headline.
    private static func unescaped(_ line: MarkupLine) -> MarkupLine {
        line.starts(with: ",*".utf8) || line.starts(with: ",#+".utf8) ? line.dropFirst() : line
    }
}
