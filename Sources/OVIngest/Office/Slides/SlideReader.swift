// SPDX-License-Identifier: Apache-2.0

/// Reads the shapes of one slide, or of its notes, in the order in which they lie there.
struct SlideReader {
    /// What a shape is for (§19.7.10).
    private enum Placeholder { case none, title, body, subtitle, left }

    private struct Paragraph {
        var level = 0
        /// Nil where the slide does not say.
        var mark: DocumentWriter.ListMark?
        var style: InlineRun.Style = []
    }

    private var xml: XMLReader
    private let links: [String: OfficePackage.Relationship]
    private(set) var writer: DocumentWriter
    private let isNotes: Bool
    private var placeholder = Placeholder.none
    private var paragraph = Paragraph()
    /// The next number for each level of the list.
    private var numbers: [Int] = []
    private var choices: [Bool] = []

    init(
        _ xml: XMLReader, _ links: [String: OfficePackage.Relationship], _ writer: DocumentWriter, isNotes: Bool = false
    ) {
        (self.xml, self.links, self.writer, self.isNotes) = (xml, links, writer, isNotes)
    }

    mutating func read() throws(XMLError) {
        while !writer.isFull, let event = try xml.next() {
            switch event {
            case .start(let name): try start(name)
            case .end(let name): end(name)
            case .text: break
            }
        }
    }

    mutating func takeText() -> [UInt8] { writer.finish() }

    // MARK: The slide as a whole

    static func title(of bytes: [UInt8]) throws(XMLError) -> [UInt8] {
        var xml = try XMLReader(bytes, prefixes: OfficeNamespaces.prefixes)
        var (isTitle, title): (Bool, [UInt8]) = (false, [])
        while let event = try xml.next() {
            switch event {
            case .start("p:sp"), .start("p:pic"), .start("p:graphicFrame"): isTitle = false
            case .start("p:ph"): isTitle = self.placeholder(xml.string("type")) == .title
            case .start("a:t") where isTitle: title += try xml.readText()
            case .start("a:br") where isTitle, .end("a:p") where isTitle: title.append(32)
            case .end("p:sp") where isTitle && !title.allSatisfy({ $0 <= 32 }): return title.collapsedHTML()
            default: break
            }
        }
        return title.collapsedHTML()
    }

    static func isHidden(_ bytes: [UInt8]) throws(XMLError) -> Bool {
        var xml = try XMLReader(bytes, prefixes: OfficeNamespaces.prefixes)
        while let event = try xml.next() {
            if case .start = event { return !OfficeNamespaces.isOn(xml.string("show")) }
        }
        return false
    }

    private static func placeholder(_ type: String?) -> Placeholder {
        switch type {
        case "title", "ctrTitle": .title
        case "subTitle": .subtitle
        case "dt", "ftr", "sldNum", "hdr", "sldImg": .left
        default: .body
        }
    }

    // MARK: Elements

    private mutating func start(_ name: String) throws(XMLError) {
        switch name {
        case "p:sp", "p:pic", "p:graphicFrame", "p:cxnSp":
            placeholder = .none
            numbers = []
        case "p:ph": placeholder = Self.placeholder(xml.string("type"))
        case "p:cNvPr": if !isNotes { addDescription() }
        case "p:txBody", "a:txBody":
            if isLeftOut { try xml.skip() }
        case "a:tbl": writer.beginTable()
        case "a:tr": writer.beginRow()
        case "a:tc": beginCell()
        case "a:p": beginParagraph()
        case "a:pPr": readParagraphProperties()
        case "a:buNone": paragraph.mark = DocumentWriter.ListMark.none
        case "a:buChar", "a:buBlip": paragraph.mark = .bullet
        case "a:buAutoNum": paragraph.mark = .number(xml.string("startAt").flatMap { Int($0) } ?? 1)
        case "a:rPr": readRunProperties()
        case "a:latin": if let font = xml.string("typeface") { writer.isCode = CodeFonts.contains(font) }
        case "a:hlinkClick": beginLink()
        case "a:t": writer.add(try xml.readText()[...])
        case "a:br": writer.addBreak()
        case "m:oMath": writer.add(try MathText.read(&xml)[...])
        case "mc:AlternateContent": choices.append(false)
        case "mc:Choice", "mc:Fallback":
            guard let isTaken = choices.last else { break }
            if isTaken { try xml.skip() } else { choices[choices.count - 1] = true }
        default: break
        }
    }

    private mutating func end(_ name: String) {
        switch name {
        case "a:p": endParagraph()
        case "a:r", "a:fld":
            writer.endLink()
            (writer.marks.style, writer.script, writer.isCode) = ([], .none, false)
        case "a:tc": writer.endCell()
        case "a:tr": writer.endRow()
        case "a:tbl": writer.endTable()
        case "p:sp", "p:pic", "p:graphicFrame":
            writer.endParagraph(.plain)
            writer.endList()
        case "mc:AlternateContent": _ = choices.popLast()
        default: break
        }
    }

    /// Of notes only what was written, of a slide all but its title, which stands above.
    private var isLeftOut: Bool {
        switch placeholder {
        case .title, .left: true
        case .body: false
        case .none, .subtitle: isNotes
        }
    }

    private mutating func addDescription() {
        guard let description = xml.string("descr") ?? xml.string("title") else { return }
        writer.addImage(description)
    }

    private mutating func beginCell() {
        let columns = xml.string("gridSpan").flatMap { Int($0) } ?? 1
        // The cells that it reaches over are there, and empty.
        writer.beginCell(columns: xml.string("hMerge") == nil ? min(columns, 1) : 1)
    }

    // MARK: Paragraphs

    private mutating func beginParagraph() {
        if !writer.isInTable, writer.hasText { writer.endParagraph(.plain) }
        paragraph = Paragraph()
    }

    private mutating func readParagraphProperties() {
        paragraph.level = min(max(xml.string("lvl").flatMap { Int($0) } ?? 0, 0), 8)
    }

    private mutating func endParagraph() {
        guard writer.hasText, !writer.isInTable else {
            writer.endParagraph(.plain)
            return
        }
        let isList = placeholder == .body && !isNotes || paragraph.level > 0
        let mark = paragraph.mark ?? (isList ? .bullet : DocumentWriter.ListMark.none)
        guard mark != .none else {
            numbers = []
            writer.endParagraph(.plain)
            return
        }
        let level = paragraph.level
        while numbers.count > level + 1 { numbers.removeLast() }
        while numbers.count <= level { numbers.append(0) }
        guard case .number(let start) = mark else {
            numbers[level] = 0
            writer.endParagraph(.item(level: level, mark: .bullet))
            return
        }
        numbers[level] = max(numbers[level] + 1, start)
        writer.endParagraph(.item(level: level, mark: .number(numbers[level])))
    }

    private mutating func readRunProperties() {
        var style: InlineRun.Style = []
        if let bold = xml.string("b"), OfficeNamespaces.isOn(bold) { style.insert(.strong) }
        if let italic = xml.string("i"), OfficeNamespaces.isOn(italic) { style.insert(.emphasis) }
        if let strike = xml.string("strike"), strike != "noStrike" { style.insert(.strikethrough) }
        writer.marks.style = style
        let raise = xml.string("baseline").flatMap { Int($0) } ?? 0
        writer.script = raise > 0 ? .raised : raise < 0 ? .lowered : .none
    }

    private mutating func beginLink() {
        guard let id = xml.string("r:id"), let link = links[id], link.isExternal else { return }
        writer.beginLink(to: link.target)
    }
}
