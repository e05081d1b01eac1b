// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

/// Sites held to what every fetcher must keep.
@Suite(.inTurn) struct SiteContractTests {
    private final class Listed: ContractSource {
        let kit: WebKit
        let site: TestSite
        let fetcher: any Fetcher
        let isSingle = false

        init() throws {
            kit = try WebKit()
            site = try TestSite()
            fetcher = kit.site
        }

        var source: Source { .local("site", site.origin + "/") }

        func put(_ documents: [String: String]) async throws {
            var pages = Dictionary(uniqueKeysWithValues: documents.map { ("/" + $0.key, TestSite.Page($0.value)) })
            pages["/sitemap.xml"] = site.sitemap(pages.keys.sorted())
            site.set(pages)
        }

        func removeAll() async throws { site.takeDown() }
    }

    private final class Crawled: ContractSource {
        let kit: WebKit
        let site: TestSite
        let fetcher: any Fetcher
        let isSingle = false

        init() throws {
            kit = try WebKit()
            site = try TestSite()
            fetcher = kit.site
        }

        var source: Source { .local("site", site.origin + "/", exclude: ["index.md"]) }

        func put(_ documents: [String: String]) async throws {
            var pages = Dictionary(uniqueKeysWithValues: documents.map { ("/" + $0.key, TestSite.Page($0.value)) })
            pages["/"] = .hub(pages.keys.sorted())
            site.set(pages)
        }

        func removeAll() async throws { site.takeDown() }
    }

    @Test(arguments: FetcherContract.allCases)
    func aSiteWithASitemap(_ rule: FetcherContract) async throws { try await rule.check(Listed.init) }

    @Test(arguments: FetcherContract.allCases)
    func aSiteThatIsCrawled(_ rule: FetcherContract) async throws { try await rule.check(Crawled.init) }
}
