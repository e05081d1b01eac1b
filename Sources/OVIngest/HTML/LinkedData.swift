// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// What a page's JSON-LD says of the article in it, in the words of schema.org.
struct LinkedData {
    private(set) var title: String?
    private(set) var description: String?
    private(set) var author: String?
    private(set) var published: String?
    private(set) var modified: String?
    /// The text of the article, in paragraphs; empty when it is not given.
    private(set) var paragraphs: [String] = []

    /// - Parameter texts: JSON; what is none is passed over.
    init(_ texts: [[UInt8]]) {
        for text in texts {
            guard let json = try? JSONValue(parsing: Self.unwrapped(text)), let article = Self.article(in: json) else {
                continue
            }
            title = Self.text(article["headline"]) ?? Self.text(article["name"])
            description = Self.text(article["description"])
            published = Self.text(article["datePublished"])
            modified = Self.text(article["dateModified"])
            author = Self.names(article["author"])
            let body = article["articleBody"]?.string ?? article["text"]?.string ?? ""
            paragraphs = body.split(whereSeparator: \.isNewline).compactMap { Self.text(.string(String($0))) }
            return
        }
    }

    /// Without the marks that hide it from readers of XML and from browsers of the last century.
    private static func unwrapped(_ text: [UInt8]) -> [UInt8] {
        var rest = text[...].trimmedHTML()
        for (start, end) in [("<![CDATA[", "]]>"), ("<!--", "-->")] where rest.starts(with: start.utf8) {
            rest = rest.dropFirst(start.utf8.count)
            if rest.suffix(3).elementsEqual(end.utf8) { rest = rest.dropLast(3) }
        }
        return Array(rest)
    }

    /// The first article, at the top, in a list or in a graph.
    private static func article(in json: JSONValue) -> JSONValue? {
        let candidates = (json.array ?? [json]).prefix(64).flatMap { item in
            [item] + (item["@graph"]?.array ?? []).prefix(64)
        }
        return candidates.first { candidate in
            let types = candidate["@type"]?.array?.compactMap(\.string) ?? [candidate["@type"]?.string ?? ""]
            return types.contains { $0.hasSuffix("Article") || $0.hasSuffix("Posting") || $0 == "Report" }
        }
    }

    /// A text in which references may be decoded or not: sites differ.
    private static func text(_ value: JSONValue?) -> String? {
        guard let text = value?.string else { return nil }
        var tokenizer = HTMLTokenizer(Array(text.utf8), state: .rcdata)
        var bytes: [UInt8] = []
        while let token = tokenizer.next() { if case .text(let piece) = token { bytes += piece } }
        let collapsed = bytes.collapsedHTML()
        return collapsed.isEmpty ? nil : String(decoding: collapsed, as: UTF8.self)
    }

    private static func names(_ value: JSONValue?) -> String? {
        let people = value?.array ?? (value.map { [$0] } ?? [])
        let names = people.prefix(16).compactMap { text($0["name"]) ?? text($0) }.filter { !$0.contains("://") }
        return names.isEmpty ? nil : names.joined(separator: ", ")
    }
}
