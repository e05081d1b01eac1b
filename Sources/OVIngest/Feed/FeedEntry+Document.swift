// SPDX-License-Identifier: Apache-2.0

internal import OVCore

extension FeedEntry {
    /// The path of its document, made of what it is known by, so that it does not depend on what else is in the feed.
    ///
    /// An address that it is known by gives the same path as the page at that address has on a site. Where it is known
    /// by something else, that is hashed behind a readable name, so that two entries about one page stay two.
    /// - Parameter location: of the feed.
    func path(in location: WebURL) -> String {
        if let id, let url = Self.address(id), url.query == nil || link == nil { return Self.path(of: url, location) }
        let suffix = String(PagePath.hash(id ?? "\(title ?? "")\n\(published ?? "")").prefix(8))
        guard let link else { return "\(Self.slug(id ?? title ?? ""))-\(suffix).md" }
        let path = Self.path(of: link, location)
        if id == nil { return path }
        let stem = path.hasSuffix(".md") ? String(path.dropLast(3)) : path
        return "\(stem)-\(suffix).md"
    }

    private static func address(_ text: String) -> WebURL? {
        text.hasPrefix("http") ? try? WebURL(parsing: text) : nil
    }

    private static func path(of url: WebURL, _ location: WebURL) -> String {
        let scope = SiteScope(location, isWhole: true)
        let path: String
        if let own = scope.admit(url) {
            path = scope.documentPath(of: own)
        } else {
            let other = SiteScope(url, isWhole: true)
            path = "\(url.host.replacing(":", with: "-"))/\(other.documentPath(of: other.start))"
        }
        guard let fragment = url.fragment, !fragment.isEmpty else { return path }
        let stem = path.hasSuffix(".md") ? String(path.dropLast(3)) : path
        return "\(stem)#\(slug(fragment))-\(PagePath.hash(fragment).prefix(4)).md"
    }

    /// The last words of a name, as far as they are letters and digits.
    private static func slug(_ text: String) -> String {
        let words = text.unicodeScalars.suffix(120).split {
            !$0.properties.isAlphabetic && $0.properties.numericType == nil
        }
        var slug = ""
        for word in words.suffix(8) {
            slug += (slug.isEmpty ? "" : "-") + String(String.UnicodeScalarView(word)).lowercased()
        }
        let path = DocumentPath.canonical(Array(slug.utf8.prefix(100)))?.path
        return path ?? "entry"
    }

    /// How many bytes it brings.
    var size: Int { (content ?? summary)?.bytes.count ?? 0 }

    /// It as a page, with what the feed says of it where pages say that of themselves.
    var page: [UInt8] {
        var page: [UInt8] = []
        func put(_ text: String) { page += text.utf8 }
        let language = language.map { " lang=\"\(Self.escaped($0))\"" } ?? ""
        put("<!DOCTYPE html>\n<html\(language)>\n<head>\n<meta charset=\"utf-8\">\n")
        if let title { put("<title>\(Self.escaped(title))</title>\n") }
        let fields = [
            ("author", author), ("article:published_time", published), ("article:modified_time", updated),
        ]
        for (name, value) in fields {
            if let value { put("<meta name=\"\(name)\" content=\"\(Self.escaped(value))\">\n") }
        }
        if let link { put("<link rel=\"canonical\" href=\"\(Self.escaped(link.text))\">\n") }
        put("</head>\n<body>\n<main>\n<article>\n")
        if let title, !title.isEmpty { put("<h1>\(Self.escaped(title))</h1>\n") }
        page += body
        put("\n</article>\n</main>\n</body>\n</html>\n")
        return page
    }

    /// Its text as HTML.
    var body: [UInt8] {
        switch content ?? summary {
        case .html(let bytes)?: bytes
        case .plain(let bytes)?: Array(Self.paragraphs(String(decoding: bytes, as: UTF8.self)).utf8)
        case nil: []
        }
    }

    private static func paragraphs(_ text: String) -> String {
        var (output, isOpen) = ("", false)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let isBlank = line.utf8.allSatisfy(\.isHTMLSpace)
            if isBlank, isOpen { output += "</p>\n" }
            if !isBlank { output += (isOpen ? "<br>\n" : "<p>") + escaped(String(line)) }
            isOpen = !isBlank
        }
        return output + (isOpen ? "</p>" : "")
    }

    private static func escaped(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}
