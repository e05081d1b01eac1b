// SPDX-License-Identifier: Apache-2.0

/// Reads the content of an OpenDocument file into a `DocumentWriter`.
///
/// Left out are comments, deleted text, indexes that list what is in the document, hidden text.
struct OpenDocumentReader {
    private struct List {
        let style: String?
        var number: Int
        var isMarkPending = false
    }

    private struct Outer {
        let writer: DocumentWriter
        let paragraphs: [DocumentWriter.Paragraph]
        let lists: [List]
        let spans: [OpenDocumentStyles.Style]
    }

    var xml: XMLReader
    var styles: OpenDocumentStyles
    var writer: DocumentWriter
    let limit: Int
    /// The paragraphs that are open: one may stand in a box that stands in another one.
    private var paragraphs: [DocumentWriter.Paragraph] = []
    private var isInSpreadsheet = false
    private var lists: [List] = []
    private var spans: [OpenDocumentStyles.Style] = []
    private var lastNumbers: [String: Int] = [:]
    /// What notes, boxes and slides stand in.
    private var outer: [Outer] = []
    /// What is said of the frame that is open.
    private var description: String?
    private var frameClasses: [String] = []
    /// Whether the frame that is open has a formula, whose picture says nothing more.
    private var hasFormula = false
    private let formulas: [String: [UInt8]]
    private var notes: [[UInt8]] = []
    private var slide = (number: 0, title: [UInt8](), notes: [UInt8]())

    private static let maximumOuter = 16

    /// - Parameter formulas: those of the package, by the path of their folder.
    init(_ xml: XMLReader, styles: OpenDocumentStyles, formulas: [String: [UInt8]], limit: Int) {
        (self.xml, self.styles, self.formulas, self.limit) = (xml, styles, formulas, limit)
        writer = DocumentWriter(limit: limit)
    }

    var firstHeading: String? { writer.firstHeading }

    mutating func finish() -> [UInt8] {
        while !outer.isEmpty { _ = endStory() }
        for (index, note) in notes.enumerated() where !note.isEmpty {
            writer.enter(first: "[^\(index + 1)]: ", rest: "    ")
            writer.block(Array(note.dropLast()))
            writer.leave()
        }
        return writer.finish()
    }

    mutating func read() throws(XMLError) {
        while !writer.isFull, let event = try xml.next() {
            switch event {
            case .start(let name): try start(name)
            case .end(let name): end(name)
            case .text(let text): if !paragraphs.isEmpty { add(text) }
            }
        }
    }

    // MARK: Elements

    private mutating func start(_ name: String) throws(XMLError) {
        switch name {
        case "text:p", "text:h": beginParagraph(isHeading: name == "text:h")
        case "text:span": beginSpan()
        case "text:a": if let address = xml.string("xlink:href") { writer.beginLink(to: address) }
        case "text:s":
            let count = xml.string("text:c").flatMap { Int($0) } ?? 1
            add(Array(repeating: 32, count: min(max(count, 1), 256))[...])
        case "text:tab": add([9])
        case "text:line-break": writer.addBreak()
        case "text:list": beginList()
        case "text:list-item", "text:list-header": beginItem(isHeader: name == "text:list-header")
        case "text:note": beginNote()
        case "text:note-citation", "office:annotation", "text:tracked-changes", "text:table-of-content",
            "text:alphabetical-index", "text:illustration-index", "text:table-index", "text:user-index",
            "text:object-index", "office:automatic-styles", "office:font-face-decls", "office:scripts",
            "presentation:settings", "office:forms", "text:ruby-text", "text:sequence-decls":
            try xml.skip()
        case "draw:object":
            if let path = xml.string("xlink:href"), let formula = formulas[OfficePackage.resolve(path, in: "")] {
                add(formula[...])
                hasFormula = true
            }
            try xml.skip()
        case "svg:title":
            let title = String(decoding: try xml.readText(), as: UTF8.self)
            description = description ?? title
        case "svg:desc": description = String(decoding: try xml.readText(), as: UTF8.self)
        case "table:table", "table:table-row", "table:table-cell", "table:covered-table-cell":
            try startTablePart(name)
        default: startDrawing(name)
        }
    }

    private mutating func end(_ name: String) {
        switch name {
        case "text:p", "text:h": endParagraph()
        case "text:span":
            _ = spans.popLast()
            applySpan()
        case "text:a": writer.endLink()
        case "text:list": endList()
        case "text:note-body":
            if let text = endStory() { notes[notes.count - 1] = text }
        case "table:table": writer.endTable()
        case "table:table-row": writer.endRow()
        case "table:table-cell": writer.endCell()
        default: endDrawing(name)
        }
    }

    // MARK: Paragraphs and text

    private mutating func beginParagraph(isHeading: Bool) {
        let (style, names) = styles.style("paragraph", xml.string("text:style-name"))
        spans = style.isHidden == true ? [style] : []
        paragraphs.append(kind(isHeading: isHeading, names))
        applySpan()
    }

    private mutating func kind(isHeading: Bool, _ styles: [String]) -> DocumentWriter.Paragraph {
        if isHeading { return .heading(xml.string("text:outline-level").flatMap { Int($0) } ?? 1) }
        if !lists.isEmpty { return .item(level: lists.count - 1, mark: nextMark()) }
        for style in styles {
            switch style.split(separator: "_20_").joined(separator: " ") {
            case "title": return .heading(1)
            case "quotations", "quote", "block text": return .quote
            case "preformatted text", "source code", "code": return .code
            default: break
            }
        }
        return .plain
    }

    private mutating func endParagraph() {
        guard let kind = paragraphs.popLast() else { return }
        writer.endParagraph(kind)
        spans = []
    }

    private mutating func add(_ text: ArraySlice<UInt8>) {
        if spans.last?.isHidden != true { writer.add(text) }
    }

    private mutating func beginSpan() {
        let style = styles.style("text", xml.string("text:style-name")).style
        spans.append(spans.last.map { style.over($0) } ?? style)
        applySpan()
    }

    private mutating func applySpan() {
        writer.marks.style = spans.last?.marks ?? []
        writer.script = spans.last?.script ?? .none
        writer.isCode = spans.last?.isCode == true && paragraphs.last != .code
    }

    // MARK: Lists

    private mutating func beginList() {
        let style = xml.string("text:style-name") ?? lists.last?.style
        let level = lists.count
        var number = (styles.start(ofList: style, level: level) ?? 1) &- 1
        if xml.string("text:continue-numbering") == "true" { number = lastNumbers["\(level)/\(style ?? "")"] ?? number }
        lists.append(List(style: style, number: number))
    }

    private mutating func endList() {
        guard let list = lists.popLast() else { return }
        lastNumbers["\(lists.count)/\(list.style ?? "")"] = list.number
        if lists.isEmpty { writer.endList() }
    }

    private mutating func beginItem(isHeader: Bool) {
        guard !lists.isEmpty else { return }
        let last = lists.count - 1
        lists[last].isMarkPending = !isHeader
        guard !isHeader else { return }
        let start = xml.string("text:start-value").flatMap { Int($0) }
        lists[last].number = min(start ?? lists[last].number + 1, 1 << 30)
    }

    private mutating func nextMark() -> DocumentWriter.ListMark {
        let last = lists.count - 1
        guard lists[last].isMarkPending else { return .none }
        lists[last].isMarkPending = false
        guard styles.start(ofList: lists[last].style, level: last) != nil else { return .bullet }
        return .number(lists[last].number)
    }

    // MARK: Stories of their own

    /// What follows is written apart from what it stands in.
    private mutating func beginStory() {
        guard outer.count < Self.maximumOuter else { return }
        outer.append(Outer(writer: writer, paragraphs: paragraphs, lists: lists, spans: spans))
        (writer, lists, spans, paragraphs) = (DocumentWriter(limit: limit), [], [], [])
    }

    private mutating func endStory() -> [UInt8]? {
        guard let last = outer.popLast() else { return nil }
        let text = writer.finish()
        (writer, paragraphs, lists, spans) = (last.writer, last.paragraphs, last.lists, last.spans)
        applySpan()
        return text
    }

    private mutating func beginNote() {
        guard notes.count < 10_000, outer.count < Self.maximumOuter else { return }
        notes.append([])
        writer.add(markdown: "[^\(notes.count)]")
        beginStory()
    }

    // MARK: Tables

    private mutating func startTablePart(_ name: String) throws(XMLError) {
        switch name {
        case "table:table": if isInSpreadsheet { try writeSheet() } else { writer.beginTable() }
        case "table:table-row": writer.beginRow()
        case "table:table-cell": writer.beginCell()
        default:
            // What a cell to its left or above reaches over.
            let count = xml.string("table:number-columns-repeated").flatMap { Int($0) } ?? 1
            for _ in 0..<min(max(count, 1), 32) {
                writer.beginCell()
                writer.endCell()
            }
            try xml.skip()
        }
    }

    private mutating func writeSheet() throws(XMLError) {
        let name = xml.string("table:name") ?? ""
        let room = max(0, limit - writer.output.bytes.count)
        var sheet = OpenDocumentSheet(limit: room)
        try sheet.read(&xml)
        writer.add(name)
        writer.endParagraph(.heading(2))
        let table = sheet.table.markdown(limit: room)
        if !table.text.isEmpty { writer.block(table.text) }
        let left = sheet.rowsLeftOut + table.rowsLeftOut
        if left > 0 { writer.block(Array("*(\(left) more rows are left out.)*".utf8)) }
    }

    // MARK: Drawings and slides

    private mutating func startDrawing(_ name: String) {
        switch name {
        case "draw:frame", "draw:custom-shape":
            description = nil
            frameClasses.append(xml.string("presentation:class") ?? "")
            if frameClasses.last == "title" { beginStory() }
        case "draw:text-box": beginBox()
        case "office:spreadsheet": isInSpreadsheet = true
        case "draw:page":
            slide = (slide.number + 1, [], [])
            beginStory()
        case "presentation:notes": beginStory()
        default: break
        }
    }

    private mutating func beginBox() {
        guard let kind = paragraphs.last, !writer.isInTable, writer.hasText else { return }
        writer.endParagraph(kind)
        if case .item(let level, _) = kind { paragraphs[paragraphs.count - 1] = .item(level: level, mark: .none) }
    }

    private mutating func endDrawing(_ name: String) {
        switch name {
        case "draw:frame", "draw:custom-shape":
            if frameClasses.popLast() == "title", let text = endStory() { slide.title = Self.line(text) }
            if !hasFormula { writer.addImage(description) }
            (description, hasFormula) = (nil, false)
            if paragraphs.isEmpty { writer.endParagraph(.plain) }
        case "presentation:notes": slide.notes = endStory() ?? []
        case "draw:page": endSlide()
        default: break
        }
    }

    /// Of the title's Markdown, without marks of blocks, one line.
    private static func line(_ text: [UInt8]) -> [UInt8] {
        text.drop { "#-> ".utf8.contains($0) }.collapsedHTML()
    }

    private mutating func endSlide() {
        guard let text = endStory() else { return }
        writer.block(Array("## Slide \(slide.number)\(slide.title.isEmpty ? "" : ": ")".utf8) + slide.title)
        if !text.isEmpty { writer.block(Array(text.dropLast())) }
        guard !slide.notes.isEmpty else { return }
        writer.enter(first: "> ", rest: "> ")
        writer.block(Array("Notes:".utf8))
        writer.block(Array(slide.notes.dropLast()))
        writer.leave()
    }
}
