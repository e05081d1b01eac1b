// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// What a page says of itself in its head: in `meta` elements of several traditions, in links, and in JSON-LD.
struct PageMetadata {
    private(set) var title: String?
    private(set) var description: String?
    private(set) var author: String?
    private(set) var published: String?
    private(set) var modified: String?
    private(set) var address: String?
    private(set) var language: String?
    /// The text of the article in paragraphs, where the page has it beside what it shows.
    private(set) var paragraphs: [String] = []

    init(_ tree: HTMLTree, _ facts: HTMLFacts, _ links: HTMLLinks, location: WebURL?) {
        var reader = Reader(tree: tree)
        for index in facts.order { reader.read(index) }
        let linked = LinkedData(reader.linkedData)
        paragraphs = linked.paragraphs
        description =
            reader.first([
                "description", "og:description", "dc.description", "dcterms.description", "twitter:description",
            ])
            ?? linked.description
        author =
            linked.author
            ?? reader.first([
                "dc.creator", "dcterms.creator", "citation_author", "author", "parsely-author", "article:author",
            ]).flatMap { $0.contains("://") ? nil : $0 }
        published =
            reader.first(["article:published_time", "citation_publication_date", "datepublished", "dcterms.created"])
            ?? linked.published ?? reader.first(["dc.date", "dc.date.issued", "dcterms.issued", "pubdate", "date"])
        modified =
            reader.first(["article:modified_time", "datemodified", "dcterms.modified"]) ?? linked.modified
            ?? reader.first(["og:updated_time", "last-modified"])
        address =
            (reader.canonical ?? reader.first(["og:url"])).flatMap { links.address(Array($0.utf8)[...]) }
            .map { String(decoding: $0, as: UTF8.self) } ?? location?.withoutFragment.text
        language = Self.language(
            tree.string("lang", of: HTMLTree.html) ?? tree.string("xml:lang", of: HTMLTree.html)
                ?? tree.string("lang", of: HTMLTree.body) ?? reader.first(["content-language"]))
        // A heading is in the text already; it is a title too where there is something else to say.
        let hasMore = [description, author, published, modified].contains { $0 != nil }
        title = Self.title(reader) ?? linked.title ?? (hasMore ? reader.heading : nil)
    }

    private static func title(_ reader: Reader) -> String? {
        let short = reader.first(["dc.title", "dcterms.title", "citation_title", "og:title", "twitter:title"])
        guard let long = reader.title else { return short }
        // Some sites give their own name as the title of each page.
        let plain = withoutSite(long, short ?? reader.first(["og:site_name"]), reader.heading)
        if let short { return plain == reader.heading && plain != long ? plain : short }
        return plain
    }

    /// A title without the name of the site, where the page says what that is, or what is left is its heading.
    private static func withoutSite(_ title: String, _ site: String?, _ heading: String?) -> String {
        for separator in [" | ", " - ", " – ", " — ", " · ", " :: ", " » ", " • "] {
            let bytes = Array(title.utf8)
            let mark = Array(separator.utf8)
            guard bytes.count > mark.count else { continue }
            for start in 1..<(bytes.count - mark.count) where bytes[start...].starts(with: mark) {
                let before = String(decoding: bytes[..<start], as: UTF8.self)
                let after = String(decoding: bytes[(start + mark.count)...], as: UTF8.self)
                if before == heading || after == site { return before }
                if after == heading || before == site { return after }
            }
        }
        return title
    }

    /// A language tag, if it can be one (BCP 47).
    private static func language(_ text: String?) -> String? {
        guard let text, text.utf8.count <= 35, text.utf8.first?.isLetter == true else { return nil }
        return text.utf8.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "-") } ? text : nil
    }

    /// Empty for a page that has no title.
    var frontMatter: [UInt8] {
        FrontMatter(
            title: title, description: description, author: author, published: published, modified: modified,
            address: address, language: language
        ).yaml
    }
}

// MARK: - Elements

extension PageMetadata {
    /// Gathers what elements say, the first of each name.
    private struct Reader {
        let tree: HTMLTree
        private(set) var title: String?
        private(set) var heading: String?
        private(set) var canonical: String?
        private(set) var linkedData: [[UInt8]] = []
        private var values: [String: String] = [:]

        init(tree: HTMLTree) { self.tree = tree }

        func first(_ names: [String]) -> String? {
            for name in names { if let value = values[name] { return value } }
            return nil
        }

        mutating func read(_ index: HTMLTree.Index) {
            let node = tree[index]
            guard !node.isForeign else { return }
            switch node.name {
            case .title where title == nil: title = nonEmpty(tree.plainText(of: index))
            case .h1 where heading == nil:
                heading = nonEmpty(Self.withoutAnchor(tree.plainText(of: index, maximum: 512)))
            case .meta: readMeta(index)
            case .link where canonical == nil && tree.words("rel", of: index).contains("canonical"):
                canonical = tree.string("href", of: index)
            case .script where linkedData.count < 16 && tree.has("type", "application/ld+json", of: index):
                let text = tree[index].firstChild == HTMLTree.none ? [] : tree.text(of: tree[index].firstChild)
                if text.count < 1 << 20 { linkedData.append(Array(text)) }
            default: break
            }
        }

        private mutating func readMeta(_ index: HTMLTree.Index) {
            guard let content = tree.string("content", of: index) else { return }
            for attribute in ["property", "name", "itemprop", "http-equiv"] {
                for word in tree.words(attribute, of: index).prefix(4) {
                    let name = word.hasPrefix("dc:") || word.hasPrefix("dcterms:") ? word.replacingColon() : word
                    if values[name] == nil { values[name] = content }
                }
            }
        }

        /// Without the sign of the link that headings have to themselves.
        private static func withoutAnchor(_ heading: String) -> String {
            guard heading.hasSuffix("¶") else { return heading }
            return String(decoding: Array(heading.utf8.dropLast(2)).collapsedHTML(), as: UTF8.self)
        }

        private func nonEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }
    }
}

extension String {
    /// Dublin Core is written with a dot as well as with a colon.
    fileprivate func replacingColon() -> String { String(map { $0 == ":" ? "." : $0 }) }
}
