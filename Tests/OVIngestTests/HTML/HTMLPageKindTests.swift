// SPDX-License-Identifier: Apache-2.0

import OVIngest
import OVTestTraits
import Testing

/// What is kept of pages of several kinds: each word of the content is KEEP and a number, JUNK is not to be there.
@Suite(.inTurn) struct HTMLPageKindTests {
    private static let sentence = "The lathe turns slowly, the chips fall to the floor, and nobody says a word. "

    private static func paragraph(_ mark: String, _ sentences: Int = 3) -> String {
        "<p>\(mark) " + String(repeating: sentence, count: sentences) + "</p>"
    }

    private static func each(_ count: Int, _ piece: (Int) -> String) -> String { (1...count).map(piece).joined() }

    private static let menu = "<div class='top-nav menu'><a href=/>JUNK</a> <a href=/b>JUNK</a></div>"
    private static let article = each(4) { paragraph("KEEP\($0)", 5) }

    private static let pages: [(String, String)] = [
        (
            "an article among boxes",
            menu + "<div class=story><div class=body>\(article)</div></div>"
                + "<div class=sidebar>\(paragraph("JUNK"))</div><div class='related-links'><a href=x>JUNK</a></div>"
                + "<div class='newsletter-signup'>\(paragraph("JUNK", 1))</div><div class='cookie-banner'>JUNK</div>"
        ),
        (
            "an article with boxes in it",
            "<main><article>\(article)<div class='social-share'><a href=x>JUNK</a></div>"
                + "<div class='author-bio byline'>JUNK</div><ul class=related><li><a href=x>JUNK</a></ul>"
                + "<aside>JUNK</aside><footer>JUNK</footer></article></main>"
        ),
        (
            "an article with many comments",
            "<article>\(article)</article><div id=comments>"
                + each(20) { _ in "<div class=comment>\(paragraph("JUNK", 6))</div>" } + "</div>"
        ),
        (
            "a lead in a box of its own",
            "<div class=page><div class=perex>KEEP0 \(sentence)\(sentence)</div><div class=text>\(article)</div></div>"
        ),
        (
            "paragraphs that are line breaks",
            menu + "<div class=post>" + each(9) { "KEEP\($0) \(sentence)\(sentence)<br><br>" } + "</div>"
        ),
        (
            "a thread",
            "<header><a href=/>JUNK</a></header><h1>KEEP0</h1>"
                + each(8) {
                    "<div class=comment><a class=author href=u>KEEP9</a>\(paragraph("KEEP\($0)", 1 + $0 % 3))</div>"
                }
        ),
        (
            "a forum",
            menu + "<div id=page-body>"
                + each(6) {
                    "<div class='post bg\($0 % 2)'><div class=content>\(paragraph("KEEP\($0)", 1 + $0 % 4))</div></div>"
                }
                + "</div>"
        ),
        (
            "questions and answers",
            "<div id=content><div class=question>\(paragraph("KEEP1"))</div><div id=answers>"
                + each(4) {
                    "<div class=answer>\(paragraph("KEEP\($0 + 1)", 1 + $0))<pre><code>KEEP</code></pre></div>"
                }
                + "</div></div><div id=sidebar><a href=x>JUNK</a></div>"
        ),
        ("a list of links", menu + "<ul>" + each(30) { "<li><a href=p\($0)>KEEP\($0) entry</a></li>" } + "</ul>"),
        (
            "a list of teasers",
            menu + "<div id=content>"
                + each(8) { "<div class=teaser><h2><a href=p>KEEP\($0) news</a></h2><p>\(sentence)</p></div>" }
                + "</div>"
        ),
        (
            "a product",
            "<main><h1>KEEP1</h1><div class=price>KEEP2 39 €</div>\(paragraph("KEEP3"))"
                + "<table><tr><th>KEEP4<td>2 kg</table><ul class=features><li>KEEP5</ul></main>"
        ),
        (
            "a reference with lists of links",
            "<meta name=generator content='Sphinx 8'><div class=sphinxsidebar><a href=x>JUNK</a></div>"
                + "<div role=main><h1>KEEP0</h1>\(article)<div class=toctree-wrapper><ul>"
                + each(9) { "<li><a href=c\($0)>KEEP\($0 + 4) chapter</a></li>" } + "</ul></div></div>"
        ),
        (
            "sections of a text",
            "<main>" + each(5) { "<section><h2>KEEP\($0)</h2>\(paragraph("KEEP\($0 + 5)", $0 * 2))</section>" }
                + "</main>"
        ),
        ("a short page", menu + "<div class=page><h1>KEEP1</h1><p>KEEP2 Closed on Sunday.</p></div>"),
    ]

    @Test(arguments: pages) func keepsTheContent(_ kind: String, _ page: String) throws {
        let markdown = try HTMLPages.markdown("<title>x</title>" + page)
        #expect(!markdown.contains("JUNK"))
        let marks = Set(page.matches(of: /KEEP\d+/).map { String($0.output) })
        for mark in marks { #expect(markdown.contains(mark), "\(mark) of \(kind)") }
    }

    @Test func takesTheTextFromWhereThePageHasIt() throws {
        let text = String(repeating: Self.sentence, count: 10)
        let json = "{\"@type\":\"NewsArticle\",\"articleBody\":\"KEEP1 \(text)\\n\\nKEEP2 &amp; * \(text)\"}"
        let page = "<script type=application/ld+json>\(json)</script><p>Subscribe to read on."
        let markdown = try HTMLPages.markdown(page)
        #expect(markdown.hasPrefix("KEEP1 The lathe") && markdown.contains("\n\nKEEP2 & * The"))
        #expect(!markdown.contains("Subscribe"))
    }
}
