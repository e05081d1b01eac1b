// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// Where a page leads to, and what it says of its other forms.
struct PageLinks: Sendable {
    /// In the order of the page, without repetitions.
    private(set) var links: [WebURL] = []
    /// What it says is its own address.
    private(set) var canonical: WebURL?
    /// The same as Markdown.
    private(set) var markdown: WebURL?
    /// Feeds of the site.
    private(set) var feeds: [WebURL] = []
    /// Whether links of it are left out, because they would be too long together.
    private(set) var isCut = false

    private var known: Set<WebURL> = []
    /// As they are written, so that none is made whole twice.
    private var knownReferences: Set<String> = []
    private var knownFeeds: Set<WebURL> = []
    /// How many bytes may still be made into addresses. No page has as much of its own, but one whose base is thousands
    /// of bytes long would make as many of each of its links.
    private var room = 32 << 20
    private var base: WebURL
    private var hasBase = false
    private var isFollowed = true

    /// - Parameter isWhole: whether all links are wanted, or only what stands in the head.
    init(html page: [UInt8], at location: WebURL, isWhole: Bool) {
        base = location
        var tokenizer = HTMLTokenizer(page)
        while let token = tokenizer.next() {
            guard case .startTag(let tag) = token else { continue }
            switch tag.name {
            case "title", "textarea": tokenizer.switchTo(.rcdata)
            case "style", "xmp", "iframe", "noembed", "noframes": tokenizer.switchTo(.rawText)
            case "script": tokenizer.switchTo(.scriptData)
            case "plaintext": tokenizer.switchTo(.plainText)
            case "body" where !isWhole: return
            default: break
            }
            read(tag)
        }
        if !isFollowed { links = [] }
    }

    private mutating func read(_ tag: HTMLTag) {
        func value(_ name: String) -> String? {
            tag.attributes.first { $0.name == name }
                .map { String(decoding: $0.value.prefix(8192).trimmedHTML(), as: UTF8.self) }
        }
        switch tag.name {
        case "a", "area": add(value("href"))
        case "frame", "iframe": add(value("src"))
        // The first one counts (WHATWG HTML §4.2.3).
        case "base":
            guard !hasBase, let href = value("href") else { return }
            hasBase = true
            base = base.resolving(href) ?? base
            knownReferences = []
        case "link":
            guard let reference = value("href"), let url = resolved(reference)?.withoutFragment else { return }
            readLink(value("rel") ?? "", value("type") ?? "", url)
        case "meta":
            let name = value("name")?.lowercased()
            guard name == "robots" || name == RobotsRules.token, let content = value("content")?.lowercased() else {
                return
            }
            if content.contains("nofollow") || content.split(separator: ",").contains("none") { isFollowed = false }
        default: break
        }
    }

    private mutating func readLink(_ relations: String, _ type: String, _ url: WebURL) {
        let relations = relations.lowercased().split(separator: " ")
        if relations.contains("canonical") { canonical = canonical ?? url }
        if relations.contains("next") || relations.contains("prev") { add(url) }
        guard relations.contains("alternate") else { return }
        switch MediaType.essence(type) {
        case "text/markdown": markdown = markdown ?? url
        case "application/rss+xml", "application/atom+xml", "application/feed+json":
            if knownFeeds.insert(url).inserted { feeds.append(url) }
        default: break
        }
    }

    private mutating func add(_ reference: String?) {
        guard let reference, !reference.isEmpty else { return }
        // All places of a page are one page, which is made an address of once.
        let place = reference.utf8.first == UInt8(ascii: "#") ? "#" : reference
        guard knownReferences.insert(place).inserted, let url = resolved(place) else { return }
        add(url)
    }

    private mutating func resolved(_ reference: String) -> WebURL? {
        room -= base.path.utf8.count + (base.query?.utf8.count ?? 0) + reference.utf8.count
        guard room >= 0 else {
            isCut = true
            return nil
        }
        return base.resolving(reference)
    }

    private mutating func add(_ url: WebURL) {
        let url = url.withoutFragment
        if known.insert(url).inserted { links.append(url) }
    }

    // MARK: Markdown

    /// Reads the links of a Markdown text: inline, as references, and in angle brackets. No byte is in two of them.
    init(markdown text: [UInt8], at location: WebURL) {
        base = location
        var index = 0
        while index < text.count {
            let byte = text[index]
            index += 1
            if byte == UInt8(ascii: "<"), text[index...].starts(with: "http".utf8) {
                let link = text[index...].prefix(8192).prefix { $0 != UInt8(ascii: ">") && $0 > 32 }
                add(Self.destination(link))
                index = link.endIndex
                continue
            }
            guard byte == UInt8(ascii: "]"), index + 1 < text.count else { continue }
            let next = text[index]
            guard next == UInt8(ascii: "(") || next == UInt8(ascii: ":") else { continue }
            var rest = text[(index + 1)...].prefix(8192).drop { $0 == 32 || $0 == 9 }
            if rest.first == UInt8(ascii: "<") {
                rest = rest.dropFirst().prefix { $0 != UInt8(ascii: ">") && $0 != 10 }
            } else {
                rest = Self.bare(rest, isInline: next == UInt8(ascii: "("))
            }
            add(Self.destination(rest))
            index = rest.endIndex
        }
    }

    /// Up to a blank, or to the parenthesis that none within opened.
    private static func bare(_ text: ArraySlice<UInt8>, isInline: Bool) -> ArraySlice<UInt8> {
        var depth = 0
        let end = text.firstIndex { byte in
            if byte <= 32 { return true }
            guard isInline else { return false }
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") { depth -= 1 }
            return depth < 0
        }
        return text[..<(end ?? text.endIndex)]
    }

    private static func destination(_ bytes: ArraySlice<UInt8>) -> String? {
        bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
