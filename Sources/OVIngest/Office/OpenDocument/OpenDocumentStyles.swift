// SPDX-License-Identifier: Apache-2.0

/// The styles of an OpenDocument file (§16): how text looks, what a paragraph is, which lists are numbered.
struct OpenDocumentStyles {
    struct Style {
        var parent: String?
        var displayName = ""
        var outlineLevel: Int?
        var list: String?
        var isBold: Bool?
        var isItalic: Bool?
        var isStruck: Bool?
        var isCode: Bool?
        var isHidden: Bool?
        var script: DocumentWriter.Script?

        func over(_ base: Style) -> Style {
            Style(
                parent: base.parent, displayName: displayName, outlineLevel: outlineLevel ?? base.outlineLevel,
                list: list ?? base.list, isBold: isBold ?? base.isBold, isItalic: isItalic ?? base.isItalic,
                isStruck: isStruck ?? base.isStruck, isCode: isCode ?? base.isCode,
                isHidden: isHidden ?? base.isHidden, script: script ?? base.script)
        }

        var marks: InlineRun.Style {
            var marks: InlineRun.Style = []
            if isBold == true { marks.insert(.strong) }
            if isItalic == true { marks.insert(.emphasis) }
            if isStruck == true { marks.insert(.strikethrough) }
            return marks
        }
    }

    /// By family and name: `text/T1`.
    private var styles: [String: Style] = [:]
    private var resolved: [String: (style: Style, names: [String])] = [:]
    /// For each level of a list where its numbers begin; none where it has bullets.
    private var lists: [String: [Int: Int?]] = [:]
    private var fonts: [String: String] = [:]

    init() {}

    mutating func read(_ xml: inout XMLReader) throws(XMLError) {
        var (key, style, list): (String?, Style, String?) = (nil, Style(), nil)
        while let event = try xml.next() {
            switch event {
            case .start("style:style"):
                key = (xml.string("style:family") ?? "") + "/" + (xml.string("style:name") ?? "")
                style = Style(parent: xml.string("style:parent-style-name"))
                style.displayName = (xml.string("style:display-name") ?? xml.string("style:name") ?? "").lowercased()
                style.outlineLevel = xml.string("style:default-outline-level").flatMap { Int($0) }
                style.list = xml.string("style:list-style-name")
            case .end("style:style"):
                if let key { styles[key] = style }
                key = nil
            case .start("style:font-face"):
                fonts[xml.string("style:name") ?? ""] = xml.string("svg:font-family")
            case .start("style:text-properties") where key != nil: read(xml, into: &style)
            case .start("text:list-style"):
                list = xml.string("style:name")
                if let list { lists[list] = [:] }
            case .end("text:list-style"): list = nil
            case .start("text:list-level-style-number"), .start("text:list-level-style-bullet"):
                guard let list, let level = xml.string("text:level").flatMap({ Int($0) }) else { continue }
                let hasNumber = xml.string("style:num-format")?.isEmpty == false
                let start = xml.string("text:start-value").flatMap { Int($0) } ?? 1
                lists[list]?.updateValue(hasNumber ? start : nil, forKey: level &- 1)
            case .start("office:body"): return
            default: break
            }
        }
    }

    private func read(_ xml: XMLReader, into style: inout Style) {
        if let weight = xml.string("fo:font-weight") { style.isBold = weight == "bold" || (Int(weight) ?? 0) >= 600 }
        if let slant = xml.string("fo:font-style") { style.isItalic = slant == "italic" || slant == "oblique" }
        if let line = xml.string("style:text-line-through-style") { style.isStruck = line != "none" }
        if let display = xml.string("text:display") { style.isHidden = display == "none" }
        if let position = xml.string("style:text-position")?.split(separator: " ").first {
            let isLowered = position == "sub" || position.hasPrefix("-")
            style.script = isLowered ? .lowered : position == "super" || !position.hasPrefix("0") ? .raised : nil
        }
        let font = xml.string("style:font-name").map { fonts[$0] ?? $0 } ?? xml.string("fo:font-family")
        if let font { style.isCode = CodeFonts.contains(font.filter { $0 != "'" && $0 != "\"" }) }
    }

    /// A style with all that it is based on, and what those are called.
    mutating func style(_ family: String, _ name: String?) -> (style: Style, names: [String]) {
        guard let name else { return (Style(), []) }
        let key = family + "/" + name
        if let known = resolved[key] { return known }
        var (result, names, next): (Style, [String], String?) = (Style(), [], name)
        while let current = next, names.count < 32 {
            guard let style = styles[family + "/" + current] else {
                names.append(current.lowercased())
                break
            }
            result = result.over(style)
            names.append(style.displayName)
            next = style.parent == current ? nil : style.parent
        }
        resolved[key] = (result, names)
        return (result, names)
    }

    /// Where the numbers of a list's level begin; nil where it has bullets. A list that says nothing of a level is there
    /// as it is at its top.
    func start(ofList list: String?, level: Int) -> Int? {
        guard let levels = list.flatMap({ lists[$0] }) else { return nil }
        return (levels[level] ?? levels[0]) ?? nil
    }
}
