// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// Reads JSON Feed, version 1 and 1.1 (jsonfeed.org).
enum JSONFeedReader {
    /// - Returns: nil for what is none.
    static func feed(_ bytes: [UInt8], at location: WebURL) -> Feed? {
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        let text = UTF8Validity(of: bytes) == .invalid ? Array(String(decoding: bytes, as: UTF8.self).utf8) : bytes
        guard let value = try? JSONValue(parsing: text), let version = value["version"]?.string,
            version.contains("jsonfeed.org"), case .array(let items)? = value["items"]
        else { return nil }
        let language = value["language"]?.string
        let author = name(value)
        var feed = Feed()
        feed.title = value["title"]?.string.map(plain)
        feed.description = value["description"]?.string.map(plain)
        feed.link = value["home_page_url"]?.string.flatMap { location.resolving($0) }
        feed.entries = items.map { item in
            var entry = FeedEntry()
            entry.id = item["id"].flatMap { $0.string ?? $0.integer.map(String.init) }
            entry.link = (item["url"] ?? item["external_url"])?.string.flatMap { location.resolving($0) }
            entry.title = item["title"]?.string.map(plain)
            entry.author = name(item) ?? author
            entry.published = item["date_published"]?.string
            entry.updated = item["date_modified"]?.string
            entry.language = item["language"]?.string ?? language
            entry.content =
                item["content_html"]?.string.map { .html(Array($0.utf8)) }
                ?? item["content_text"]?.string.map { .plain(Array($0.utf8)) }
            entry.summary = item["summary"]?.string.map { .plain(Array($0.utf8)) }
            entry.base = entry.link ?? location
            return entry
        }
        return feed
    }

    private static func plain(_ text: String) -> String { PlainText.text(of: .plain(Array(text.utf8))) }

    private static func name(_ value: JSONValue) -> String? {
        if case .array(let authors)? = value["authors"] {
            let names = authors.compactMap { $0["name"]?.string }
            if !names.isEmpty { return names.joined(separator: ", ") }
        }
        return value["author"]?["name"]?.string
    }
}
