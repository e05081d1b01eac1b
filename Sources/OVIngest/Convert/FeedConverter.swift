// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// Feeds that are one document among others, or were asked for as one: RSS, Atom and JSON Feed become Markdown, a
/// section for each entry. What only looks like one is left to others.
package struct FeedConverter: Converter {
    package init() {}

    package let version = 1

    /// Those that do not say that it is a feed.
    private static let vagueTypes: Set<String> = ["application/xml", "text/xml", "application/rdf+xml"]
    private static let types = vagueTypes.union([
        "application/rss+xml", "application/atom+xml", "application/feed+json", "application/json",
    ])
    /// Bytes among which a JSON Feed says that it is one, so that not every JSON is read for it.
    private static let jsonHead = 4096
    /// What references are relative to where nobody knows; a name that can be none (RFC 2606 §2).
    private static let nowhere = try? WebURL(parsing: "http://feed.invalid/")

    package func convert(_ document: FetchedDocument, limits: Limits) throws(ConversionError) -> ConvertedDocument? {
        let type = document.mediaType
        guard Self.types.contains(type), let location = document.location ?? Self.nowhere else { return nil }
        if type.hasSuffix("json") {
            guard document.bytes.prefix(Self.jsonHead).containsWord("jsonfeed.org") else { return nil }
        }
        let read = Feed.read(document.bytes, at: location, charset: document.declaredCharset, withHeading: true)
        // Of one that was read in part, the XML is more than the Markdown would be.
        guard let feed = read, !feed.isCut, Self.isWorthReading(feed, type) else { return nil }
        let limit = Int(clamping: limits.documentBytes)
        var writer = FeedWriter(limit: limit)
        writer.write(feed)
        return try .markdown(writer.bytes, of: document, limits: limits)
    }

    /// Other XML has channels and items as well, and an ontology in RDF has a title: where nobody says that it is a feed,
    /// it has to show that.
    private static func isWorthReading(_ feed: Feed, _ type: String) -> Bool {
        guard vagueTypes.contains(type) else {
            return !feed.entries.isEmpty || feed.title != nil
        }
        return feed.hasStandardRoot
            && feed.entries.contains { entry in
                known(entry.link) != nil || entry.title?.isEmpty == false
                    || (entry.content ?? entry.summary)?.bytes.contains { !$0.isHTMLSpace } == true
            }
    }

    /// The address, if it is one.
    static func known(_ url: WebURL?) -> WebURL? { url.flatMap { $0.host == nowhere?.host ? nil : $0 } }
}

extension ArraySlice<UInt8> {
    fileprivate func containsWord(_ word: String) -> Bool {
        indices.contains { self[$0...].starts(with: word.utf8) }
    }
}

/// Writes a feed as one document.
private struct FeedWriter {
    private var blocks = MarkdownBlocks()
    /// Bytes after which it writes no more.
    let limit: Int
    /// Of the headings within entries: below the entry's own.
    private static let contentLevel = 3

    init(limit: Int) { self.limit = limit }

    var bytes: [UInt8] { blocks.bytes }

    mutating func write(_ feed: Feed) {
        var matter = FrontMatter.titled(feed.title)
        matter.description = feed.description
        matter.address = FeedConverter.known(feed.link)?.text
        blocks = MarkdownBlocks(matter)
        if let title = feed.title, !title.isEmpty { blocks.append(heading: 1, words(ofHeading: title)) }
        for entry in feed.entries where blocks.bytes.count <= limit { write(entry) }
    }

    private mutating func write(_ entry: FeedEntry) {
        let date = entry.published ?? entry.updated
        let link = FeedConverter.known(entry.link)?.text
        let title = [entry.title, link, date, entry.id].lazy.compactMap(\.self).first { !$0.isEmpty } ?? "Untitled"
        blocks.append(heading: 2, words(ofHeading: title))
        var about = [date, entry.author].compactMap(\.self).filter { !$0.isEmpty }.map { plain($0, as: .paragraph) }
        if let link {
            about.append([UInt8(ascii: "<")] + HTMLLinks.encoded(Array(link.utf8)[...]) + [UInt8(ascii: ">")])
        }
        blocks.append(Array(about.joined(separator: Array(" · ".utf8))))
        let page = Array("<body>".utf8) + entry.body
        let tree = HTMLTreeBuilder.tree(of: page, isXML: false)
        let facts = HTMLFacts(tree)
        let content = PageContent(tree, facts, level: .visible)
        let links = HTMLLinks(tree, facts, location: FeedConverter.known(entry.base))
        let text = MarkdownWriter.markdown(of: content, links: links, limit: max(limit - blocks.bytes.count, 0))
        blocks.append(HeadingLevels.lowered(text, to: Self.contentLevel))
    }

    private func words(ofHeading text: String) -> [UInt8] {
        MarkdownWriter.escapingEnd(ofHeading: plain(text, as: .heading))
    }

    private func plain(_ text: String, as place: InlineRenderer.Place) -> [UInt8] {
        var run = InlineRun()
        run.add(text: Array(text.utf8)[...], InlineRun.Marks())
        return InlineRenderer.render(run, as: place, addresses: [])
    }
}
