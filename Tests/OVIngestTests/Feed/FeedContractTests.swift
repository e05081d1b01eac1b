// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

/// A feed held to what every fetcher must keep, as far as a window on a source can.
@Suite(.inTurn) struct FeedContractTests {
    @Test(arguments: FetcherContract.allCases)
    func aBlog(_ rule: FetcherContract) async throws {
        try await rule.check(SiteSource.blog)
    }
}

extension SiteSource {
    /// An entry for each document.
    static func blog() throws -> SiteSource {
        try SiteSource(\.feed, at: { .local("feed", $0.origin + "/atom.xml") }) { documents, site in
            ["/atom.xml": TestSite.Page(feed(of: documents, site), type: "application/atom+xml")]
        }
    }

    private static func feed(of documents: [String: String], _ site: TestSite) -> String {
        let entries = documents.sorted { $0.key < $1.key }.map { path, text in
            """
            <entry><id>\(site.origin)/\(path)</id><link href="/\(path)"/><content type="html">\(text)</content></entry>
            """
        }
        return "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Blog</title>\(entries.joined())</feed>"
    }
}
