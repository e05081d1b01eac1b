// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest

/// Documents that are on a site in some way, for the contract suite.
struct SiteSource: ContractSource {
    typealias Pages = [String: TestSite.Page]

    let fetcher: any Fetcher
    let source: Source
    let isSingle = false
    private let kit: WebKit
    private let site: TestSite
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

    func removeAll() async throws { site.takeDown() }

    /// Without the page that is made of an entry of a feed.
    func text(of document: FetchedDocument) -> String {
        let page = String(decoding: document.bytes, as: UTF8.self)
        guard let start = page.firstRange(of: "<article>\n"), let end = page.firstRange(of: "\n</article>") else {
            return page
        }
        return String(page[start.upperBound..<end.lowerBound])
    }

    /// A page for each document.
    static func pages(of documents: [String: String]) -> Pages {
        Dictionary(uniqueKeysWithValues: documents.map { ("/" + $0.key, TestSite.Page($0.value)) })
    }
}
