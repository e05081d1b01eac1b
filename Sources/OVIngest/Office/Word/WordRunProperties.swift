// SPDX-License-Identifier: Apache-2.0

/// How a run of text looks, as far as that means something (ISO/IEC 29500-1 §17.3.2); nil where nothing is said.
struct WordRunProperties: Hashable {
    var isBold: Bool?
    var isItalic: Bool?
    var isStruck: Bool?
    var isHidden: Bool?
    var isCode: Bool?
    var script: DocumentWriter.Script?
    var style: String?

    /// Takes in one property, the element that `xml` has just come to.
    mutating func read(_ name: String, _ xml: XMLReader) {
        let isOn = OfficeNamespaces.isOn(xml.string("w:val"))
        switch name {
        case "w:b": isBold = isOn
        case "w:i": isItalic = isOn
        case "w:strike", "w:dstrike": isStruck = isOn
        case "w:vanish", "w:webHidden": isHidden = isOn
        case "w:rStyle": style = xml.string("w:val")
        case "w:vertAlign":
            switch xml.string("w:val") {
            case "superscript": script = .raised
            case "subscript": script = .lowered
            default: script = DocumentWriter.Script.none
            }
        case "w:rFonts":
            if let font = xml.string("w:ascii") ?? xml.string("w:hAnsi") { isCode = CodeFonts.contains(font) }
        default: break
        }
    }

    /// What holds when these are on top of `base`.
    func over(_ base: WordRunProperties) -> WordRunProperties {
        WordRunProperties(
            isBold: isBold ?? base.isBold, isItalic: isItalic ?? base.isItalic, isStruck: isStruck ?? base.isStruck,
            isHidden: isHidden ?? base.isHidden, isCode: isCode ?? base.isCode, script: script ?? base.script,
            style: style)
    }

    var marks: InlineRun.Style {
        var style: InlineRun.Style = []
        if isBold == true { style.insert(.strong) }
        if isItalic == true { style.insert(.emphasis) }
        if isStruck == true { style.insert(.strikethrough) }
        return style
    }
}

/// Fonts in which people set code.
enum CodeFonts {
    private static let beginnings = [
        "courier", "consolas", "menlo", "monaco", "lucida console", "source code", "dejavu sans mono",
        "liberation mono", "cascadia", "fira code", "fira mono", "jetbrains mono", "andale mono", "ubuntu mono",
        "roboto mono", "noto mono", "noto sans mono", "inconsolata", "sf mono", "ibm plex mono", "monospace",
    ]

    static func contains(_ font: String) -> Bool {
        let name = font.lowercased()
        return beginnings.contains { name.hasPrefix($0) }
    }
}
