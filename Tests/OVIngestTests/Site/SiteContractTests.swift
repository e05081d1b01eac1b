// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestTraits
import Testing

/// Sites held to what every fetcher must keep.
@Suite(.inTurn) struct SiteContractTests {
    @Test(arguments: FetcherContract.allCases)
    func aSiteWithASitemap(_ rule: FetcherContract) async throws {
        try await rule.check {
            try SiteSource(\.site, at: { .local("site", $0.origin + "/") }) { documents, site in
                var pages = SiteSource.pages(of: documents)
                pages["/sitemap.xml"] = site.sitemap(pages.keys.sorted())
                return pages
            }
        }
    }

    @Test(arguments: FetcherContract.allCases)
    func aSiteThatIsCrawled(_ rule: FetcherContract) async throws {
        try await rule.check {
            try SiteSource(\.site, at: { .local("site", $0.origin + "/", exclude: ["index.md"]) }) { documents, _ in
                var pages = SiteSource.pages(of: documents)
                pages["/"] = .hub(pages.keys.sorted())
                return pages
            }
        }
    }
}
