// SPDX-License-Identifier: Apache-2.0

/// What charset a page says it is in, as browsers look for it before they read it: in a `meta` element within the
/// first 1024 bytes (WHATWG HTML §13.2.3.2).
enum HTMLCharset {
    static func label(in bytes: [UInt8]) -> String? {
        var tokenizer = HTMLTokenizer(Array(bytes.prefix(1024)))
        while let token = tokenizer.next() {
            guard case .startTag(let tag) = token, tag.name == "meta" else { continue }
            func value(_ name: String) -> ArraySlice<UInt8>? { tag.attributes.first { $0.name == name }?.value }
            if let charset = value("charset")?.trimmedHTML(), !charset.isEmpty { return label(charset) }
            if let pragma = value("http-equiv"), pragma.count == 12,
                pragma.hasWord("content-type", at: pragma.startIndex),
                let content = value("content"), let charset = charset(in: content)
            {
                return label(charset)
            }
        }
        return nil
    }

    private static func label(_ bytes: ArraySlice<UInt8>) -> String {
        let label = String(decoding: bytes.map(\.lowercased), as: UTF8.self)
        return label == "x-user-defined" ? "windows-1252" : label
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
