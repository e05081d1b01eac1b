// SPDX-License-Identifier: Apache-2.0

/// Writes what office formats have as Markdown: paragraphs that say themselves what they are, tables, notes.
///
/// Those formats have no nesting of blocks but that of tables: an item is a paragraph with a level. Inlines are gathered
/// first; `endParagraph` says what they were.
struct DocumentWriter {
    enum Paragraph: Hashable {
        case plain
        case heading(Int)
        /// Levels count from 0. An item without a mark of its own goes on with the one before.
        case item(level: Int, mark: ListMark)
        case quote
        case code
    }

    enum ListMark: Hashable {
        case bullet
        case number(Int)
        case none
    }

    /// Raised and lowered text.
    enum Script: Hashable { case none, raised, lowered }

    private(set) var output = MarkdownOutput()
    private(set) var run = InlineRun()
    var marks = InlineRun.Marks()
    var script = Script.none
    /// Whether text is code, in a paragraph that is something else.
    var isCode = false
    private var scriptText: [UInt8] = []
    private var scriptKind = Script.none
    private var codeText: [UInt8] = []
    /// The paragraph's text with its white space, for code.
    private var plainText: [UInt8] = []
    private var addresses: [[UInt8]] = []
    /// The mark's width for each item that is open.
    private var items: [ListMark] = []
    private var codeLines: [[UInt8]] = []
    private var isInQuote = false
    private var table: MarkdownTable?
    /// How many tables are open; only the outermost is written as one.
    private var tableDepth = 0
    private(set) var firstHeading: String?
    /// Bytes after which nothing more is written.
    let limit: Int

    init(limit: Int) { self.limit = limit }

    var isFull: Bool { output.bytes.count > limit }
    var isInTable: Bool { tableDepth > 0 }
    var hasText: Bool { !run.isEmpty || !codeText.isEmpty || !scriptText.isEmpty }

    // MARK: Inlines

    mutating func add(_ text: ArraySlice<UInt8>) {
        guard !text.isEmpty else { return }
        plainText += text
        if script != .none {
            if scriptKind != script { flushInlines() }
            scriptKind = script
            scriptText += text
        } else if isCode {
            if !scriptText.isEmpty { flushInlines() }
            codeText += text
        } else {
            flushInlines()
            run.add(text: text, marks)
        }
    }

    mutating func add(_ text: String) { add(Array(text.utf8)[...]) }

    mutating func addSpace() { add([32]) }

    mutating func addBreak() {
        flushInlines()
        plainText.append(10)
        run.addBreak()
    }

    /// Markdown as it is: an image, a reference to a note.
    mutating func add(markdown: String) {
        flushInlines()
        run.add(verbatim: Array(markdown.utf8), marks)
    }

    /// What stands for an image: what it shows, in words; nothing where nobody said.
    mutating func addImage(_ description: String?) {
        guard let description else { return }
        var words = ForeignText.line(description.utf8, atMost: 2000)
        for tail in ["Description automatically generated", "AI-generated content may be incorrect."] {
            if words.hasSuffix(tail) { words = String(words.dropLast(tail.count)) }
        }
        let text = words.filter { $0 != "[" && $0 != "]" && $0 != "\\" }.trimmingBlanks()
        guard !text.isEmpty, !Self.isFileName(text) else { return }
        add(markdown: "![\(text)]")
    }

    /// What programs put there when nobody says anything.
    private static func isFileName(_ text: String) -> Bool {
        guard !text.contains(" "), let dot = text.lastIndex(of: ".") else { return false }
        return MediaType.guess(fromName: "a" + text[dot...]).hasPrefix("image/")
    }

    mutating func beginLink(to address: String) {
        flushInlines()
        guard let encoded = HTMLLinks.destination(of: address) else { return }
        addresses.append(encoded)
        marks.link = addresses.count
    }

    mutating func endLink() {
        flushInlines()
        marks.link = 0
    }

    private mutating func flushInlines() {
        if !scriptText.isEmpty {
            let text = scriptText
            scriptText = []
            addScript(text, isRaised: scriptKind == .raised)
        }
        if !codeText.isEmpty {
            let text = codeText.collapsedHTML()
            if codeText.first == 32 { run.addSpace() }
            if !text.isEmpty { run.add(verbatim: MarkdownWriter.codeSpan(text), marks) }
            if codeText.last == 32 { run.addSpace() }
            codeText = []
        }
    }

    /// Powers and indices get a sign, "1st" and "H2O" do not: they are read as they are.
    private mutating func addScript(_ text: [UInt8], isRaised: Bool) {
        let plain = text.collapsedHTML()
        let isOneWord = plain.allSatisfy { $0.isAlphanumeric || $0 >= 0x80 }
        let isObvious =
            isRaised ? plain.allSatisfy(\.isLetter) && plain.count > 1 : plain.allSatisfy(\.isDigit)
        guard !plain.isEmpty, !isObvious, !run.endsInSpace, plain.count <= 32, text.first != 32 else {
            run.add(text: text[...], marks)
            return
        }
        let mark = Array((isRaised ? "^" : "_").utf8)
        run.add(text: (isOneWord ? mark + plain : mark + [40] + plain + [41])[...], marks)
        if text.last == 32 { run.addSpace() }
    }

    private mutating func takeInlines(as place: InlineRenderer.Place) -> [UInt8] {
        flushInlines()
        var taken = InlineRun()
        swap(&taken, &run)
        plainText = []
        defer { addresses = marks.link == 0 ? [] : addresses }
        return InlineRenderer.render(taken, as: place, addresses: addresses)
    }

    // MARK: Paragraphs

    mutating func endParagraph(_ kind: Paragraph) {
        if tableDepth > 0 {
            flushInlines()
            plainText = []
            if case .item(_, let mark) = kind, mark == .bullet, run.pieces.count > 0 { run.addSpace() }
            run.addBreak()
            return
        }
        if kind == .code {
            addCodeLine()
            return
        }
        flushInlines()
        guard !run.isEmpty else {
            (plainText, run) = ([], InlineRun())
            return
        }
        endCode()
        switch kind {
        case .heading(let level): writeHeading(level)
        case .item(let level, let mark): writeItem(level, mark)
        case .quote: writeQuote()
        case .plain, .code:
            endList()
            endQuote()
            output.block(takeInlines(as: .paragraph))
        }
    }

    private mutating func writeHeading(_ level: Int) {
        endList()
        endQuote()
        if firstHeading == nil { firstHeading = String(decoding: plainText.collapsedHTML().prefix(512), as: UTF8.self) }
        let text = MarkdownWriter.escapingEnd(ofHeading: takeInlines(as: .heading))
        output.block(Array(repeating: UInt8(ascii: "#"), count: min(max(level, 1), 6)) + [32] + text)
    }

    private mutating func writeQuote() {
        endList()
        if !isInQuote { output.enter(first: "> ", rest: "> ") }
        isInQuote = true
        output.block(takeInlines(as: .paragraph))
    }

    private mutating func endQuote() {
        if isInQuote { output.leave() }
        isInQuote = false
    }

    // MARK: Code

    private mutating func addCodeLine() {
        endList()
        endQuote()
        codeLines += plainText.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
        (plainText, run, scriptText, codeText) = ([], InlineRun(), [], [])
    }

    private mutating func endCode() {
        guard !codeLines.isEmpty else { return }
        var lines = codeLines[...]
        codeLines = []
        while lines.last?.allSatisfy({ $0 <= 32 }) == true { lines.removeLast() }
        while lines.first?.allSatisfy({ $0 <= 32 }) == true { lines.removeFirst() }
        guard !lines.isEmpty else { return }
        let longest = lines.map { MarkdownWriter.longestRun(of: UInt8(ascii: "`"), in: $0) }.max() ?? 0
        let fence = [UInt8](repeating: UInt8(ascii: "`"), count: max(3, longest + 1))
        output.block(Array(([fence] + lines + [fence]).joined(separator: [10])))
    }

    // MARK: Lists

    private mutating func writeItem(_ level: Int, _ mark: ListMark) {
        endQuote()
        guard mark != .none else {
            closeItems(to: min(level + 1, items.count))
            if items.isEmpty { endList() }
            output.block(takeInlines(as: .paragraph))
            return
        }
        let level = min(level, items.count, 12)
        let isNext = level < items.count && Self.follows(mark, items[level])
        let isDeeper = level > 0 && level == items.count
        closeItems(to: level)
        if isNext || isDeeper { output.separation = .line }
        let text =
            switch mark {
            case .number(let number): "\(min(max(number, 0), 999_999_999)). "
            case .bullet, .none: "- "
            }
        output.enter(first: text, rest: String(repeating: " ", count: text.utf8.count))
        items.append(mark)
        output.block(takeInlines(as: .paragraph))
    }

    private static func follows(_ mark: ListMark, _ last: ListMark) -> Bool {
        switch (last, mark) {
        case (.number(let last), .number(let number)): number > last
        case (.bullet, .bullet): true
        default: false
        }
    }

    private mutating func closeItems(to level: Int) {
        while items.count > level {
            output.leave()
            items.removeLast()
        }
    }

    /// What comes next is no part of a list.
    mutating func endList() { closeItems(to: 0) }

    // MARK: Tables

    mutating func beginTable() {
        tableDepth += 1
        guard tableDepth == 1 else { return }
        endBlocks()
        table = MarkdownTable(node: HTMLTree.none)
    }

    mutating func beginRow() { if tableDepth == 1 { table?.beginRow() } }

    mutating func beginCell(columns: Int = 1, rows: Int = 1) {
        guard tableDepth == 1 else { return }
        run = InlineRun()
        table?.beginCell(columns: columns, rows: rows)
    }

    mutating func endCell() {
        guard tableDepth == 1 else { return }
        let text = takeInlines(as: .cell)
        table?.endCell(text)
    }

    mutating func endRow() { if tableDepth == 1 { table?.endRow() } }

    mutating func endTable() {
        tableDepth = max(0, tableDepth - 1)
        guard tableDepth == 0 else { return }
        table?.endRow()
        if let text = table?.markdown() { output.block(text) }
        table = nil
        run = InlineRun()
    }

    // MARK: Others

    private mutating func endBlocks() {
        endCode()
        endList()
        endQuote()
    }

    /// Writes Markdown as a block of its own.
    mutating func block(_ text: [UInt8]) {
        endBlocks()
        output.block(text)
    }

    mutating func enter(first: String, rest: String) {
        endBlocks()
        output.enter(first: first, rest: rest)
    }

    mutating func leave() {
        endBlocks()
        output.leave()
    }

    /// Another story begins: nothing that was written so far goes on.
    mutating func finish() -> [UInt8] {
        endParagraph(.plain)
        endBlocks()
        return output.bytes
    }
}

extension String {
    fileprivate func trimmingBlanks() -> String {
        String(decoding: Array(utf8).trimmedHTML(), as: UTF8.self)
    }
}
