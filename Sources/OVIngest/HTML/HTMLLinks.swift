// SPDX-License-Identifier: Apache-2.0

/// Makes the addresses in a page whole.
struct HTMLLinks {
    /// What references are relative to; nil when nobody knows.
    private let base: WebURL?
    /// Whether the page said what `base` is, so that `#part` is not in this page.
    private let isDeclared: Bool
    /// Whether links to what lies beside the page are left out, because it is gone.
    private let leavesOutRelative: Bool

    init(_ tree: HTMLTree, _ facts: HTMLFacts, location: WebURL?, leavesOutRelative: Bool = false) {
        self.leavesOutRelative = leavesOutRelative
        let element = facts.order.first { tree[$0].name == .base && tree.attribute("href", of: $0) != nil }
        let href = element.flatMap { tree.string("href", of: $0) }
        let declared = href.flatMap { href in location?.resolving(href) ?? (try? WebURL(parsing: href)) }
        isDeclared = declared != nil
        base = declared ?? location
    }

    /// The address that a reference means, ready to stand in Markdown; nil when it leads nowhere that a reader of text
    /// can go, or is empty.
    func address(_ reference: ArraySlice<UInt8>) -> [UInt8]? {
        let trimmed = reference.trimmedHTML()
        guard let first = trimmed.first, trimmed.count <= 8192 else { return nil }
        if leavesOutRelative, Self.scheme(of: trimmed) == nil { return nil }
        if first == UInt8(ascii: "#"), !isDeclared { return trimmed.count > 1 ? Self.encoded(trimmed) : nil }
        switch Self.scheme(of: trimmed) {
        case "javascript", "data", "vbscript", "about", "blob": return nil
        case nil, "http", "https":
            let text = String(decoding: trimmed, as: UTF8.self)
            if let resolved = base.map({ $0.resolving(text) }) ?? (try? WebURL(parsing: text)) {
                return Self.encoded(Array(resolved.text.utf8)[...])
            }
            return Self.encoded(trimmed)
        default: return Self.encoded(trimmed)
        }
    }

    /// In lower case; nil for a relative reference. Browsers overlook line feeds and tabs.
    static func scheme(of reference: ArraySlice<UInt8>) -> String? {
        let plain = reference.prefix(64).filter { $0 > 32 }
        guard let colon = plain.firstIndex(of: UInt8(ascii: ":")), plain.first?.isLetter == true else { return nil }
        let scheme = plain[..<colon]
        guard scheme.allSatisfy({ $0.isAlphanumeric || "+-.".utf8.contains($0) }) else { return nil }
        return String(decoding: scheme.map(\.lowercased), as: UTF8.self)
    }

    /// Without what would end a destination in Markdown; parentheses stay where they are in pairs.
    static func encoded(_ address: ArraySlice<UInt8>) -> [UInt8] {
        var depth = 0
        var isBalanced = true
        for byte in address {
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") { depth -= 1 }
            if depth < 0 || depth > 16 { isBalanced = false }
        }
        isBalanced = isBalanced && depth == 0
        var output: [UInt8] = []
        for byte in address {
            switch byte {
            case 9, 10, 12, 13: continue
            case 32: output += "%20".utf8
            case 0...31, 127: continue
            case UInt8(ascii: "<"): output += "%3C".utf8
            case UInt8(ascii: ">"): output += "%3E".utf8
            case UInt8(ascii: "\\"): output += "%5C".utf8
            case UInt8(ascii: "|"): output += "%7C".utf8
            case UInt8(ascii: "(") where !isBalanced: output += "%28".utf8
            case UInt8(ascii: ")") where !isBalanced: output += "%29".utf8
            default: output.append(byte)
            }
        }
        return output
    }
}
