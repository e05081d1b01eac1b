// SPDX-License-Identifier: Apache-2.0

/// The styles of a document (§17.7): what a paragraph is, whatever its style is called in the writer's language.
struct WordStyles {
    struct Style {
        /// In lower case. Those that every document has are called in English everywhere.
        var name = ""
        var basedOn: String?
        /// From 0; 9 is that of text.
        var outlineLevel: Int?
        var numbering: Int?
        var listLevel: Int?
        var run = WordRunProperties()
    }

    /// What a paragraph is by its style.
    struct Role {
        enum Kind { case text, title, quote, code, contents }

        var kind = Kind.text
        var heading: Int?
        var numbering: Int?
        var listLevel: Int?
        /// How many levels deeper its list is than it says.
        var nesting = 0
    }

    private var styles: [String: Style] = [:]
    private var defaultParagraph: String?
    private var roles: [String: Role] = [:]
    private var runs: [String: WordRunProperties] = [:]
    /// How far styles may be based on others.
    private static let maximumChain = 32

    init() {}

    init(_ xml: inout XMLReader) throws(XMLError) {
        var (id, style): (String?, Style) = (nil, Style())
        while let event = try xml.next() {
            switch event {
            case .start("w:style"):
                (id, style) = (xml.string("w:styleId"), Style())
                if xml.string("w:type") == "paragraph", OfficeNamespaces.isOn(xml.string("w:default") ?? "0") {
                    defaultParagraph = id
                }
            case .end("w:style"): if let id { styles[id] = style }
            case .start("w:name"): style.name = (xml.string("w:val") ?? "").lowercased()
            case .start("w:basedOn"): style.basedOn = xml.string("w:val")
            case .start("w:outlineLvl"): style.outlineLevel = xml.string("w:val").flatMap { Int($0) }
            case .start("w:numId"): style.numbering = xml.string("w:val").flatMap { Int($0) }
            case .start("w:ilvl"): style.listLevel = xml.string("w:val").flatMap { Int($0) }
            case .start("w:tblPr"), .start("w:tblStylePr"), .start("w:docDefaults"): try xml.skip()
            case .start(let name): style.run.read(name, xml)
            case .end, .text: break
            }
        }
    }

    private func chain(_ id: String?) -> [Style] {
        var (chain, next): ([Style], String?) = ([], id)
        while let id = next, let style = styles[id], chain.count < Self.maximumChain {
            chain.append(style)
            next = style.basedOn == id ? nil : style.basedOn
        }
        return chain
    }

    /// What a paragraph of a style is. A document that lacks the style may still call it as it usually is.
    mutating func role(of id: String?) -> Role {
        guard let id = id ?? defaultParagraph else { return Role() }
        if let role = roles[id] { return role }
        var role = Role()
        let chain = chain(id)
        let names = chain.isEmpty ? [id.lowercased()] : chain.map(\.name)
        for name in names where role.kind == .text && role.heading == nil { Self.read(name, into: &role) }
        if role.kind == .text, role.heading == nil, let level = chain.lazy.compactMap(\.outlineLevel).first, level < 9 {
            role.heading = level + 1
        }
        if role.kind == .text, role.heading == nil, chain.lazy.compactMap(\.run.isCode).first == true {
            role.kind = .code
        }
        role.numbering = chain.lazy.compactMap(\.numbering).first
        role.listLevel = chain.lazy.compactMap(\.listLevel).first
        roles[id] = role
        return role
    }

    private static func read(_ name: String, into role: inout Role) {
        switch name {
        case "title": role.kind = .title
        case "quote", "intense quote", "block text", "block quote", "quotations": role.kind = .quote
        case "source code", "code", "html preformatted", "preformatted text", "plain text", "macro": role.kind = .code
        case "table of figures", "toc heading": role.kind = .contents
        default:
            let digits = name.reversed().prefix { $0.isWholeNumber }.reversed()
            let word = name.dropLast(digits.count).filter { $0 != " " }
            guard let number = Int(String(digits)), (1...9).contains(number) else { return }
            if word == "heading" { role.heading = number }
            // These look nested, and each is a list of its own.
            if ["listbullet", "listnumber", "listcontinue"].contains(word) { role.nesting = number - 1 }
            if word == "toc" || word == "index" { role.kind = .contents }
        }
    }

    /// How text of a character style looks.
    mutating func run(of id: String?) -> WordRunProperties {
        guard let id else { return WordRunProperties() }
        if let run = runs[id] { return run }
        var run = WordRunProperties()
        let chain = chain(id)
        for style in chain { run = run.over(style.run) }
        let codeNames: Set = ["verbatim char", "html code", "code", "source text", "inline code", "code char"]
        if (chain.isEmpty ? [id.lowercased()] : chain.map(\.name)).contains(where: codeNames.contains) {
            run.isCode = true
        }
        runs[id] = run
        return run
    }
}
