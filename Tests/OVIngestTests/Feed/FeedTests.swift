// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVIngest

/// Feeds as they are found.
@Suite(.inTurn) struct FeedTests {
    private func read(_ text: String, charset: String? = nil) throws -> [FeedEntry] {
        try read(Array(text.utf8), charset: charset)
    }

    private func read(_ bytes: [UInt8], charset: String? = nil) throws -> [FeedEntry] {
        let location = try WebURL(parsing: "https://blog.example/feed.xml")
        return try #require(Feed.read(bytes, at: location, charset: charset)).entries
    }

    private func html(_ entry: FeedEntry?) -> String? {
        guard case .html(let bytes)? = entry?.content ?? entry?.summary else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func readsRSS2() throws {
        let entries = try read(
            """
            <?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
            xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Blog</title><link>https://blog.example/</link>
            <item><title>One &amp;amp; &lt;b&gt;two&lt;/b&gt;</title><link>https://blog.example/1</link><guid>https://blog.example/1</guid>
            <pubDate>Tue, 10 Jun 2003 04:00:00 +0200</pubDate><dc:creator>Ada</dc:creator><author>x@y.z (Bob)</author>
            <description>short</description><content:encoded><![CDATA[<p>long</p>]]></content:encoded></item>
            <item><description>&lt;p&gt;only&lt;/p&gt;</description><guid isPermaLink="false">abc</guid></item>
            </channel></rss>
            """)
        #expect(entries.count == 2)
        #expect(entries[0].title == "One & two" && entries[0].author == "Ada")
        #expect(entries[0].published == "2003-06-10T04:00:00+02:00")
        #expect(html(entries[0]) == "<p>long</p>" && html(entries[1]) == "<p>only</p>")
        #expect(entries[1].content == nil && entries[1].link == nil && entries[1].id == "guid:abc")
    }

    @Test func readsRSS1() throws {
        let entries = try read(
            """
            <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
            xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>C</title></channel>
            <item rdf:about="https://blog.example/1"><title>T</title><link>https://blog.example/1</link>
            <dc:date>2026-01-02T03:04:05Z</dc:date></item></rdf:RDF>
            """)
        #expect(entries.map(\.title) == ["T"] && entries[0].id == "https://blog.example/1")
        #expect(entries[0].published == "2026-01-02T03:04:05Z")
    }

    @Test func readsAtom() throws {
        let entries = try read(
            """
            <feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://blog.example/base/"><title>F</title>
            <author><name>Feed</name></author>
            <entry xml:lang="de" xml:base="sub/"><title type="html">A &amp;lt; B</title><id>tag:x,2026:1</id>
            <link rel="enclosure" href="x.mp3"/><link rel="alternate" href="one"/><author><name>Ada</name><uri>u</uri></author>
            <published>2026-01-01T00:00:00Z</published><updated>2026-01-02T00:00:00Z</updated>
            <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x <em>y</em></p></div></content></entry>
            <entry><title>Plain &lt;b&gt;</title><id>2</id><content>a &lt;b&gt; c</content></entry>
            <entry><title>S</title><summary type="html">&lt;p&gt;s&lt;/p&gt;</summary><content src="/far"/></entry></feed>
            """)
        #expect(entries.count == 3)
        #expect(entries[0].title == "A < B" && entries[0].author == "Ada" && entries[0].language == "de")
        #expect(entries[0].link?.text == "https://blog.example/base/sub/one")
        #expect(entries[0].base?.text == "https://blog.example/base/sub/")
        #expect(html(entries[0])?.contains("<p>x <em>y</em></p>") == true)
        #expect(entries[1].title == "Plain <b>" && entries[1].content == .plain(Array("a <b> c".utf8)))
        #expect(html(entries[2]) == "<p>s</p>" && entries[2].link?.text == "https://blog.example/far")
    }

    @Test func readsJSON() throws {
        let entries = try read(
            """
            \u{FEFF}{"version": "https://jsonfeed.org/version/1.1", "language": "en", "authors": [{"name": "Ada"}], "items": [
            {"id": "1", "url": "/1", "title": "One", "content_html": "<p>x", "date_published": "2026-01-01T00:00:00Z"},
            {"id": 2, "content_text": "a\\n\\nb", "author": {"name": "Bob"}, "summary": "s"}]}
            """)
        #expect(entries.map(\.id) == ["1", "2"] && entries.map(\.author) == ["Ada", "Bob"])
        #expect(entries[0].link?.text == "https://blog.example/1" && html(entries[0]) == "<p>x")
        #expect(entries[1].content == .plain(Array("a\n\nb".utf8)) && entries[1].language == "en")
    }

    /// Of each the title and the text that come out.
    @Test(
        arguments: [
            (
                "<rss><channel><item><title>A&nbsp;&mdash; B</title><description>x & y</description></item>", "A — B",
                "x & y"
            ),
            ("\n\n  <?xml version='1.0'?><rss><channel><item><title>A</title><description>x", "A", "x"),
            ("<rss><channel><item><title>A\u{0C}\u{01}</title><description>x</item></channel></rss>", "A", "x"),
            ("<rss><channel><item><title><b>A</b></title><description><p>x</p></description></item>", "A", "<p>x</p>"),
            ("<rss><channel><item><title><![CDATA[A]]></title><content:encoded>x</content:encoded></item>", "A", "x"),
        ])
    func readsWhatIsBroken(_ text: String, _ title: String, _ content: String) throws {
        let entries = try read(text)
        #expect(entries.map(\.title) == [title])
        #expect(html(entries.first) == content)
    }

    @Test func readsWhateverTheEncodingIsSaidToBe() throws {
        let latin =
            Array("<?xml version='1.0' encoding='iso-8859-1'?><rss><channel><item><title>".utf8) + [0xFC]
            + Array("ber</title></item></channel></rss>".utf8)
        #expect(try read(latin).first?.title == "über")
        for (declared, charset) in [("klingon", nil), ("utf-8", "klingon"), ("utf-8", "utf-8")] as [(String, String?)] {
            let text =
                "<?xml version='1.0' encoding='\(declared)'?><rss><channel><item><title>ü</title></item></channel></rss>"
            #expect(try read(text, charset: charset).first?.title == "ü", "\(declared)")
        }
    }

    @Test(arguments: ["", "<html><body>no</body></html>", "{\"version\":\"1\"}", "{", "words", "<urlset></urlset>"])
    func isNoneOfAnythingElse(_ text: String) throws {
        let location = try WebURL(parsing: "https://blog.example/")
        #expect(Feed.read(Array(text.utf8), at: location, charset: nil) == nil)
    }

    @Test(
        arguments: [
            ("https://blog.example/2026/one", "https://blog.example/2026/one", "2026/one.md"),
            ("https://blog.example/2026/one/", nil, "2026/one/index.md"),
            ("https://other.example/x", nil, "other.example/x.md"), ("https://blog.example/?p=1", nil, "index?p=1.md"),
        ] as [(String?, String?, String)])
    func namesEntriesByTheirAddress(_ id: String?, _ link: String?, _ path: String) throws {
        let entry = FeedEntry(id: id, link: try link.map { try WebURL(parsing: $0) })
        #expect(entry.path(in: try WebURL(parsing: "https://blog.example/feed.xml")) == path)
    }

    @Test func namesEntriesBySomethingThatStays() throws {
        let location = try WebURL(parsing: "https://blog.example/feed.xml")
        let link = try WebURL(parsing: "https://blog.example/one/")
        let one = FeedEntry(id: "guid:7", link: link).path(in: location)
        let two = FeedEntry(id: "guid:8", link: link).path(in: location)
        #expect(one != two && one.hasPrefix("one/index-") && one.hasSuffix(".md"))
        #expect(FeedEntry(id: "guid:7", link: link, title: "New title").path(in: location) == one)
        #expect(FeedEntry(id: "tag:x,2026:/posts/hello").path(in: location).hasPrefix("tag-x-2026-posts-hello-"))
        let part = FeedEntry(id: "https://blog.example/log#v2").path(in: location)
        #expect(part != FeedEntry(id: "https://blog.example/log#v3").path(in: location))
    }

    @Test(arguments: [
        ("Tue, 10 Jun 2003 04:00:00 GMT", "2003-06-10T04:00:00Z"), ("10 Jun 03 4:00 EST", "2003-06-10T04:00:00-05:00"),
        ("Mon, 1 January 2024 10:20:30 -0730", "2024-01-01T10:20:30-07:30"), ("2024-01-01", "2024-01-01"),
        ("soon", "soon"),
    ])
    func readsDates(_ text: String, _ expected: String) { #expect(FeedDate.text(text) == expected) }
}

/// Feeds from a server.
@Suite(.inTurn) struct FeedFetcherTests {
    private let kit: WebKit
    private let site: TestSite

    init() throws {
        kit = try WebKit()
        site = try TestSite()
    }

    private func feed(_ items: String...) -> TestSite.Page {
        .init("<rss><channel>\(items.joined())</channel></rss>", type: "application/rss+xml")
    }

    private func item(_ number: Int, _ text: String) -> String {
        "<item><title>Item \(number)</title><link>\(site.origin)/\(number)</link><guid>\(site.origin)/\(number)</guid>"
            + "<description>\(text)</description></item>"
    }

    private func fetch(
        _ path: String = "/feed.xml", _ arguments: [String: String] = [:], _ validators: [String: Validator] = [:]
    )
        async throws -> RecordingSink.Record
    {
        try await kit.feed.record(.local("feed", site.origin + path, arguments), validators: validators)
    }

    @Test func deliversWhatIsNewAndSaysThatItIsAWindow() async throws {
        site["/feed.xml"] = feed(item(1, "one"), item(2, "two"))
        let first = try await fetch()
        #expect(first.paths == ["1.md", "2.md"])
        let sink = RecordingSink()
        let source = Source.local("feed", site.origin + "/feed.xml")
        let summary = try await kit.feed.fetch(source, validators: first.validators, into: sink)
        #expect(summary == FetchSummary(shape: .tree, isAdditive: true, isUnchanged: true))
        #expect(sink.record.kept == first.validators)
        site["/feed.xml"] = feed(item(2, "two"), item(3, "three"))
        let third = try await fetch("/feed.xml", [:], first.validators)
        #expect(Array(third.kept.keys) == ["2.md"] && Array(third.delivered.keys) == ["3.md"])
    }

    @Test func becomesMarkdownWithWhatTheFeedSays() async throws {
        site["/feed.xml"] = feed(
            "<item><title>T &amp;amp; U</title><author>a@b.c (Ada)</author><pubDate>Tue, 10 Jun 2003 04:00:00 GMT</pubDate>"
                + "<link>/posts/1</link><description>&lt;p&gt;See &lt;a href='2'&gt;it&lt;/a&gt;&lt;/p&gt;</description></item>"
        )
        let document = try #require(try await fetch().delivered["posts/1.md"])
        let converted = try #require(try HTMLConverter().convert(document, limits: Limits()))
        let text = String(decoding: converted.bytes, as: UTF8.self)
        #expect(text.hasPrefix("---\ntitle: \"T & U\"\n") && text.contains("author: \"Ada\"\n"))
        #expect(
            text.contains("published: \"2003-06-10T04:00:00Z\"\n") && text.contains("url: \"\(site.origin)/posts/1\"\n")
        )
        #expect(text.contains("[it](\(site.origin)/posts/2)"))
    }

    @Test func isFoundInAPage() async throws {
        site["/"] = .html(
            "hello",
            head: "<link rel=alternate type=application/rss+xml href=/comments/feed>"
                + "<link rel=alternate type=application/rss+xml href=/real.xml>")
        site["/real.xml"] = feed(item(1, "one"))
        let first = try await fetch("/")
        #expect(first.paths == ["1.md"])
        let count = site.server.requests.count
        #expect(try await fetch("/", [:], first.validators).kept == first.validators)
        #expect(site.server.requests[count...].map(\.target) == ["/real.xml"])
        site["/plain"] = .html("no feed")
        let error = await #expect(throws: FetchError.self) { try await fetch("/plain") }
        #expect(error?.cause == "no_feed")
    }

    @Test func readsThePagesOfEntriesWhenAsked() async throws {
        site["/feed.xml"] = feed(item(1, "short"), item(2, "short"), item(3, "short"))
        site["/1"] = .html("<p>all of it</p>")
        site["/3"] = .init("", status: 500)
        let record = try await fetch("/feed.xml", ["full": "true"])
        #expect(record.texts["1.md"]?.contains("all of it") == true)
        // Gone: the summary has to do. Failing: the next time.
        #expect(record.texts["2.md"]?.contains("short") == true && record.delivered["3.md"] == nil)
        #expect(record.warnings(about: "3.md").map(\.isUnchecked) == [true])
        site["/3"] = .html("<p>there now</p>")
        let second = try await fetch("/feed.xml", ["full": "true"], record.validators)
        #expect(Array(second.delivered.keys) == ["3.md"])
        #expect(second.kept.keys.sorted() == ["1.md", "2.md"])
    }

    @Test(
        arguments: [
            ("https://a.example/feed.xml", "a.example"), ("https://a.example/blog/atom.xml", "a.example-blog"),
            ("https://a.example/x.rss", "a.example"), ("https://a.example/feed", nil), ("https://a.example/", nil),
        ] as [(String, String?)])
    func recognises(_ text: String, _ name: String?) async throws {
        let source = try await kit.feed.recognise(text, in: SourceContext(workingDirectory: "/", homeDirectory: nil))
        #expect(source?.suggestedName == name)
    }
}
