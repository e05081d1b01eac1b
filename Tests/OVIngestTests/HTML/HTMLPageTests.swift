// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestTraits
import Testing

/// What pages say of themselves, where their links lead, and what they are written in.
@Suite(.inTurn) struct HTMLPageTests {
    private func frontMatter(_ head: String, at location: String? = nil) throws -> String {
        let markdown = try HTMLPages.markdown("<head>\(head)<body>x", at: location)
        return markdown.hasPrefix("---\n") ? String(markdown.dropFirst(4).dropLast("---\n\nx".count)) : markdown
    }

    @Test(arguments: [
        ("<title>A &amp; B</title>", "title: \"A & B\"\n"),
        ("<title>\n a \"b\" \\ c: #d\n</title>", "title: \"a \\\"b\\\" \\\\ c: #d\"\n"),
        ("<title></title>", "x"), ("<meta name=description content=a>", "x"),
        ("<title>a</title><title>b</title>", "title: \"a\"\n"),
        (
            "<title>a</title><meta name=Description content=' b '><meta name=author content=c>",
            "title: \"a\"\ndescription: \"b\"\nauthor: \"c\"\n"
        ),
        ("<title>T - S</title><meta property=og:site_name content=S>", "title: \"T\"\n"),
        ("<title>T - S</title>", "title: \"T - S\"\n"),
        ("<title>T | S</title><meta property=og:title content=O>", "title: \"O\"\n"),
        ("<meta property=dc:title content=O><meta content=c name=dc.creator>", "title: \"O\"\nauthor: \"c\"\n"),
        (
            "<title>a</title><meta property=article:published_time content=2024-01-02T03:04:05Z>"
                + "<meta property=article:modified_time content=2024-02-03>",
            "title: \"a\"\npublished: \"2024-01-02T03:04:05Z\"\nmodified: \"2024-02-03\"\n"
        ),
        (
            "<title>a</title><link rel=canonical href=https://a.example/b?c#d>",
            "title: \"a\"\nurl: \"https://a.example/b?c#d\"\n"
        ),
        ("<title>a\u{85}b\u{2028}c</title>", "title: \"a b c\"\n"), ("<svg><title>a</title></svg>", "x"),
        (
            "<title>a</title><script type=application/ld+json>{\"@graph\":[{\"@type\":\"NewsArticle\",\"author\":"
                + "[{\"name\":\"N\"},{\"name\":\"M &amp; O\"}],\"datePublished\":\"2024-01-02\"}]}</script>",
            "title: \"a\"\nauthor: \"N, M & O\"\npublished: \"2024-01-02\"\n"
        ),
        ("<title>a</title><script type=application/ld+json>{\"@type\":[[</script>", "title: \"a\"\n"),
        ("<title>a</title><meta http-equiv=content-language content=de>", "title: \"a\"\nlanguage: \"de\"\n"),
        ("<title>a</title><meta http-equiv=content-language content='de, fr'>", "title: \"a\"\n"),
    ])
    func says(_ head: String, _ expected: String) throws { #expect(try frontMatter(head) == expected) }

    @Test func givesWhereItIsFrom() throws {
        let expected = "title: \"a\"\nurl: \"https://a.example/b\"\n"
        #expect(try frontMatter("<title>a</title>", at: "https://a.example/b#c") == expected)
    }

    @Test func keepsATitleShortEnoughForWhoReadsIt() throws {
        let title = String(repeating: "ä\"", count: 100_000)
        let lines = try frontMatter("<title>\(title)</title>").utf8.split(separator: 10)
        #expect(lines.count == 1 && lines[0].count < 4000)
    }

    @Test func aPageWithATitleOnlyIsItsTitle() throws {
        #expect(
            try HTMLPages.markdown("<title>a *b* c*</title>") == "---\ntitle: \"a *b* c*\"\n---\n\n# a \\*b\\* c\\*")
    }

    @Test func aPageWithNothingIsEmpty() throws { #expect(try HTMLPages.convert([])?.bytes == []) }

    @Test(arguments: [
        ("<a href=b>x</a>", "[x](https://a.example/d/b)"), ("<a href='/b c'>x</a>", "[x](https://a.example/b%20c)"),
        ("<a href=//b.example>x</a>", "[x](https://b.example/)"), ("<a href=#b>x</a>", "[x](#b)"),
        ("<a href=?b>x</a>", "[x](https://a.example/d/e?b)"), ("<a href=mailto:a@b>x</a>", "[x](mailto:a@b)"),
        ("<a href='java\nscript:x'>x</a>", "x"), ("<a href=' JavaScript:x'>x</a>", "x"), ("<a href=data:,x>x</a>", "x"),
        ("<a href=''>x</a>", "x"), ("<a name=b>x</a>", "x"), ("<a href='b(c)'>x</a>", "[x](https://a.example/d/b(c))"),
        ("<a href='b)'>x</a>", "[x](https://a.example/d/b%29)"),
        ("<a href=https://b.example/>https://b.example/</a>", "<https://b.example/>"),
        ("<a href=b>[x]</a>", "[\\[x\\]](https://a.example/d/b)"),
        ("<a href=b> x </a>y", "[x](https://a.example/d/b) y"),
        ("<a href=b><h2>x</h2><p>y</p></a>", "## [x](https://a.example/d/b)\n\ny"),
        ("<a href=b>x<a href=c>y</a>", "[x](https://a.example/d/b)[y](https://a.example/d/c)"),
        ("<a href=b><b>x</b> y</a>", "[**x** y](https://a.example/d/b)"),
        ("<b>x <a href=b>y</a></b>", "**x [y](https://a.example/d/b)**"),
        ("<img src=b alt='x  [y]'>", "![x \\[y\\]](https://a.example/d/b)"), ("<img src=data:image/png,x alt=y>", "y"),
        ("<img src=data:x data-src=b>", "![](https://a.example/d/b)"),
        ("<img srcset='b 1x, c 2x'>", "![](https://a.example/d/b)"),
        ("<a href=b><img src=c alt=x></a>", "[![x](https://a.example/d/c)](https://a.example/d/b)"),
        ("<picture><source srcset=c><img src=b></picture>", "![](https://a.example/d/b)"),
        ("<video><source src=b></video>", "[Video](https://a.example/d/b)"),
        ("<base href=/f/><a href=b>x</a>", "[x](https://a.example/f/b)"),
        ("<base href=/f/><a href=#b>x</a>", "[x](https://a.example/f/#b)"),
        ("<base href=https://b.example/><a href=c>x</a>", "[x](https://b.example/c)"),
        ("<table><tr><th><a href='b|c'>x</a></table>", "| [x](https://a.example/d/b%7Cc) |\n| --- |"),
    ])
    func resolvesLinks(_ page: String, _ markdown: String) throws {
        #expect(try HTMLPages.markdown(page, at: "https://a.example/d/e") == markdown)
    }

    @Test(arguments: [
        ("<a href=b>x</a>", "[x](b)"), ("<a href=/b><img src=../c></a>", "[![](../c)](/b)"),
        ("<a href=HTTP://A.example>x</a>", "[x](http://a.example/)"),
        ("<base href=b/><a href=c>x</a>", "[x](c)"),
        ("<base href=https://a.example/b/><a href=c>x</a>", "[x](https://a.example/b/c)"),
    ])
    func leavesLinksOfAPageFromNowhereAsTheyAre(_ page: String, _ markdown: String) throws {
        #expect(try HTMLPages.markdown(page) == markdown)
    }

    // MARK: Charsets

    @Test(
        arguments: [
            ("<meta charset=windows-1251>", [0xCF], nil, "П"), ("<meta charset=windows-1251>", [0xCF], "koi8-r", "о"),
            ("<meta http-equiv=Content-Type content='text/html; charset = koi8-r'>", [0xCF], nil, "о"),
            ("<!-- <meta charset=koi8-r> --><meta charset=windows-1251>", [0xCF], nil, "П"),
            ("<script charset=koi8-r></script><meta charset=windows-1251>", [0xCF], nil, "П"),
            ("<meta charset=klingon>", [0xCF], nil, "Ï"), ("", [0xCF], "klingon", "Ï"), ("", [0x80], nil, "€"),
            ("<meta charset=koi8-r>", [0xC3, 0xA9], nil, "é"), ("<meta charset=utf-16>", [0xC3, 0xA9], nil, "é"),
            ("<meta charset=shift_jis>", [0x93, 0xFA], nil, "日"), ("", [0xC3, 0xA9], nil, "é"),
            (String(repeating: " ", count: 1024) + "<meta charset=koi8-r>", [0xCF], nil, "о"),
        ] as [(String, [UInt8], String?, String)])
    func readsItsCharset(_ head: String, _ text: [UInt8], _ declared: String?, _ expected: String) throws {
        let converted = try HTMLPages.convert(Array(head.utf8) + Array("<p>".utf8) + text, charset: declared)
        #expect(converted.map { String(decoding: $0.bytes, as: UTF8.self) } == expected + "\n")
    }

    @Test func aByteOrderMarkDecides() throws {
        let converted = try HTMLPages.convert(
            [0xFF, 0xFE] + "<p>é".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }, charset: "koi8-r")
        #expect(converted?.bytes == Array("é\n".utf8))
    }

    @Test func saysWhatItGuessed() throws {
        #expect(try HTMLPages.convert([0x61, 0xE9])?.remark == .guessed(charset: "windows-1252"))
        #expect(try HTMLPages.convert([0x61, 0xFF], charset: "utf-8")?.remark == .replaced(count: 1, charset: "UTF-8"))
    }

    // MARK: The converter

    @Test func makesMarkdownOfHTMLOnly() throws {
        let page = Array("<p>a".utf8)
        for type in ["text/html; charset=utf-8", "application/xhtml+xml"] {
            let converted = try #require(try HTMLPages.convert(page, type: type))
            #expect(converted.mediaType == "text/markdown")
            #expect(converted.path == "page" && converted.validator == Validator("v") && converted.remark == nil)
        }
        for type in ["text/plain", "application/xml", "image/svg+xml", nil] {
            #expect(try HTMLPages.convert(page, type: type) == nil)
        }
    }

    @Test func readsXHTMLAsXML() throws {
        let page =
            "<?xml version='1.0'?><html><head><script src='a'/><title>t</title></head><body><p><b/>a<![CDATA[<b>]]></p></body></html>"
        let converted = try HTMLPages.convert(Array(page.utf8), type: "application/xhtml+xml")
        #expect(converted.map { String(decoding: $0.bytes, as: UTF8.self) } == "---\ntitle: \"t\"\n---\n\na\\<b>\n")
    }

    @Test func keepsToTheLimitOnADocument() throws {
        var limits = Limits()
        limits.documentBytes = 1000
        #expect(try HTMLPages.convert(Array(repeating: 0x61, count: 900), limits: limits) != nil)
        let list = "<ul><li>a".utf8
        #expect(throws: ConversionError.self) {
            try HTMLPages.convert(Array(repeatElement(list, count: 100).joined()), limits: limits)
        }
    }

    @Test func givesTheSameBytesForTheSamePage() throws {
        let page = Array(
            "<title>a</title><meta name=author content=b><ul><li><b>c</b> <a href=d>e</a><table><tr><th>f".utf8)
        let first = try HTMLPages.convert(page)?.bytes
        for _ in 0..<5 { #expect(try HTMLPages.convert(page)?.bytes == first) }
    }
}
