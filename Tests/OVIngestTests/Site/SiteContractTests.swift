// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestTraits
import Testing

/// Sites held to what every fetcher must keep.
@Suite(.inTurn) struct SiteContractTests {
    @Test(arguments: FetcherContract.allCases)
    func aSiteWithASitemap(_ rule: FetcherContract) async throws {
        try await rule.check(SiteSource.withSitemap)
    }

    @Test(arguments: FetcherContract.allCases)
    func aSiteThatIsCrawled(_ rule: FetcherContract) async throws {
        try await rule.check(SiteSource.crawled)
    }
}
