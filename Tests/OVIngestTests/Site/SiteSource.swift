// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import Synchronization

/// Documents that are on a site in some way, for the contract suite.
final class SiteSource: ContractSource {
    typealias Pages = [String: TestSite.Page]

    let fetcher: any Fetcher
    let source: Source
    let isSingle = false
    private let kit: WebKit
    private let site: TestSite
    private let edition = Mutex(0)
    private let pages: @Sendable ([String: String], TestSite) -> Pages

    /// - Parameter pages: what the site has when it is to have some documents.
    init(
        _ fetcher: (WebKit) -> any Fetcher, at source: (TestSite) -> Source,
        _ pages: @escaping @Sendable ([String: String], TestSite) -> Pages
    ) throws {
        kit = try WebKit()
        site = try TestSite()
        (self.fetcher, self.source, self.pages) = (fetcher(kit), source(site), pages)
    }

    func put(_ documents: [String: String]) async throws { site.set(pages(documents, site)) }

    /// Every page gets another entity tag.
    func touch() async throws {
        let edition = edition.withLock { edition in
            edition += 1
            return edition
        }
        site.edit { pages in
            for target in pages.keys { pages[target]?.headers["X-Edition"] = "\(edition)" }
        }
    }

    func removeAll() async throws { site.takeDown() }

    /// Without the page that is made of an entry of a feed.
    func text(of document: FetchedDocument) -> String {
        let page = String(decoding: document.bytes, as: UTF8.self)
        guard let start = page.firstRange(of: "<article>\n"), let end = page.firstRange(of: "\n</article>") else {
            return page
        }
        return String(page[start.upperBound..<end.lowerBound])
    }

    static func withSitemap() throws -> SiteSource {
        try SiteSource(\.site, at: { .local("site", $0.origin + "/") }) { documents, site in
            var pages = pages(of: documents)
            pages["/sitemap.xml"] = site.sitemap(pages.keys.sorted())
            return pages
        }
    }

    static func crawled() throws -> SiteSource {
        try SiteSource(\.site, at: { .local("site", $0.origin + "/", exclude: ["index.md"]) }) { documents, _ in
            var pages = pages(of: documents)
            pages["/"] = .hub(pages.keys.sorted())
            return pages
        }
    }

    /// A page for each document.
    static func pages(of documents: [String: String]) -> Pages {
        Dictionary(uniqueKeysWithValues: documents.map { ("/" + $0.key, TestSite.Page($0.value)) })
    }
}
