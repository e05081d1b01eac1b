// SPDX-License-Identifier: Apache-2.0

/// How a site names the Markdown of a page.
enum TwinRule: CaseIterable, Sendable {
    /// `/guide.md` of `/guide` and of `/guide/`.
    case appended
    /// `/guide/index.md` of `/guide/`.
    case index
    /// `/guide.md` of `/guide.html`.
    case replaced
    /// `/guide.html.md` of `/guide.html`, `/guide/index.html.md` of `/guide/`.
    case appendedToHTML

    static func isMarkdown(_ url: WebURL) -> Bool { url.path.hasSuffix(".md") }

    /// The rule by which a page has a twin; nil when it is none of them.
    static func rule(of page: WebURL, twin: WebURL) -> TwinRule? {
        allCases.first { $0.twin(of: page)?.text == twin.text }
    }

    func twin(of page: WebURL) -> WebURL? {
        guard page.query == nil, !Self.isMarkdown(page) else { return nil }
        let (path, isFolder, isHTML) = (page.path, page.path.hasSuffix("/"), page.path.hasSuffix(".html"))
        let other: String
        switch self {
        case .appended:
            guard !isHTML, path != "/" else { return nil }
            other = (isFolder ? String(path.dropLast()) : path) + ".md"
        case .index:
            guard isFolder else { return nil }
            other = path + "index.md"
        case .replaced:
            guard isHTML else { return nil }
            other = path.dropLast(5) + ".md"
        case .appendedToHTML:
            guard isHTML || isFolder else { return nil }
            other = isFolder ? path + "index.html.md" : path + ".md"
        }
        return WebURL(
            scheme: page.scheme, userInformation: nil, host: page.host, port: page.port, path: other, query: nil,
            fragment: nil)
    }

    /// The paths of the documents whose Markdown the document at a path may be.
    static func pages(ofTwinAt path: String) -> [String] {
        var pages = [path]
        let stem = path.hasSuffix(".md") ? String(path.dropLast(3)) : path
        if stem.hasSuffix(".html") { pages.append(stem.dropLast(5) + ".md") }
        pages.append(stem + "/" + PagePath.index)
        return pages
    }
}
