// SPDX-License-Identifier: Apache-2.0

import OVIngest
import OVTestTraits
import Testing

/// Footnotes, boxes, formulas and late images as Markdown.
@Suite(.inTurn) struct MarkdownNoteTests {
    @Test(arguments: [
        (
            "<p>a<sup><a href=#n>1</a></sup> b<ol><li id=n>c <a href=#r>↩</a></ol>", "a[^1] b\n\n[^1]: c"
        ),
        (
            "<p>a<a href=#n><sup>x</sup></a><a class=footnote-ref href=#m>y</a><div id=m><p>d<p>e</div><p id=n>c",
            "a[^1][^2]\n\n[^2]: d\n\n    e\n\n[^1]: c"
        ),
        ("<p>a<sup><a href=#n>1</a></sup> <sup><a href=#n>1</a></sup><p><a id=n></a>c", "a[^1] [^1]\n\n[^1]: c"),
        ("<p>a<sup><a href=#n>1</a></sup>", "a[1](#n)"), ("<p>a<a href=#n>1</a><p id=n>c", "a[1](#n)\n\nc"),
        ("<p id=n>a<sup><a href=#n>1</a></sup>", "a[1](#n)"),
        ("<p>a<sup><a href=#n>1</a></sup><nav><p id=n>c</nav>", "a[1](#n)"),
    ])
    func writesFootnotes(_ page: String, _ markdown: String) throws {
        #expect(try HTMLPages.markdown(page) == markdown)
    }

    @Test(arguments: [
        (
            "<div class='admonition note'><p class=admonition-title>Note<p>a<ul><li>b</ul></div>c",
            "> **Note**\n>\n> a\n>\n> - b\n\nc"
        ),
        (
            "<div class='theme-admonition x'><div class=admonitionHeading_x>tip</div><div class=admonitionContent_x><p>a",
            "> **tip**\n>\n> a"
        ),
        ("<div class=my-admonition-list>a</div>", "a"),
        ("<table><tr><th>a<td><div class=admonition>b", "| a | b |\n| --- | --- |"),
    ])
    func writesBoxesAsQuotes(_ page: String, _ markdown: String) throws {
        #expect(try HTMLPages.markdown(page) == markdown)
    }

    @Test(arguments: [
        ("<p>a <span class='math notranslate'>\\(x_1\\)</span> b", "a $x_1$ b"),
        ("<div class=arithmatex>\\[ y \\]</div>", "$$\ny\n$$"), ("<span class=math>x</span>", "x"),
        ("<img src=wait.gif data-srcset='b.jpg 2x, c.jpg'>", "![](b.jpg)"),
        ("<p>a <a href=#a>¶</a>b", "a b"), ("<h2>a longer title <button>Copy</button></h2>", "## a longer title"),
    ])
    func writesFormulasAndImages(_ page: String, _ markdown: String) throws {
        #expect(try HTMLPages.markdown(page) == markdown)
    }

    private static let filler = "<title>x</title><script>'<body>" + String(repeating: "x", count: 2000) + "'</script>"

    @Test(arguments: [
        filler + "<meta charset=koi8-r>", "<meta charset=wrong><meta charset=koi8-r>",
        "<meta http-equiv=Content-Type content='text/html; charset=wrong'>" + filler + "<meta charset=koi8-r>",
    ])
    func findsACharsetThatIsSaidLate(_ head: String) throws {
        let converted = try HTMLPages.convert(Array("<head>\(head)</head><p>".utf8) + [0xC1, 0xC2, 0xD7])
        #expect(converted.map { String(decoding: $0.bytes, as: UTF8.self).hasSuffix("абв\n") } == true)
    }

    @Test(arguments: ["<body>" + filler + "<meta charset=koi8-r>", "<meta charset=utf-16>"])
    func overlooksACharsetThatCannotBe(_ head: String) throws {
        let converted = try HTMLPages.convert(Array("<head>\(head)<p>é".utf8))
        #expect(converted.map { String(decoding: $0.bytes, as: UTF8.self).hasSuffix("é\n") } == true)
    }
}
