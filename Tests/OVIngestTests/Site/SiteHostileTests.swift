// SPDX-License-Identifier: Apache-2.0

import OVTestTraits
import Testing

@testable import OVIngest

/// What a site may send to keep us busy. Each of these took minutes, or hours, when it was written.
@Suite(.inTurn) struct SiteHostileTests {
    private let location: WebURL

    init() throws { location = try WebURL(parsing: "https://example.org/") }

    private func repeated(_ text: String, _ count: Int) -> [UInt8] {
        Array(Array(repeating: Array(text.utf8), count: count).joined())
    }

    @Test func readsManyRulesInLinearTime() {
        let rules = RobotsRules(Array("User-agent: ov\n".utf8) + repeated("Disallow: /b\n", 39_000))
        #expect(rules.allows("/a"))
        #expect(!rules.allows("/b"))
    }

    @Test func starsHaveABound() {
        let pattern = "Disallow: /*" + String(repeating: "a", count: 3000) + "b\n"
        let rules = RobotsRules(Array("User-agent: ov\n".utf8) + repeated(pattern, 160))
        #expect(rules.allows("/a"))
        #expect(!rules.allows("/" + String(repeating: "a", count: 8000)))
    }

    @Test func findsManyFeedsInLinearTime() {
        let page = (0..<20_000).map { "<link rel=alternate type=application/rss+xml href=\($0)>" }.joined()
        #expect(PageLinks(html: Array(page.utf8), at: location, isWhole: true).feeds.count == 20_000)
    }

    @Test func takesTheFirstBase() {
        let page = Array("<base href=/a/>".utf8) + repeated("<base href=x/>", 50_000) + Array("<a href=b>".utf8)
        #expect(PageLinks(html: page, at: location, isWhole: true).links.map(\.path) == ["/a/b"])
    }

    /// A page of a few MiB would have become as many GiB.
    @Test func aLongBaseHasABound() {
        let links = (0..<100_000).map { "<a href=\($0)>" }.joined()
        let page = Array(("<base href=/" + String(repeating: "x", count: 8000) + "/>" + links).utf8)
        #expect(PageLinks(html: page, at: location, isWhole: true).links.count < 5000)
        #expect(PageLinks(html: Array(links.utf8), at: location, isWhole: true).links.count == 100_000)
    }

    @Test func placesOfAPageAreOneLink() {
        let places = (0..<100_000).map { "<a href=#\($0)>" }.joined() + "<a href=/b>"
        let name = String(repeating: "x", count: 8000)
        for base in ["/\(name)/", "/?\(name)"] {
            let page = PageLinks(html: Array("<base href=\(base)>\(places)".utf8), at: location, isWhole: true)
            #expect(page.links.count == 2 && page.links.last?.path == "/b" && !page.isCut)
            #expect(page.links.first?.fragment == nil)
        }
    }

    @Test func aLongQueryHasABound() {
        let links = (0..<100_000).map { "<link rel=next href=#\($0)>" }.joined()
        let page = Array(("<base href=/?" + String(repeating: "x", count: 8000) + ">" + links).utf8)
        #expect(PageLinks(html: page, at: location, isWhole: true).isCut)
    }

    @Test func looksForTheEndOfALinkOnce() {
        for piece in ["](", "]:", "<http"] {
            let links = PageLinks(markdown: repeated(piece, 200_000), at: location)
            #expect(links.links.count < 200)
        }
    }

    @Test func readsAFeedOfManyNamesInLinearTime() {
        let names = (0..<5_000).map { "<n\($0)/>" }.joined()
        let items = Array(repeating: "<item><title>a</title><description>b</description></item>", count: 20_000)
        let text = "<rss><channel>\(names)\(items.joined())</channel></rss>"
        #expect(Feed.read(Array(text.utf8), at: location, charset: nil)?.entries.count == 20_000)
    }
}
