// SPDX-License-Identifier: Apache-2.0

import OVTestTraits
import Testing

@testable import OVIngest

@Suite(.inTurn) struct SitemapTests {
    private func read(_ text: String) -> Sitemap? { Sitemap(Array(text.utf8), maximum: 100) }

    @Test func readsPagesWithTheirDates() {
        let sitemap = read(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/x">
            <url><loc> https://a/1?x=1&amp;y=2 </loc><lastmod>2026-01-02</lastmod><priority>1</priority>
            <image:image><image:loc>https://a/picture.png</image:loc></image:image></url>
            <url><lastmod>2026-01-03</lastmod><loc><![CDATA[https://a/2]]></loc></url>
            <url><priority>1</priority></url>
            </urlset>
            """)
        #expect(sitemap?.pages.map(\.location) == ["https://a/1?x=1&y=2", "https://a/2"])
        #expect(sitemap?.pages.map(\.lastModified) == ["2026-01-02", "2026-01-03"])
    }

    @Test(arguments: [
        "<sitemapindex><sitemap><loc>https://a/s.xml</loc></sitemap></sitemapindex>",
        "<s:sitemapindex xmlns:s='urn:x'><s:sitemap><s:loc>https://a/s.xml</s:loc></s:sitemap></s:sitemapindex>",
    ])
    func readsAnIndex(_ text: String) {
        #expect(read(text)?.sitemaps.map(\.location) == ["https://a/s.xml"])
        #expect(read(text)?.pages.isEmpty == true)
    }

    @Test func readsLines() {
        #expect(
            read("\u{FEFF}https://a/1\r\n\r\nhttps://a/2\n")?.pages.map(\.location) == ["https://a/1", "https://a/2"])
    }

    @Test(arguments: [
        "", "  ", "not found", "<html><body>not found</body></html>", "<rss></rss>", "{}", "\u{1F}\u{8B}x",
    ])
    func isNoneOfAnythingElse(_ text: String) { #expect(read(text) == nil) }

    @Test func knowsWhenItsEndIsMissing() {
        let text = "<urlset>\n<url><loc>https://a/x</loc></url>\n"
        for end in ["</urlset>", "</urlset>\n", "</urlset>\n<!-- made by hand -->"] {
            #expect(read(text + end)?.isTruncated == false)
        }
        for end in ["", "<url><loc>https", "<url>", "</url", "</urlse"] {
            #expect(read(text + end)?.isTruncated == true)
        }
        #expect(read("<urlset/>")?.isTruncated == false)
    }

    @Test func endsWhereThereIsEnough() {
        let text = "<urlset>" + String(repeating: "<url><loc>https://a/x</loc></url>", count: 1000)
        #expect(Sitemap(Array(text.utf8), maximum: 10)?.pages.count == 10)
    }
}
