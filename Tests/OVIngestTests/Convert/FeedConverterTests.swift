// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestTraits
import Testing

@testable import OVIngest

/// Feeds and other XML that are one document.
@Suite(.inTurn) struct FeedConverterTests {
    private func convert(
        _ converter: any Converter, _ text: String, _ name: String = "feed.xml", at location: String? = nil
    ) async throws -> String? {
        let document = FetchedDocument(
            path: name, bytes: Array(text.utf8), name: name, location: try location.map { try WebURL(parsing: $0) },
            validator: nil)
        let converted = try await converter.convert(document, limits: Limits())
        return converted.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    private static let rss = """
        <?xml version="1.0"?><rss version="2.0"><channel><title>News &amp; more</title><link>/home</link>
        <description>All of it</description><image><title>Logo</title><link>/logo</link></image>
        <item><title>One *star* # </title><link>http://example.org/1</link><author>a@example.org (A)</author>
        <pubDate>Tue, 03 Jun 2003 09:39:21 GMT</pubDate>
        <description>&lt;h1&gt;Big&lt;/h1&gt;&lt;p&gt;Text, &lt;a href="x"&gt;a link&lt;/a&gt;.&lt;/p&gt;&lt;h2&gt;Less&lt;/h2&gt;
        &lt;pre&gt;# code&lt;/pre&gt;</description></item>
        <item><guid isPermaLink="false">x-2</guid><description>plain</description></item></channel></rss>
        """

    @Test func `a feed is a section for each entry`() async throws {
        let markdown = try await convert(FeedConverter(), Self.rss, at: "http://site.example/a/feed.xml")
        #expect(
            markdown == """
                ---
                title: "News & more"
                description: "All of it"
                url: "http://site.example/home"
                ---

                # News & more

                ## One \\*star\\* \\#

                2003-06-03T09:39:21Z · A · <http://example.org/1>

                ### Big

                Text, [a link](http://example.org/x).

                #### Less

                ```
                # code
                ```

                ## guid:x-2

                plain

                """)
    }

    @Test func `without an address links stay as they are`() async throws {
        let markdown = try #require(
            try await convert(FeedConverter(), Self.rss.replacing("http://example.org/1", with: "/1")))
        #expect(!markdown.contains("invalid") && markdown.contains("[a link](x)"))
        #expect(markdown.contains("2003-06-03T09:39:21Z · A\n"))
    }

    @Test(arguments: [
        (
            "feed.atom",
            "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><link href='http://a/'/><entry><title>E</title><updated>2003-12-13T18:30:02Z</updated><content>x\n\ny</content></entry></feed>"
        ),
        (
            "feed.json",
            #"{"version":"https://jsonfeed.org/version/1.1","title":"T","home_page_url":"http://a/","items":[{"id":"1","title":"E","date_published":"2003-12-13T18:30:02Z","content_text":"x\n\ny"}]}"#
        ),
    ])
    func `Atom and JSON Feed are read as well`(name: String, text: String) async throws {
        let markdown = try await convert(FeedConverter(), text, name)
        #expect(
            markdown
                == "---\ntitle: \"T\"\nurl: \"http://a/\"\n---\n\n# T\n\n## E\n\n2003-12-13T18:30:02Z\n\nx\n\ny\n")
    }

    @Test(arguments: [
        ("a.xml", "<project><title>x</title></project>"), ("a.xml", ""), ("a.xml", "text"), ("a.json", "{\"a\":1}"),
        ("a.json", "{\"version\":\"https://jsonfeed.org/version/1\"}"), ("a.md", FeedConverterTests.rss),
        ("a.rdf", "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description/></rdf:RDF>"),
        ("a.xml", "<channel><title>BBC</title><programme>x</programme></channel>"),
        ("a.xml", "<channel><title>BBC</title><item><title>x</title></item></channel>"),
        ("a.xml", "<rss><channel><title>T</title></channel></rss>"),
        ("a.xml", "<rss><channel><title>T</title><item/><item><price>1</price></item></channel></rss>"),
        ("a.rdf", "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><item/></rdf:RDF>"),
    ])
    func `what is no feed is not taken for one`(name: String, text: String) async throws {
        #expect(try await convert(FeedConverter(), text, name) == nil)
    }

    @Test func `what is declared to be a feed needs no more than a title`() async throws {
        let text = "<channel><title>T</title></channel>"
        #expect(try await convert(FeedConverter(), text, "a.rss") == "---\ntitle: \"T\"\n---\n\n# T\n")
        let item = "<channel><item><title>I</title></item></channel>"
        #expect(try await convert(FeedConverter(), item, "a.rss")?.contains("## I") == true)
    }

    @Test(arguments: [
        "<rss><channel>" + String(repeating: "<item><title>a</title></item>", count: 50_001) + "</channel></rss>",
        "<rss><channel><item><title>a</title></item>" + String(repeating: "<a>", count: 20_000),
        "<rss><channel><item><title>a</title>" + String(repeating: "<a>", count: 20_000),
    ])
    func `a feed that is read in part stays XML`(text: String) async throws {
        #expect(try await convert(FeedConverter(), text) == nil)
    }

    @Test func `a feed that ends where no more would be read is whole`() async throws {
        let items = String(repeating: "<item><title>a</title></item>", count: 50_000)
        #expect(try await convert(FeedConverter(), "<rss><channel>\(items)</channel></rss>") != nil)
        #expect(try await convert(FeedConverter(), "<rss><channel><item><title>a</title>") != nil)
    }

    @Test func `the base of a title is not that of what follows`() async throws {
        let text = """
            <feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://a/"><title xml:base="http://b/">T</title>
            <subtitle xml:base="http://c/">S</subtitle><entry><title>E</title><link href="1"/></entry></feed>
            """
        #expect(try await convert(FeedConverter(), text, "a.atom")?.contains("<http://a/1>") == true)
    }

    @Test(arguments: [
        ("# A\n\n## B\n", 3, "### A\n\n#### B\n"), ("#### A\n# B", 3, "###### A\n### B"),
        ("## A\n\n```\n# x\n```\n\n# B\n", 2, "### A\n\n```\n# x\n```\n\n## B\n"), ("### A\n", 3, "### A\n"),
        ("#x\n", 3, "#x\n"), ("````\n```\n# x\n````\n# A\n", 2, "````\n```\n# x\n````\n## A\n"), ("", 3, ""),
        ("``` a`` ``` b\n\n# A\n", 2, "``` a`` ``` b\n\n## A\n"),
        ("~~~ a`b\n# x\n~~~\n# A\n", 2, "~~~ a`b\n# x\n~~~\n## A\n"),
        ("```~\n# x\n```\n# A\n", 2, "```~\n# x\n```\n## A\n"),
    ])
    func `headings move down together`(markdown: String, level: Int, expected: String) {
        let lowered = HeadingLevels.lowered(Array(markdown.utf8), to: level)
        #expect(String(decoding: lowered, as: UTF8.self) == expected)
    }

    // MARK: Other XML

    @Test func `XML on one line gets lines where no text is`() async throws {
        let long = String(repeating: "x", count: 1000)
        let text = "<?xml version='1.0'?><a><b c='>'/><d>\(long)<e/><f/></d><!-- n --><g><h>t</h></g><i></i></a>"
        #expect(
            try await convert(XMLConverter(), text) == """
                <?xml version='1.0'?>
                <a>
                  <b c='>'/>
                  <d>\(long)<e/><f/></d>
                  <!-- n -->
                  <g>
                    <h>t</h>
                  </g>
                  <i></i>
                </a>

                """)
    }

    @Test(arguments: [
        "<a><b></a></b>", "<a>", "<a></b>", "text", "<a/>text", "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "<a b='></a>",
        "<a><!-- </a>", "<>", "<", "<a><![CDATA[</a>", String(repeating: "<a>", count: 300),
    ])
    func `what is not understood is left alone`(text: String) async throws {
        let comment = "<!--" + String(repeating: "x", count: 1000) + "-->"
        #expect(try await convert(XMLConverter(), comment + text) == nil)
        #expect(try await convert(XMLConverter(), "<a><b/></a>") == nil)
    }

    @Test func `white space that means something stays`() async throws {
        let text = "<a><p xml:space='preserve'> <b/> </p><q/></a><!--" + String(repeating: "x", count: 1000) + "-->"
        #expect(
            try await convert(XMLConverter(), text)?.hasPrefix(
                "<a>\n  <p xml:space='preserve'> <b/> </p>\n  <q/>\n</a>\n<!--") == true)
    }

    @Test func `white space that is all the text of an element stays`() async throws {
        let comment = "<!--" + String(repeating: "x", count: 1000) + "-->"
        let text = "<a><b> </b> <c>\n</c><d><!-- n --> </d><e> <f/> </e></a>"
        #expect(
            try await convert(XMLConverter(), text + comment) == """
                <a>
                  <b> </b>
                  <c>
                </c>
                  <d><!-- n --> </d>
                  <e>
                    <f/>
                  </e>
                </a>
                \(comment)

                """)
    }

    @Test func `a document that has lines keeps them`() async throws {
        let lines = String(repeating: "    <b>x</b>\n", count: 10)
        let text = "<a>\n\(lines)    <c d='\(String(repeating: "x", count: 1500))'/><e/>\n</a>\n"
        #expect(try await convert(XMLConverter(), text) == nil)
    }
}
