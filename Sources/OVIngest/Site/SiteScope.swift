// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// Which URLs belong to a site, and what their documents are called.
///
/// A site is one host, whether its name is written with `www.` or without, over http or https; and of that what lies
/// in the folder of the address that it begins at.
struct SiteScope: Sendable {
    /// Where it begins, without fragment.
    let start: WebURL
    /// The path of the folder, without the slash behind it; empty for all of the host.
    private let folder: String

    /// - Parameter isWhole: whether the address says only which host it is: that of a sitemap.
    init(_ start: WebURL, isWhole: Bool = false) {
        let url = Self.plain(start)
        self.start = url
        folder = isWhole ? "" : Self.folder(of: url.path)
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        let above = String(path[..<slash])
        let name = path.utf8[path.utf8.index(after: slash)...]
        // `/docs` means what is below it; `/docs/intro` what is beside it.
        let isName = above.isEmpty && !name.isEmpty && !name.contains(UInt8(ascii: "."))
        return isName ? path : above
    }

    /// The spelling under which a URL is asked for, without what only tells whoever runs the site where one came from;
    /// nil for one of another site.
    func admit(_ url: WebURL) -> WebURL? {
        guard isSameHost(url), isBelow(url.path) else { return nil }
        let plain = Self.plain(url)
        // What was reached safely is not left for what everybody can read.
        guard plain.scheme == .http, start.scheme == .https else { return plain }
        return WebURL(
            scheme: .https, userInformation: nil, host: plain.host,
            port: plain.port == WebURL.Scheme.http.defaultPort ? WebURL.Scheme.https.defaultPort : plain.port,
            path: plain.path, query: plain.query, fragment: nil)
    }

    func isSameHost(_ url: WebURL) -> Bool {
        let isSamePort =
            url.port == start.port || url.port == url.scheme.defaultPort && start.port == start.scheme.defaultPort
        return isSamePort && Self.bare(url.host).elementsEqual(Self.bare(start.host))
    }

    private func isBelow(_ path: String) -> Bool {
        guard path.utf8.starts(with: folder.utf8) else { return false }
        let rest = path.utf8.dropFirst(folder.utf8.count)
        return rest.isEmpty || rest.first == UInt8(ascii: "/")
    }

    /// The path of a page's document; the same for URLs that mean one page.
    /// - Parameter url: one that was admitted.
    func documentPath(of url: WebURL) -> String {
        PagePath.path(String(Substring(url.path.utf8.dropFirst(folder.utf8.count))), query: url.query)
    }

    /// An address in the site's folder.
    func address(of name: String) -> WebURL? { start.resolving(folder + "/" + name) }

    /// The same at the top of the host, if that is another place.
    func topAddress(of name: String) -> WebURL? { folder.isEmpty ? nil : start.resolving("/" + name) }

    private static func bare(_ host: String) -> Substring.UTF8View {
        host.utf8.starts(with: "www.".utf8) ? host.utf8.dropFirst(4) : host.utf8[...]
    }

    // MARK: Queries

    private static func plain(_ url: WebURL) -> WebURL {
        WebURL(
            scheme: url.scheme, userInformation: nil, host: url.host, port: url.port, path: url.path,
            query: url.query.flatMap(withoutTracking), fragment: nil)
    }

    private static let tracking: Set<String> = [
        "gclid", "gclsrc", "dclid", "fbclid", "msclkid", "yclid", "igshid", "twclid", "mc_cid", "mc_eid", "_ga", "_gl",
        "phpsessid", "jsessionid", "_hsenc", "_hsmi",
    ]

    private static func withoutTracking(_ query: String) -> String? {
        let kept = query.utf8.split(separator: UInt8(ascii: "&")).filter { parameter in
            let name = String(Substring(parameter.prefix { $0 != UInt8(ascii: "=") })).lowercased()
            return !name.hasPrefix("utm_") && !tracking.contains(name)
        }
        return kept.isEmpty ? nil : kept.map { String(Substring($0)) }.joined(separator: "&")
    }
}
