// SPDX-License-Identifier: Apache-2.0

/// Reads RSS 0.9 to 2.0, RSS 1.0 as RDF, and Atom (RFC 4287), as they are found: not always well-formed.
struct XMLFeedReader {
    private var reader: XMLReader
    private let location: WebURL
    /// What is relative to what, by depth of the element that says so.
    private var bases: [(depth: Int, url: WebURL)] = []
    private var feed = Feed()
    private let readsHeading: Bool
    /// How deep the element is that says what the feed says of itself; nil outside of it.
    private var headingDepth: Int?

    private static let prefixes = [
        "http://www.w3.org/2005/Atom": "atom", "http://purl.org/atom/ns#": "atom", "http://purl.org/rss/1.0/": "",
        "http://my.netscape.com/rdf/simple/0.9/": "", "http://backend.userland.com/rss2": "",
        "http://purl.org/rss/1.0/modules/content/": "content", "http://purl.org/dc/elements/1.1/": "dc",
        "http://purl.org/dc/terms/": "dcterms", "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
        "http://www.w3.org/1999/xhtml": "xhtml",
    ]
    private static let maximumEntries = 50_000
    /// How many bases within one another count: each makes the next one longer.
    private static let maximumBases = 64

    /// - Throws: `XMLError` for an encoding that nobody knows.
    init(_ bytes: [UInt8], at location: WebURL, charset: String?, withHeading: Bool = false) throws(XMLError) {
        readsHeading = withHeading
        reader = try XMLReader(bytes, charset: charset, mode: .lenient, prefixes: Self.prefixes)
        self.location = location
    }

    /// - Returns: nil for what is no feed. Of one that is broken beyond reading, what came before.
    mutating func read() -> Feed? {
        var isFeed = false
        while let event = nextEvent() {
            switch event {
            case .start(let name):
                if !isFeed {
                    guard ["rss", "rdf:RDF", "atom:feed", "channel"].contains(name) else { return nil }
                    (isFeed, feed.hasStandardRoot) = (true, name != "channel")
                }
                enterBase()
                if name == "item" || name == "atom:entry" {
                    guard feed.entries.count < Self.maximumEntries else {
                        feed.isCut = true
                        return feed
                    }
                    readEntry(isAtom: name == "atom:entry")
                } else if readsHeading {
                    readHeading(name)
                    leaveBases()
                }
            case .end(let name):
                leaveBases()
                if name == "channel" { headingDepth = nil }
            case .text: break
            }
        }
        return isFeed ? feed : nil
    }

    /// Nil at the end, and where it cannot be read on: the reader then stays where it is, so that whoever meets that
    /// within an entry leaves it to the next call of this.
    private mutating func nextEvent() -> XMLEvent? {
        do throws(XMLError) { return try reader.next() } catch {
            feed.isCut = true
            return nil
        }
    }

    private mutating func readHeading(_ name: String) {
        if name == "channel" || name == "atom:feed" {
            headingDepth = headingDepth ?? reader.depth
            return
        }
        guard let headingDepth, reader.depth == headingDepth + 1 else { return }
        switch name {
        case "title", "dc:title": if feed.title == nil { feed.title = plain(html()) }
        case "atom:title": if feed.title == nil { feed.title = plain(atomText()) }
        case "description": if feed.description == nil { feed.description = plain(html()) }
        case "atom:subtitle": if feed.description == nil { feed.description = plain(atomText()) }
        case "link": if feed.link == nil { feed.link = (base ?? location).resolving(line()) }
        case "atom:link": feed.link = readLink(known: feed.link)
        default: break
        }
    }

    // MARK: Bases

    private var base: WebURL? { bases.last?.url }

    private mutating func enterBase() {
        guard bases.count < Self.maximumBases, let text = reader.string("xml:base"),
            let url = (base ?? location).resolving(text)
        else { return }
        bases.append((reader.depth, url))
    }

    private mutating func leaveBases() {
        while let last = bases.last, last.depth > reader.depth { bases.removeLast() }
    }

    // MARK: Entries

    private mutating func readEntry(isAtom: Bool) {
        var entry = FeedEntry()
        entry.language = reader.string("xml:lang")
        if !isAtom { entry.id = reader.string("rdf:about") }
        entry.base = base
        let depth = reader.depth
        while reader.depth >= depth, let event = try? reader.next() {
            switch event {
            case .start(let name):
                enterBase()
                if reader.depth == depth + 1 { readField(name, of: &entry) }
                leaveBases()
            case .end: leaveBases()
            case .text: break
            }
        }
        if entry.link == nil, let id = entry.id, id.hasPrefix("http") { entry.link = try? WebURL(parsing: id) }
        entry.base = entry.base ?? (isAtom ? location : entry.link ?? location)
        feed.entries.append(entry)
    }

    private mutating func readField(_ name: String, of entry: inout FeedEntry) {
        switch name {
        case "title", "dc:title": if entry.title == nil { entry.title = plain(html()) }
        case "atom:title": entry.title = plain(atomText())
        case "link": if entry.link == nil { entry.link = (base ?? location).resolving(line()) }
        case "atom:link": entry.link = readLink(known: entry.link)
        case "guid", "atom:id", "dc:identifier":
            let isLink = reader.string("isPermaLink")?.lowercased() != "false"
            let id = line()
            if !id.isEmpty, name != "dc:identifier" || entry.id == nil { entry.id = isLink ? id : "guid:\(id)" }
        case "author", "dc:creator", "atom:author": readAuthor(name, &entry)
        case "pubDate", "dc:date", "dcterms:created", "atom:published", "atom:issued":
            entry.published = entry.published ?? FeedDate.text(line())
        case "atom:updated", "atom:modified", "dcterms:modified": entry.updated = FeedDate.text(line())
        case "content:encoded", "xhtml:body", "body": entry.content = html()
        case "description": entry.summary = html()
        case "atom:summary": entry.summary = atomText()
        case "atom:content": readAtomContent(&entry)
        default: break
        }
    }

    private func readLink(known: WebURL?) -> WebURL? {
        let relation = reader.string("rel") ?? "alternate"
        guard relation == "alternate", let reference = reader.string("href") else { return known }
        let type = reader.string("type").map(MediaType.essence)
        guard known == nil || type == "text/html" else { return known }
        return (base ?? location).resolving(reference) ?? known
    }

    private mutating func readAuthor(_ name: String, _ entry: inout FeedEntry) {
        var author = ""
        if name == "atom:author" {
            let depth = reader.depth
            while reader.depth >= depth, let event = try? reader.next() {
                if case .start("atom:name") = event, author.isEmpty { author = line() }
            }
        } else {
            author = line()
            // `name@example.com (Name)`, as RSS has it.
            if author.hasSuffix(")"), let open = author.lastIndex(of: "("), author.contains("@") {
                author = String(author[author.index(after: open)...].dropLast())
            }
        }
        guard !author.isEmpty, entry.author == nil || name == "dc:creator" else { return }
        entry.author = author
    }

    private mutating func readAtomContent(_ entry: inout FeedEntry) {
        if let source = reader.string("src") {
            entry.link = entry.link ?? (base ?? location).resolving(source)
            return
        }
        entry.base = base ?? entry.base
        entry.content = atomText()
    }

    // MARK: Texts

    /// On one line.
    private mutating func line() -> String {
        let text = (try? reader.readText()) ?? []
        return String(decoding: text.prefix(16 << 10).collapsedHTML(), as: UTF8.self)
    }

    /// RFC 4287 §3.1 and §4.1.3.
    private mutating func atomText() -> FeedEntry.Text? {
        let type = reader.string("type").map(MediaType.essence) ?? "text"
        switch type {
        case "html", "text/html": return html()
        case "xhtml", "application/xhtml+xml": return .html(markup())
        default:
            guard type == "text" || type.hasPrefix("text/") else { return nil }
            return .plain((try? reader.readText()) ?? [])
        }
    }

    /// HTML that is text to XML, or that somebody forgot to make that.
    private mutating func html() -> FeedEntry.Text {
        guard let (source, text) = try? reader.readSourceAndText() else { return .html([]) }
        return .html(Self.hasElements(source) ? Array(source) : text)
    }

    private mutating func markup() -> [UInt8] {
        let source = Array((try? reader.readSource()) ?? [])
        let mark = Array("xhtml:".utf8)
        guard source.indices.contains(where: { source[$0...].starts(with: mark) }) else { return source }
        var (output, index): ([UInt8], Int) = ([], 0)
        while index < source.count {
            let isTag = index > 0 && (source[index - 1] == UInt8(ascii: "<") || source[index - 1] == UInt8(ascii: "/"))
            if isTag, source[index...].starts(with: mark) { index += mark.count }
            guard index < source.count else { break }
            output.append(source[index])
            index += 1
        }
        return output
    }

    private static func hasElements(_ source: ArraySlice<UInt8>) -> Bool {
        let cdata = Array("<![CDATA[".utf8)
        var index = source.startIndex
        while let open = source[index...].firstIndex(of: UInt8(ascii: "<")) {
            if source[open...].starts(with: cdata) { return false }
            if open + 1 < source.endIndex, source[open + 1].isLetter { return true }
            index = open + 1
        }
        return false
    }

    private func plain(_ text: FeedEntry.Text?) -> String? { text.map { PlainText.text(of: $0) } }
}

/// What is left of HTML without its markup.
enum PlainText {
    static func text(of text: FeedEntry.Text) -> String {
        switch text {
        case .plain(let bytes): return String(decoding: bytes.prefix(4096).collapsedHTML(), as: UTF8.self)
        case .html(let bytes):
            var tokenizer = HTMLTokenizer(Array(bytes.prefix(16 << 10)))
            var output: [UInt8] = []
            while let token = tokenizer.next() {
                if case .text(let text) = token { output += text }
            }
            return String(decoding: output.prefix(4096).collapsedHTML(), as: UTF8.self)
        }
    }
}
