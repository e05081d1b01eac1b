// SPDX-License-Identifier: Apache-2.0

/// What charset a page says it is in, as browsers look for it: before they read the page, in a `meta` element within
/// the first 1024 bytes (WHATWG HTML §13.2.3.2); and where there is none, while they read its head (§13.2.3.4).
enum HTMLCharset {
    /// How far a head is read.
    private static let longestHead = 256 << 10

    /// - Returns: a label that `TextEncoding` knows.
    static func label(in bytes: [UInt8]) -> String? {
        label(inStart: Array(bytes.prefix(1024))) ?? label(inHead: Array(bytes.prefix(longestHead)))
    }

    private static func label(inStart bytes: [UInt8]) -> String? {
        var tokenizer = HTMLTokenizer(bytes)
        while let token = tokenizer.next() {
            if case .startTag(let tag) = token, let label = label(of: tag) { return label }
        }
        return nil
    }

    private static func label(inHead bytes: [UInt8]) -> String? {
        guard bytes.count > 1024 else { return nil }
        var tokenizer = HTMLTokenizer(bytes)
        while let token = tokenizer.next() {
            guard case .startTag(let tag) = token else { continue }
            switch tag.name {
            case "script": tokenizer.switchTo(.scriptData)
            case "style", "noframes": tokenizer.switchTo(.rawText)
            case "title": tokenizer.switchTo(.rcdata)
            case "meta": if let label = label(of: tag) { return label }
            case "html", "head", "base", "link", "noscript", "template": continue
            default: return nil
            }
        }
        return nil
    }

    private static func label(of tag: HTMLTag) -> String? {
        guard tag.name == "meta" else { return nil }
        func value(_ name: String) -> ArraySlice<UInt8>? { tag.attributes.first { $0.name == name }?.value }
        if let charset = value("charset")?.trimmedHTML(), !charset.isEmpty { return label(charset) }
        guard let pragma = value("http-equiv"), pragma.count == 12,
            pragma.hasWord("content-type", at: pragma.startIndex), let content = value("content")
        else { return nil }
        return charset(in: content).flatMap(label)
    }

    /// A page whose `meta` could be read is not in UTF-16, whatever it says.
    private static func label(_ bytes: ArraySlice<UInt8>) -> String? {
        let label = String(decoding: bytes.map(\.lowercased), as: UTF8.self)
        if label == "x-user-defined" { return "windows-1252" }
        guard let encoding = try? TextEncoding(label: label) else { return nil }
        return encoding.unitBytes > 1 ? "utf-8" : label
    }

    /// The value of `charset=` in a content type.
    private static func charset(in content: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        for start in content.indices where content.hasWord("charset", at: start) {
            var rest = content[(start + 7)...].drop(while: \.isHTMLSpace)
            guard rest.first == UInt8(ascii: "=") else { continue }
            rest = rest.dropFirst().drop(while: \.isHTMLSpace)
            if let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
                let quoted = rest.dropFirst()
                return quoted.firstIndex(of: quote).map { quoted[..<$0].trimmedHTML() }
            }
            let value = rest.prefix { !$0.isHTMLSpace && $0 != UInt8(ascii: ";") }
            return value.isEmpty ? nil : value
        }
        return nil
    }
}
