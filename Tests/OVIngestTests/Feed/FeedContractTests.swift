// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

/// A feed held to what every fetcher must keep, as far as a window on a source can.
@Suite(.inTurn) struct FeedContractTests {
    private final class Blog: ContractSource {
        let kit: WebKit
        let site: TestSite
        let fetcher: any Fetcher
        let isSingle = false

        init() throws {
            kit = try WebKit()
            site = try TestSite()
            fetcher = kit.feed
        }

        var source: Source { .local("feed", site.origin + "/atom.xml") }

        func put(_ documents: [String: String]) async throws {
            let entries = documents.sorted { $0.key < $1.key }.map { path, text in
                """
                <entry><id>\(site.origin)/\(path)</id><link href="/\(path)"/><content type="html">\(text)</content></entry>
                """
            }
            let feed = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Blog</title>\(entries.joined())</feed>"
            site.set(["/atom.xml": TestSite.Page(feed, type: "application/atom+xml")])
        }

        func removeAll() async throws { site.takeDown() }

        func text(of document: FetchedDocument) -> String {
            let page = String(decoding: document.bytes, as: UTF8.self)
            guard let start = page.range(of: "<article>\n"), let end = page.range(of: "\n</article>") else {
                return page
            }
            return String(page[start.upperBound..<end.lowerBound])
        }
    }

    @Test(arguments: FetcherContract.allCases)
    func aBlog(_ rule: FetcherContract) async throws { try await rule.check(Blog.init) }
}

extension String {
    /// Where a text first stands; by bytes.
    func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}
