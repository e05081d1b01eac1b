// SPDX-License-Identifier: Apache-2.0

/// Media types of documents (RFC 6838).
package enum MediaType {
    package static let binary = "application/octet-stream"
    package static let plainText = "text/plain"
    package static let markdown = "text/markdown"

    /// The type that a file's name suggests; `binary` when it suggests none.
    package static func guess(fromName name: String) -> String {
        let lowercased = name.lowercased()
        if let type = byName[lowercased] { return type }
        if let dot = lowercased.lastIndex(of: "."), dot != lowercased.startIndex,
            let type = byExtension[String(lowercased[lowercased.index(after: dot)...])]
        {
            return type
        }
        // `LICENSE-MIT`, `README.first`, `Dockerfile.test`
        let stem = lowercased.prefix { $0.isLetter }
        return byStem[String(stem)] ?? binary
    }

    /// Whether documents of this type are text, so that they have a charset and are kept in UTF-8.
    package static func isText(_ type: String) -> Bool {
        type.hasPrefix("text/") || type.hasSuffix("+json") || type.hasSuffix("+xml") || textual.contains(type)
    }

    /// A declared type without its parameters, in lower case: `text/html` of `text/HTML; charset=x`.
    package static func essence(_ declared: String) -> String {
        let type = declared.prefix { $0 != ";" }.lowercased()
        return String(decoding: type.utf8.filter { $0 > 32 && $0 < 127 }, as: UTF8.self)
    }

    /// A parameter of a declared type: `x` for `charset` of `text/html; charset="x"`. RFC 9110 §5.6.6, quoted pairs
    /// aside, which no charset has.
    package static func parameter(_ name: String, of declared: String) -> String? {
        for parameter in declared.split(separator: ";").dropFirst() {
            let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let blanks: Set<Character> = [" ", "\t"]
            guard parts.count == 2, parts[0].filter({ !blanks.contains($0) }).lowercased() == name else { continue }
            let value = parts[1].filter { !blanks.contains($0) && $0 != "\"" && $0 != "'" }
            return value.isEmpty ? nil : value
        }
        return nil
    }

    private static let textual: Set<String> = [
        "application/json", "application/xml", "application/yaml", "application/toml", "application/sql",
        "application/javascript", "application/ecmascript", "application/x-ndjson", "application/x-sh",
        "application/x-tex", "application/graphql", "application/x-subrip",
    ]
}
