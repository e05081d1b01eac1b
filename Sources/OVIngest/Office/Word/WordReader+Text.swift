// SPDX-License-Identifier: Apache-2.0

// Paragraphs and what is in them.

extension WordReader {
    // MARK: Paragraphs

    mutating func beginParagraph() {
        beginPendingCell()
        paragraph = Paragraph()
        paragraph.role = styles.role(of: nil)
    }

    mutating func readParagraphProperties() throws(XMLError) {
        let depth = xml.depth - 1
        while xml.depth > depth, let event = try xml.next() {
            guard case .start(let name) = event else { continue }
            let number = xml.string("w:val").flatMap { Int($0) }
            switch name {
            case "w:pStyle": paragraph.style = xml.string("w:val")
            case "w:outlineLvl": paragraph.outlineLevel = number
            case "w:numId": paragraph.numbering = number
            case "w:ilvl": paragraph.listLevel = number
            case "w:rPr", "w:sectPr", "w:pPrChange", "w:numberingChange", "w:framePr": try xml.skip()
            default: break
            }
        }
        paragraph.role = styles.role(of: paragraph.style)
        guard paragraph.heading != nil, let (list, level) = list, numbering.next(list, level: level) != nil else {
            return
        }
        paragraph.label = numbering.label(list, level: level)
    }

    private var list: (Int, level: Int)? {
        guard let list = paragraph.numbering ?? paragraph.role.numbering, list != 0 else { return nil }
        return (list, paragraph.listLevel ?? paragraph.role.listLevel ?? 0)
    }

    mutating func endParagraph() {
        guard paragraph.role.kind != .contents else { return }
        writer.endParagraph(writer.hasText ? kind() : paragraph.role.kind == .code ? .code : .plain)
    }

    /// What the paragraph is; counts it in its list.
    private mutating func kind() -> DocumentWriter.Paragraph {
        if let heading = paragraph.heading { return .heading(heading) }
        if let (list, level) = list {
            let depth = level + paragraph.role.nesting
            if paragraph.isContinued { return .item(level: depth, mark: .none) }
            if let mark = numbering.next(list, level: level) { return .item(level: depth, mark: mark) }
        }
        switch paragraph.role.kind {
        case .quote: return .quote
        case .code: return .code
        case .text, .title, .contents: return .plain
        }
    }

    // MARK: Runs

    mutating func readRunProperties() throws(XMLError) {
        let depth = xml.depth - 1
        var properties = WordRunProperties()
        while xml.depth > depth, let event = try xml.next() {
            guard case .start(let name) = event else { continue }
            if name == "w:rPrChange" { try xml.skip() } else { properties.read(name, xml) }
        }
        run = properties.over(styles.run(of: properties.style))
    }

    mutating func addText(_ text: ArraySlice<UInt8>) {
        guard !text.isEmpty, run.isHidden != true, fields.last?.isInResult ?? true, paragraph.role.kind != .contents
        else { return }
        beginPendingCell()
        writer.marks.style = []
        (writer.script, writer.isCode) = (.none, false)
        if let label = paragraph.label {
            paragraph.label = nil
            writer.add(label)
            writer.addSpace()
        }
        writer.marks.style = run.marks
        writer.script = run.script ?? .none
        writer.isCode = run.isCode == true && paragraph.role.kind != .code
        writer.add(text)
    }

    mutating func startInline(_ name: String) {
        switch name {
        case "w:tab", "w:ptab": addText([9])
        case "w:br": if xml.string("w:type") ?? "textWrapping" == "textWrapping" { addBreak() }
        case "w:cr": addBreak()
        case "w:noBreakHyphen": addText(Array("\u{2011}".utf8)[...])
        case "w:sym": addSymbol()
        case "w:hyperlink": beginLink()
        case "w:fldSimple":
            if let address = Self.address(Array((xml.string("w:instr") ?? "").utf8)) { writer.beginLink(to: address) }
        case "w:fldChar": changeField()
        case "w:footnoteReference": refer(toNote: "f" + (xml.string("w:id") ?? ""))
        case "w:endnoteReference": refer(toNote: "e" + (xml.string("w:id") ?? ""))
        case "wp:docPr":
            beginPendingCell()
            writer.addImage(xml.string("descr") ?? xml.string("title"))
        case "v:shape", "v:rect":
            beginPendingCell()
            writer.addImage(xml.string("alt"))
        default: break
        }
    }

    private mutating func addBreak() {
        if run.isHidden != true, fields.last?.isInResult ?? true { writer.addBreak() }
    }

    /// A character of a font that has its own. Of those that pictures are made of only marks have a meaning.
    private mutating func addSymbol() {
        guard let code = xml.string("w:char").flatMap({ UInt32($0, radix: 16) }) else { return }
        let font = (xml.string("w:font") ?? "").lowercased()
        let place = code >= 0xF000 && code < 0xF100 ? code - 0xF000 : code
        var text: String?
        if font.hasPrefix("wingdings") {
            text = [0xFC: "✓", 0xFE: "☑", 0xFB: "✗", 0xFD: "☒", 0xA8: "☐", 0xE0: "→", 0xDF: "←", 0x4A: "☺"][place]
        } else if font == "symbol" {
            text = Self.symbols[place] ?? (place >= 0x20 && place < 0x40 ? String(UnicodeScalar(UInt8(place))) : nil)
        } else if code < 0xE000 || code > 0xF8FF {
            text = Unicode.Scalar(code).map { String($0) }
        }
        if let text { addText(Array(text.utf8)[...]) }
    }

    /// The letters of the font Symbol that formulas in text are written with.
    private static let symbols: [UInt32: String] = [
        0x61: "α", 0x62: "β", 0x63: "χ", 0x64: "δ", 0x65: "ε", 0x66: "φ", 0x67: "γ", 0x68: "η", 0x6B: "κ", 0x6C: "λ",
        0x6D: "μ", 0x6E: "ν", 0x70: "π", 0x71: "θ", 0x72: "ρ", 0x73: "σ", 0x74: "τ", 0x77: "ω", 0x44: "Δ", 0x53: "Σ",
        0x57: "Ω", 0xA3: "≤", 0xB3: "≥", 0xB1: "±", 0xB4: "×", 0xB9: "≠", 0xBB: "≈", 0xAE: "→", 0xB7: "•", 0xA5: "∞",
        0xD6: "√", 0xF2: "∫", 0xE5: "∑", 0xB0: "°", 0xC7: "∩", 0xC8: "∪", 0xCE: "∈",
    ]

    // MARK: Links and fields

    private mutating func beginLink() {
        guard let id = xml.string("r:id"), let relationship = relationships[id], relationship.isExternal else { return }
        let anchor = xml.string("w:anchor").map { "#" + $0 } ?? ""
        writer.beginLink(to: relationship.target + (relationship.target.contains("#") ? "" : anchor))
    }

    mutating func readInstruction() throws(XMLError) {
        let text = try xml.readText()
        guard !fields.isEmpty, fields[fields.count - 1].instruction.count < 8192 else { return }
        fields[fields.count - 1].instruction += text.prefix(8192)
    }

    private mutating func changeField() {
        switch xml.string("w:fldCharType") {
        case "begin": beginField()
        case "separate":
            guard let field = fields.last, !field.isInResult else { return }
            fields[fields.count - 1].isInResult = true
            if let address = Self.address(field.instruction) {
                writer.beginLink(to: address)
                fields[fields.count - 1].isLink = true
            }
        case "end": if fields.popLast()?.isLink == true { writer.endLink() }
        default: break
        }
    }

    /// Where the instruction of a field leads: `HYPERLINK "https://…" \l "part"` (§17.16.5.25).
    private static func address(_ instruction: [UInt8]) -> String? {
        let quote = UInt8(ascii: "\"")
        let text = instruction.trimmedHTML()
        guard text.hasWord("hyperlink", at: text.startIndex) else { return nil }
        let rest = text.dropFirst(9).trimmedHTML()
        guard let first = rest.first, first != UInt8(ascii: "\\") else { return nil }
        let address =
            first == quote ? rest.dropFirst().prefix { $0 != quote } : rest.prefix { !$0.isHTMLSpace }
        return address.isEmpty ? nil : String(decoding: address, as: UTF8.self)
    }
}
