// SPDX-License-Identifier: Apache-2.0

/// reStructuredText: section titles, which are underlined and may be overlined (docutils, "Sections"), and the
/// directives that hold code.
enum ReStructuredText {
    static func markdown(of lines: MarkupLines) -> [UInt8] {
        var reader = Reader(lines: lines)
        while reader.index < lines.count { reader.step() }
        return reader.output.document
    }

    private struct Reader {
        let lines: MarkupLines
        var index = 0
        var output = MarkdownLines()
        /// Kinds of adornment in the order in which they came, which is that of their levels.
        private var styles: [Style] = []

        private struct Style: Equatable {
            let byte: UInt8
            let isOverlined: Bool
        }

        init(lines: MarkupLines) { self.lines = lines }

        mutating func step() {
            let (line, next) = (lines[index], lines[index + 1])
            let isBehindBlank = lines[index - 1].isEmpty
            if isBehindBlank, let byte = adornment(line), !next.isEmpty, lines[index + 2].onlyByte == byte,
                lines[index + 2].count == line.count, next.words.width <= line.count
            {
                heading(next, Style(byte: byte, isOverlined: true))
                index += 3
            } else if isBehindBlank, !line.isEmpty, line.indentation == 0, adornment(line) == nil,
                let byte = adornment(next), next.count >= min(line.width, 4)
            {
                heading(line, Style(byte: byte, isOverlined: false))
                index += 2
            } else if let language = Self.codeLanguage(line) {
                code(language, behind: line.indentation)
            } else {
                output.line(line)
                index += 1
            }
        }

        private mutating func heading(_ title: MarkupLine, _ style: Style) {
            if !styles.contains(style) { styles.append(style) }
            output.heading((styles.firstIndex(of: style) ?? 0) + 1, title)
        }

        /// Two marks of punctuation at least.
        private func adornment(_ line: MarkupLine) -> UInt8? {
            guard line.count >= 2, let byte = line.onlyByte else { return nil }
            let isPunctuation =
                (33...47).contains(byte) || (58...64).contains(byte) || (91...96).contains(byte)
                || (123...126).contains(byte)
            return isPunctuation ? byte : nil
        }

        /// - Returns: nil for a line that is no such directive.
        private static func codeLanguage(_ line: MarkupLine) -> String? {
            let words = line.words
            for name in [".. code-block::", ".. code::", ".. sourcecode::"] where words.starts(with: name.utf8) {
                return String(decoding: words.dropFirst(name.utf8.count).words.prefix(40), as: UTF8.self)
            }
            return nil
        }

        /// The indented lines behind a directive, without its options.
        private mutating func code(_ language: String, behind indentation: Int) {
            index += 1
            while lines[index].words.first == UInt8(ascii: ":"), lines[index].indentation > indentation { index += 1 }
            while index < lines.count, lines[index].isEmpty { index += 1 }
            var block: [MarkupLine] = []
            while index < lines.count, lines[index].isEmpty || lines[index].indentation > indentation {
                block.append(lines[index])
                index += 1
            }
            var blanks = 0
            while block.last?.isEmpty == true {
                block.removeLast()
                blanks += 1
            }
            if !block.isEmpty { output.code(block, language: language) }
            if blanks > 0 || block.isEmpty { output.line([]) }
        }
    }
}
