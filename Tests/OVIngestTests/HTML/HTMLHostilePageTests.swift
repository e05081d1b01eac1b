// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestTraits
import Testing

/// Pages that nobody writes to be read.
@Suite(.inTurn) struct HTMLHostilePageTests {
    private func page(_ piece: String, _ count: Int, then end: String = "") -> [UInt8] {
        Array(repeatElement(Array(piece.utf8), count: count).joined()) + Array(end.utf8)
    }

    private func text(_ bytes: [UInt8]) throws -> String {
        var limits = Limits()
        limits.documentBytes = 1 << 30
        return String(decoding: try #require(try HTMLPages.convert(bytes, limits: limits)).bytes, as: UTF8.self)
    }

    @Test(arguments: [
        "div", "span", "b", "x-y", "blockquote", "ul", "table", "svg", "math", "dl", "a", "section", "font",
    ])
    func tagsNestedWithoutEndHoldTheirText(_ name: String) throws {
        let text = try text(page("<\(name)>", name == "div" ? 1_000_000 : 50_000, then: "text"))
        // What is within SVG is a picture.
        #expect(text.contains("text") != (name == "svg"))
        #expect(text.utf8.count < 100)
    }

    @Test func whatComesAfterDeepNestingIsWhereItShouldBe() throws {
        let deep = page("<div>", 100_000) + Array("a".utf8) + page("</div>", 100_000) + Array("<h2>b</h2>".utf8)
        #expect(try text(deep) == "a\n\n## b\n")
    }

    @Test(arguments: [
        "<ul><li>x", "<blockquote>x", "<ol><li><p>x<dl><dd>", "<table><tr><td>x", "<b><i><p>x</b>", "<details>x",
    ])
    func nestingDoesNotMakeThePageMuchLonger(_ piece: String) throws {
        let page = page(piece, 5_000)
        let text = try text(page)
        #expect(text.utf8.count { $0 == UInt8(ascii: "x") } == 5_000)
        #expect(text.utf8.count < 10 * page.count)
    }

    @Test func cellsOverManyOthersDoNotMakeTheTableMuchLonger() throws {
        let row = "<tr>" + String(repeating: "<td rowspan=1000 colspan=1000>x", count: 20)
        let page = page(row, 500)
        let text = try text(page)
        #expect(text.utf8.count { $0 == UInt8(ascii: "x") } == 10_000)
        #expect(text.utf8.count < 2 * page.count)
    }

    @Test func anAttributeOfTenMegabytesIsOne() throws {
        let long = String(repeating: "x", count: 10 << 20)
        #expect(
            try text(Array("<p title='\(long)'>a</p><a href=\(long)>b</a><img alt=c src='\(long)'>".utf8))
                == "a\n\nbc\n")
    }

    @Test(arguments: [
        ("<p>a<p", "a\n"), ("<p>a<!--b", "a\n"), ("a<script>b", "a\n"), ("a<b>b<i>c", "a**b*c***\n"),
        ("<table><tr><td>a", "a\n"), ("<title>a", "---\ntitle: \"a\"\n---\n\n# a\n"), ("a<textarea>b", "a\n"),
        ("<a href='", ""),
        ("</p></div></b></table></a>a", "a\n"), ("a</body></html>b", "ab\n"), ("<select><p>a", ""),
        ("<pre>a", "```\na\n```\n"),
        ("<ul><li>a<table><td>b<ul><li>c", "- a\n\n  b\n\n  - c\n"), ("<svg>a<p>b", "b\n"), ("<math><p>b", "b\n"),
    ])
    func whatIsNotClosedEndsWithThePage(_ page: String, _ markdown: String) throws {
        #expect(try text(Array(page.utf8)) == markdown)
    }

    @Test func zerosAndBadBytesAreOverlooked() throws {
        #expect(try text(Array("<p>\0a</p>\(String(repeating: "words ", count: 50))".utf8)).hasPrefix("a\n\nwords"))
        let bad = try #require(try HTMLPages.convert([0x61, 0xFF, 0x62, 0xC3], charset: "utf-8"))
        #expect(bad.bytes == Array("a\u{FFFD}b\u{FFFD}\n".utf8))
        #expect(try text(Array("&#xD800;&#xDFFF;&#55357;a".utf8)) == "\u{FFFD}\u{FFFD}\u{FFFD}a\n")
    }

    @Test func whatIsNoTextIsLeftToOthers() throws {
        #expect(try HTMLPages.convert((0..<4096).map { UInt8(truncatingIfNeeded: $0) }) == nil)
    }

    @Test(arguments: 0..<100) func rubbishBecomesMarkdown(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let names = [
            "p", "b", "i", "a href=x", "table", "tr", "td", "th", "ul", "ol", "li", "pre", "code", "svg", "math", "h1",
            "div", "dl", "dt", "dd", "select", "option", "button", "br", "img src=y", "blockquote", "template",
            "noscript", "title", "script", "sup", "caption", "nav", "main", "body", "head", "html", "ruby", "rt", "q",
        ]
        var page = ""
        for _ in 0..<400 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: page += "<\(random.pick(names))>"
            case 1: page += "</\(random.pick(names))>"
            case 2:
                page += random.pick([
                    "a", " ", "*", "_", "`", "[", "]", "\n", "|", "&amp;", "1. ", "# ", "\\", "~~", "é", "<", "](",
                ])
            default: page += "word "
            }
        }
        let first = try HTMLPages.convert(Array(page.utf8))
        #expect(try HTMLPages.convert(Array(page.utf8))?.bytes == first?.bytes)
        #expect(String(validating: first?.bytes ?? [], as: UTF8.self) != nil)
    }
}
