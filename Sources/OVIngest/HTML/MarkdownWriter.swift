// SPDX-License-Identifier: Apache-2.0

/// Writes the content of a page as Markdown: CommonMark with the tables and strikethrough of GFM, definition lists as
/// Pandoc and others read them, formulas between dollar signs.
///
/// One walk over the tree, without recursion. The same page gives the same bytes.
struct MarkdownWriter {
    let content: PageContent
    let links: HTMLLinks
    let footnotes: Footnotes
    /// Bytes after which it writes no more.
    private let limit: Int

    var output = MarkdownOutput()
    var run = InlineRun()
    /// What the next inlines are marked with.
    private(set) var marks = InlineRun.Marks()
    private var styleDepths: [UInt8: Int] = [:]
    private(set) var addresses: [[UInt8]] = []
    /// Links that have stood somewhere: one around several paragraphs is written in the first.
    private var writtenLinks: Set<Int> = []
    var lists: [MarkdownList] = []
    var table: MarkdownTable?
    /// For each definition list that is open, whether there was a term: many use such lists only to indent.
    var hasTerm: [Bool] = []
    /// The heading that is being read; 0 outside.
    var headingLevel = 0

    var tree: HTMLTree { content.tree }
    var facts: HTMLFacts { content.facts }

    /// - Returns: empty when there is nothing that can be written.
    static func markdown(of content: PageContent, links: HTMLLinks, limit: Int) -> [UInt8] {
        var writer = MarkdownWriter(content: content, links: links, limit: limit)
        writer.write()
        return writer.output.bytes
    }

    private init(content: PageContent, links: HTMLLinks, limit: Int) {
        self.content = content
        self.links = links
        footnotes = Footnotes(content)
        self.limit = limit
    }

    private mutating func write() {
        let (tree, root) = (content.tree, content.root)
        var current = root
        while true {
            if enter(current) {
                let child = tree[current].firstChild
                if child != HTMLTree.none {
                    current = child
                    continue
                }
                leave(current)
            }
            while current != root, tree[current].next == HTMLTree.none {
                current = tree[current].parent
                leave(current)
            }
            if current == root { break }
            current = tree[current].next
        }
        flush()
    }

    /// - Returns: whether to go on with what is in the node; `leave` is called behind it then.
    private mutating func enter(_ index: HTMLTree.Index) -> Bool {
        let name = tree[index].name
        if name == .text {
            run.add(text: tree.text(of: index), marks)
            return false
        }
        guard output.bytes.count <= limit, !content.isLeftOut(index) else { return false }
        if facts[index].contains(.hasCodeBlock), isLineNumber(index) { return false }
        if let goesOn = enterInline(index, name) { return goesOn }
        return enterBlock(index, name)
    }

    private mutating func leave(_ index: HTMLTree.Index) {
        let name = tree[index].name
        if leaveInline(index, name) { return }
        leaveBlock(index, name)
    }

    // MARK: Inlines

    mutating func begin(_ style: InlineRun.Style) {
        styleDepths[style.rawValue, default: 0] += 1
        marks.style.insert(style)
    }

    mutating func end(_ style: InlineRun.Style) {
        let depth = (styleDepths[style.rawValue] ?? 1) - 1
        styleDepths[style.rawValue] = depth
        if depth <= 0 { marks.style.remove(style) }
    }

    mutating func beginLink(to address: [UInt8]) {
        addresses.append(address)
        marks.link = addresses.count
    }

    mutating func endLink() { marks.link = 0 }

    // MARK: Blocks

    /// Takes the run that has been read.
    private mutating func takeRun(as place: InlineRenderer.Place) -> [UInt8] {
        var taken = InlineRun()
        swap(&taken, &run)
        for index in taken.pieces.indices where writtenLinks.contains(taken.pieces[index].marks.link) {
            taken.pieces[index].marks.link = 0
        }
        for piece in taken.pieces where piece.marks.link != 0 {
            // A picture above a headline that leads to the same place is not the link that a reader looks for.
            let isImage = piece.kind == .verbatim && taken.buffer[piece.range].first == UInt8(ascii: "!")
            if !isImage { writtenLinks.insert(piece.marks.link) }
        }
        return InlineRenderer.render(taken, as: place, addresses: addresses)
    }

    /// Ends the paragraph, heading or line of a cell that is being read.
    mutating func flush() {
        if table?.isInCell == true {
            run.addBreak()
            return
        }
        guard !run.isEmpty else {
            run = InlineRun()
            return
        }
        guard headingLevel > 0 else {
            output.block(takeRun(as: .paragraph))
            return
        }
        output.block(
            Array(repeating: UInt8(ascii: "#"), count: headingLevel) + [32]
                + Self.escapingEnd(ofHeading: takeRun(as: .heading)))
    }

    /// A heading's number signs at its end would be taken for its decoration.
    static func escapingEnd(ofHeading heading: [UInt8]) -> [UInt8] {
        var text = heading
        if text.last == UInt8(ascii: "#") {
            let start = text.lastIndex { $0 != UInt8(ascii: "#") }.map { $0 + 1 } ?? 0
            if start == 0 || text[start - 1] == 32 { text.insert(UInt8(ascii: "\\"), at: start) }
        }
        return text
    }

    mutating func takeCell() -> [UInt8] { takeRun(as: .cell) }

    /// Writes a block that is Markdown already; within a cell it becomes part of the line.
    mutating func writeBlock(_ text: [UInt8]) {
        flush()
        output.block(text)
    }
}
