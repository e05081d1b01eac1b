// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// A sitemap (sitemaps.org, protocol 0.9): the pages of a site, or further sitemaps.
struct Sitemap: Sendable {
    struct Entry: Hashable, Sendable {
        /// As it is written.
        let location: String
        let lastModified: String?
    }

    private(set) var pages: [Entry] = []
    private(set) var sitemaps: [Entry] = []

    /// Whether it ends before its end: then pages are missing from it that are there.
    private(set) var isTruncated = false

    /// What the protocol allows a file to have, and some more.
    static let maximumBytes = 64 << 20

    /// Reads XML, a text of one URL on each line, or either one compressed with gzip.
    /// - Parameter maximum: how many entries are wanted.
    /// - Returns: nil for what is no sitemap: an error page, a feed.
    init?(_ bytes: [UInt8], maximum: Int) {
        var text = bytes
        if bytes.starts(with: [0x1F, 0x8B]) {
            let inflater = Inflater(limit: Self.maximumBytes)
            guard (try? inflater.append(bytes)) != nil, inflater.isComplete else { return nil }
            text = inflater.takeOutput()
        }
        let start = text.first { !$0.isHTMLSpace && ![0xEF, 0xBB, 0xBF, 0xFE, 0xFF, 0].contains($0) }
        guard let start else { return nil }
        text.removeFirst(text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
        let isRead = start == UInt8(ascii: "<") ? readXML(text, maximum) : readLines(text, maximum)
        guard isRead else { return nil }
    }

    private mutating func readLines(_ text: [UInt8], _ maximum: Int) -> Bool {
        for line in text.split(whereSeparator: { $0 == 10 || $0 == 13 }) {
            let line = line.trimmedHTML()
            if line.isEmpty { continue }
            guard line.starts(with: "http".utf8), line.count <= WebURLReader.maximumByteCount else { return false }
            if pages.count < maximum {
                pages.append(Entry(location: String(decoding: line, as: UTF8.self), lastModified: nil))
            }
        }
        return !pages.isEmpty
    }

    private mutating func readXML(_ text: [UInt8], _ maximum: Int) -> Bool {
        guard var reader = try? XMLReader(text, mode: .lenient) else { return false }
        var (root, location, modified): (String?, String?, String?) = (nil, nil, nil)
        while pages.count + sitemaps.count < maximum, let event = try? reader.next() {
            switch event {
            case .start(let name):
                let name = Self.local(name)
                root = root ?? name
                guard root == "urlset" || root == "sitemapindex" else { return false }
                // Images and videos of a page have locations too, further in.
                guard reader.depth == 3, name == "loc" || name == "lastmod", let text = try? reader.readText() else {
                    continue
                }
                let value = String(decoding: text.trimmedHTML().prefix(8192), as: UTF8.self)
                if name == "loc" { location = value } else { modified = value.isEmpty ? nil : value }
            case .end(let name):
                guard reader.depth == 1, let place = location else { continue }
                let entry = Entry(location: place, lastModified: modified.map { String($0.prefix(64)) })
                if Self.local(name) == "url" { pages.append(entry) }
                if Self.local(name) == "sitemap" { sitemaps.append(entry) }
                (location, modified) = (nil, nil)
            case .text: break
            }
        }
        isTruncated = pages.count + sitemaps.count < maximum && !Self.isWhole(text)
        return root != nil
    }

    /// Whether the last tag is that of the root. The reader does not mind when it is not there.
    private static func isWhole(_ text: [UInt8]) -> Bool {
        // In UTF-16 every other byte is zero.
        let end = text.suffix(4096).filter { $0 != 0 }
        guard let open = end.lastIndex(of: UInt8(ascii: "<")) else { return false }
        let tag = String(decoding: end[open...], as: UTF8.self)
        return tag.contains(">") && (tag.hasPrefix("</") || tag.hasPrefix("<!--") || tag.contains("/>"))
            && ["urlset", "sitemapindex", "--"].contains { tag.contains($0) }
    }

    private static func local(_ name: String) -> String {
        name.utf8.lastIndex(of: UInt8(ascii: ":")).map { String(name[name.index(after: $0)...]) } ?? name
    }
}
