// SPDX-License-Identifier: Apache-2.0

/// Finds headings and paragraphs of a Markdown text: the block structure of CommonMark 0.31.2, as far as it takes to
/// know what is a heading of the document and what only looks like one.
///
/// One pass over the lines, with a state of fixed size. What lies inside block quotes and list items is theirs: it
/// makes no sections.
struct MarkdownBlocks {
    enum Block {
        /// `text` is what is between the marks; the heading starts at `start` on line `line`.
        case heading(level: Int, text: Range<Int>, line: Int, start: Int)
        case paragraph(Range<Int>)
        /// Text in block quotes and lists, with their marks.
        case container(Range<Int>)
    }

    /// What the line before left open.
    private enum Open {
        case nothing
        case paragraph(start: Int, line: Int)
        case container(start: Int)
        case fence(Fence)
        case html(HTMLBlock)
    }

    private struct Fence {
        let mark: UInt8
        let count: Int
        /// The column at which the content of the list item around it starts, zero outside lists.
        let indent: Int
        let isQuoted: Bool
    }

    let bytes: [UInt8]
    private var open = Open.nothing
    /// Where the content of the current list item starts, nil outside lists.
    private var listIndent: Int?
    private var lastEnd = 0
    private var found: [Block] = []

    /// Calls `handle` with each block until it answers false.
    /// - Parameter skipping: how many lines at the start are no Markdown.
    static func parse(_ bytes: [UInt8], skipping: Int, _ handle: (Block) -> Bool) {
        var parser = MarkdownBlocks(bytes: bytes)
        var lines = TextLines(bytes)
        while let line = lines.next() {
            guard line.number > skipping else { continue }
            parser.read(line)
            for block in parser.found where !handle(block) { return }
            parser.found.removeAll(keepingCapacity: true)
        }
        parser.close()
        for block in parser.found where !handle(block) { return }
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// Ends what is open.
    private mutating func close() {
        switch open {
        case .paragraph(let start, _): found.append(.paragraph(start..<lastEnd))
        case .container(let start): found.append(.container(start..<lastEnd))
        default: break
        }
        open = .nothing
    }
}

// MARK: - Lines

extension MarkdownBlocks {
    private mutating func read(_ line: TextLines.Line) {
        defer { lastEnd = line.content.upperBound }
        let content = bytes.trimmed(line.content)
        if continuesFence(line.content, content) || continuesHTML(content) { return }
        guard !content.isEmpty else { return close() }
        let indent = column(of: content.lowerBound, in: line.content)
        if let listIndent {
            if indent >= listIndent { return readInsideContainer(content, indent: listIndent, isQuoted: false) }
            if case .container = open {} else { self.listIndent = nil }
        }
        if indent >= 4 {
            // Indented code, unless it goes on with a paragraph.
            return
        }
        if readLeaf(line, content) || readContainer(content, column: indent) { return }
        if case .nothing = open {
            listIndent = nil
            open = .paragraph(start: content.lowerBound, line: line.number)
        }
    }

    /// Headings, fences, HTML and thematic breaks, which end whatever was open.
    private mutating func readLeaf(_ line: TextLines.Line, _ content: Range<Int>) -> Bool {
        if let (level, text) = atxHeading(content) {
            close()
            found.append(.heading(level: level, text: text, line: line.number, start: line.content.lowerBound))
        } else if let (mark, count) = fence(content) {
            close()
            open = .fence(Fence(mark: mark, count: count, indent: 0, isQuoted: false))
        } else if let block = HTMLBlock(opening: content, of: bytes) {
            close()
            if !block.isClosed(by: content, of: bytes) { open = .html(block) }
        } else if case .paragraph(let start, let number) = open, let level = setextLevel(content) {
            open = .nothing
            found.append(.heading(level: level, text: start..<lastEnd, line: number, start: lineStart(of: start)))
        } else if isThematicBreak(content) {
            close()
        } else {
            return false
        }
        listIndent = nil
        return true
    }

    /// Block quotes and list items.
    private mutating func readContainer(_ content: Range<Int>, column: Int) -> Bool {
        if bytes[content.lowerBound] == 62 {
            listIndent = nil
            var inner = content
            while !inner.isEmpty, bytes[inner.lowerBound] == 62 {
                inner = bytes.trimmed(inner.lowerBound + 1..<inner.upperBound)
            }
            readInsideContainer(inner, indent: 0, isQuoted: true)
            return true
        }
        guard let marker = listMarker(content) else { return false }
        let inner = bytes.trimmed(marker.end..<content.upperBound)
        // More than four blanks behind the marker are the start of indented code.
        let padding = inner.isEmpty || inner.lowerBound - marker.end > 4 ? 1 : inner.lowerBound - marker.end
        let indent = column + marker.end - content.lowerBound + padding
        listIndent = indent
        readInsideContainer(inner, indent: indent, isQuoted: false)
        return true
    }

    private mutating func readInsideContainer(_ content: Range<Int>, indent: Int, isQuoted: Bool) {
        if case .paragraph = open { close() }
        if let (mark, count) = fence(content) {
            close()
            open = .fence(Fence(mark: mark, count: count, indent: indent, isQuoted: isQuoted))
        } else if case .nothing = open, !content.isEmpty {
            open = .container(start: content.lowerBound)
        }
    }

    private mutating func continuesFence(_ line: Range<Int>, _ content: Range<Int>) -> Bool {
        guard case .fence(let fence) = open else { return false }
        var content = content
        if fence.isQuoted {
            guard !content.isEmpty, bytes[content.lowerBound] == 62 else {
                open = .nothing
                return false
            }
            while !content.isEmpty, bytes[content.lowerBound] == 62 {
                content = bytes.trimmed(content.lowerBound + 1..<content.upperBound)
            }
        } else if fence.indent > 0, !content.isEmpty, column(of: content.lowerBound, in: line) < fence.indent {
            // The list item ended, and with it all it contains.
            open = .nothing
            return false
        }
        guard !content.isEmpty, bytes[content.lowerBound] == fence.mark else { return true }
        let end = bytes.endOfRun(at: content.lowerBound, in: content)
        if end == content.upperBound, end - content.lowerBound >= fence.count { open = .nothing }
        return true
    }

    private mutating func continuesHTML(_ content: Range<Int>) -> Bool {
        guard case .html(let block) = open else { return false }
        if block.isClosed(by: content, of: bytes) { open = .nothing }
        return true
    }
}

// MARK: - Marks

extension MarkdownBlocks {
    /// The column at which an offset stands, tabs counted to the next multiple of four (§2.2).
    private func column(of offset: Int, in line: Range<Int>) -> Int {
        var column = 0
        for index in line.lowerBound..<offset { column += bytes[index] == 9 ? 4 - column % 4 : 1 }
        return column
    }

    private func lineStart(of offset: Int) -> Int {
        var start = offset
        while start > 0, bytes[start - 1].isBlank { start -= 1 }
        return start
    }

    /// §4.2: one to six `#`, then a blank or the end; closing ones are dropped.
    private func atxHeading(_ content: Range<Int>) -> (level: Int, text: Range<Int>)? {
        guard bytes[content.lowerBound] == 35 else { return nil }
        let end = bytes.endOfRun(at: content.lowerBound, in: content)
        let level = end - content.lowerBound
        guard level <= 6, end == content.upperBound || bytes[end].isBlank else { return nil }
        var text = bytes.trimmed(end..<content.upperBound)
        var closing = text.upperBound
        while closing > text.lowerBound, bytes[closing - 1] == 35 { closing -= 1 }
        if closing < text.upperBound, closing == text.lowerBound || bytes[closing - 1].isBlank {
            text = bytes.trimmed(text.lowerBound..<closing)
        }
        return (level, text)
    }

    /// §4.3: a line of `=` or of `-` alone makes a heading of the paragraph above it.
    private func setextLevel(_ content: Range<Int>) -> Int? {
        let mark = bytes[content.lowerBound]
        guard mark == 61 || mark == 45, bytes.endOfRun(at: content.lowerBound, in: content) == content.upperBound else {
            return nil
        }
        return mark == 61 ? 1 : 2
    }

    /// §4.1: three or more of `-`, `_` or `*`, with nothing but blanks between.
    private func isThematicBreak(_ content: Range<Int>) -> Bool {
        let mark = bytes[content.lowerBound]
        guard mark == 45 || mark == 95 || mark == 42 else { return false }
        var count = 0
        for index in content where !bytes[index].isBlank {
            guard bytes[index] == mark else { return false }
            count += 1
        }
        return count >= 3
    }

    /// §4.5: three or more backticks or tildes; what follows backticks has none.
    private func fence(_ content: Range<Int>) -> (mark: UInt8, count: Int)? {
        guard let mark = content.first.map({ bytes[$0] }), mark == 96 || mark == 126 else { return nil }
        let end = bytes.endOfRun(at: content.lowerBound, in: content)
        guard end - content.lowerBound >= 3 else { return nil }
        if mark == 96, bytes[end..<content.upperBound].contains(96) { return nil }
        return (mark, end - content.lowerBound)
    }

    /// §5.2: a bullet or a number, then a blank or the end. Inside a paragraph only an item with text, a numbered one
    /// only from 1, starts a list.
    private func listMarker(_ content: Range<Int>) -> (start: Int, end: Int)? {
        var end = content.lowerBound
        var isInterrupting = true
        if bytes[end] == 45 || bytes[end] == 43 || bytes[end] == 42 {
            end += 1
        } else {
            while end < content.upperBound, bytes[end].isDigit, end - content.lowerBound < 9 { end += 1 }
            guard end > content.lowerBound, end < content.upperBound, bytes[end] == 46 || bytes[end] == 41 else {
                return nil
            }
            isInterrupting = end == content.lowerBound + 1 && bytes[content.lowerBound] == 49
            end += 1
        }
        guard end == content.upperBound || bytes[end].isBlank else { return nil }
        if case .paragraph = open, !isInterrupting || end == content.upperBound { return nil }
        return (content.lowerBound, end)
    }
}
