// SPDX-License-Identifier: Apache-2.0

/// Reads the text of a Word document (ISO/IEC 29500-1 §17) into a `DocumentWriter`.
///
/// What was inserted with changes tracked is text, what was deleted is not. Left out are comments, headers and footers,
/// tables of contents, hidden text.
struct WordReader {
    struct Paragraph {
        var style: String?
        var outlineLevel: Int?
        var numbering: Int?
        var listLevel: Int?
        var role = WordStyles.Role()
        /// The heading's number, until there is text that it stands before.
        var label: String?
        /// Whether a part of it has been written already.
        var isContinued = false

        var heading: Int? {
            if role.kind == .title { return 1 }
            if let outlineLevel { return outlineLevel < 9 ? outlineLevel + 1 : nil }
            return role.heading
        }
    }

    struct Field {
        var instruction: [UInt8] = []
        var isInResult = false
        var isLink = false
    }

    var xml: XMLReader
    var styles: WordStyles
    var numbering: WordNumbering
    let relationships: [String: OfficePackage.Relationship]
    var writer: DocumentWriter
    var paragraph = Paragraph()
    var run = WordRunProperties()
    var fields: [Field] = []
    /// Paragraphs that text boxes stand in.
    private var outer: [Paragraph] = []
    /// For each choice between contents that is open, whether one was taken.
    private var choices: [Bool] = []
    private var isCellPending = false
    private var cellColumns = 1
    /// The notes that the text refers to, in that order: `f1`, `e1`.
    private(set) var notes: [String] = []
    /// The text of each note, while notes are read.
    private(set) var noteTexts: [String: [UInt8]] = [:]
    private var note: String?

    private static let maximumFields = 64

    init(
        _ xml: XMLReader, styles: WordStyles, numbering: WordNumbering,
        relationships: [String: OfficePackage.Relationship], limit: Int
    ) {
        (self.xml, self.styles, self.numbering, self.relationships) = (xml, styles, numbering, relationships)
        writer = DocumentWriter(limit: limit)
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

    // MARK: Elements

    private mutating func start(_ name: String) throws(XMLError) {
        switch name {
        case "w:p": beginParagraph()
        case "w:pPr": try readParagraphProperties()
        case "w:r": run = WordRunProperties()
        case "w:rPr": try readRunProperties()
        case "w:t": addText(try xml.readText()[...])
        case "w:del", "w:moveFrom", "w:delText", "w:sectPr", "w:tblPr", "w:tblGrid", "w:instrText", "w:rt", "w:tblPrEx":
            if name == "w:instrText" { try readInstruction() } else { try xml.skip() }
        case "w:trPr": try readRowProperties()
        case "w:sdtPr": try readContentProperties()
        case "w:tbl", "w:tr", "w:tc", "w:tcPr": try startTablePart(name)
        case "w:footnote", "w:endnote": beginNote(name)
        case "w:txbxContent": beginTextBox()
        case "mc:AlternateContent": choices.append(false)
        case "mc:Choice", "mc:Fallback": try choose()
        case "m:oMath": addText(try MathText.read(&xml)[...])
        default: startInline(name)
        }
    }

    private mutating func end(_ name: String) {
        switch name {
        case "w:p": endParagraph()
        case "w:tc":
            beginPendingCell()
            writer.endCell()
        case "w:tr": writer.endRow()
        case "w:tbl": writer.endTable()
        case "w:hyperlink", "w:fldSimple": writer.endLink()
        case "w:footnote", "w:endnote": endNote()
        case "w:txbxContent": paragraph = outer.popLast() ?? Paragraph()
        case "mc:AlternateContent": _ = choices.popLast()
        default: break
        }
    }

    /// The same content for readers of different ability: the first is taken.
    private mutating func choose() throws(XMLError) {
        guard let isTaken = choices.last else { return }
        if isTaken { try xml.skip() } else { choices[choices.count - 1] = true }
    }

    /// Tables of contents are left out: what they list is in the document.
    private mutating func readContentProperties() throws(XMLError) {
        let depth = xml.depth - 1
        var isContents = false
        while xml.depth > depth, let event = try xml.next() {
            guard event == .start("w:docPartGallery") else { continue }
            isContents = isContents || xml.string("w:val") == "Table of Contents"
        }
        // Now within the element that has these properties.
        if isContents { try xml.skip() }
    }

    // MARK: Tables

    private mutating func startTablePart(_ name: String) throws(XMLError) {
        switch name {
        case "w:tbl":
            beginPendingCell()
            writer.beginTable()
        case "w:tr": writer.beginRow()
        case "w:tc": (isCellPending, cellColumns) = (true, 1)
        default:
            let depth = xml.depth - 1
            while xml.depth > depth, let event = try xml.next() {
                if event == .start("w:gridSpan") { cellColumns = xml.string("w:val").flatMap { Int($0) } ?? 1 }
            }
        }
    }

    mutating func beginPendingCell() {
        guard isCellPending else { return }
        isCellPending = false
        writer.beginCell(columns: cellColumns)
    }

    private mutating func readRowProperties() throws(XMLError) {
        let depth = xml.depth - 1
        var isDeleted = false
        while xml.depth > depth, let event = try xml.next() { if event == .start("w:del") { isDeleted = true } }
        guard isDeleted else { return }
        try xml.skip()
        writer.endRow()
    }

    // MARK: Text boxes and notes

    private mutating func beginTextBox() {
        if writer.hasText, !writer.isInTable {
            endParagraph()
            paragraph.isContinued = true
        }
        outer.append(paragraph)
    }

    private mutating func beginNote(_ name: String) {
        note = (name == "w:footnote" ? "f" : "e") + (xml.string("w:id") ?? "")
        if xml.string("w:type").map({ $0 != "normal" }) ?? false { note = nil }
        writer = DocumentWriter(limit: writer.limit)
    }

    private mutating func endNote() {
        let text = writer.finish()
        if let note, !text.isEmpty { noteTexts[note] = text }
    }

    mutating func refer(toNote id: String) {
        guard fields.last?.isInResult ?? true, run.isHidden != true else { return }
        let number: Int
        if let index = notes.firstIndex(of: id) {
            number = index + 1
        } else {
            guard notes.count < 10_000 else { return }
            notes.append(id)
            number = notes.count
        }
        writer.add(markdown: "[^\(number)]")
    }

    mutating func beginField() { if fields.count < Self.maximumFields { fields.append(Field()) } }
}
