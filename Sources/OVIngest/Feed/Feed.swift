// SPDX-License-Identifier: Apache-2.0

/// A feed, whatever its format: a window on what is new somewhere.
struct Feed: Sendable {
    var entries: [FeedEntry] = []
    /// What it says of itself, where that was asked for; without markup.
    var title: String?
    var description: String?
    /// The page that it is about.
    var link: WebURL?
    /// Whether its outermost element is what the standards call a feed, and not just a channel.
    var hasStandardRoot = true
    /// Whether there may be more of it: it has more entries than are read, or is nested beyond reading.
    var isCut = false

    /// - Parameters:
    ///   - location: where it was read.
    ///   - charset: what the server says that it is in.
    ///   - withHeading: whether what it says of itself is read as well, and not only its entries.
    /// - Returns: nil for what is no feed.
    static func read(_ bytes: [UInt8], at location: WebURL, charset: String?, withHeading: Bool = false) -> Feed? {
        let start = bytes.first { !$0.isHTMLSpace && ![0xEF, 0xBB, 0xBF].contains($0) }
        if start == UInt8(ascii: "{") { return JSONFeedReader.feed(bytes, at: location) }
        // What a server declares is as often wrong as what the document does.
        for charset in [charset, nil, "utf-8"] {
            guard
                var reader = try? XMLFeedReader(bytes, at: location, charset: charset, withHeading: withHeading)
            else { continue }
            return reader.read()
        }
        return nil
    }
}

/// One thing that a feed tells of.
struct FeedEntry: Sendable {
    enum Text: Hashable, Sendable {
        case html([UInt8])
        case plain([UInt8])

        var bytes: [UInt8] {
            switch self {
            case .html(let bytes), .plain(let bytes): bytes
            }
        }
    }

    /// What the feed says that it is known by.
    var id: String?
    var link: WebURL?
    /// Without markup.
    var title: String?
    var author: String?
    /// RFC 3339 where it could be read as a date, else as it is written.
    var published: String?
    var updated: String?
    var language: String?
    /// All of it.
    var content: Text?
    /// What there is in the place of all of it.
    var summary: Text?
    /// What its links are relative to.
    var base: WebURL?
}
