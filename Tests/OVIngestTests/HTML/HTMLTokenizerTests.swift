// SPDX-License-Identifier: Apache-2.0

import OVIngest
import OVTestTraits
import Testing

@Suite(.inTurn) struct HTMLTokenizerTests {
    /// Tokens in a short spelling: `text`, `<a x=1>`, `</a>`, `<!--c-->`, one a line.
    private func tokens(_ page: [UInt8], _ state: HTMLTokenizer.State = .data, last: String = "") -> String {
        var tokenizer = HTMLTokenizer(page, state: state, lastStartTag: last)
        var lines: [String] = []
        var isText = false
        while let token = tokenizer.next() {
            var line = ""
            switch token {
            case .text(let bytes):
                let text = String(decoding: bytes, as: UTF8.self)
                if isText { lines[lines.count - 1] += text } else { lines.append(text) }
                isText = true
                continue
            case .startTag(let tag):
                let attributes = tag.attributes.map { " \($0.name)=\(String(decoding: $0.value, as: UTF8.self))" }
                line = "<\(tag.name)\(attributes.joined())\(tag.isSelfClosing ? "/" : "")>"
            case .endTag(let tag): line = "</\(tag.name)>"
            case .comment(let bytes): line = "<!--\(String(decoding: bytes, as: UTF8.self))-->"
            case .doctype(let doctype):
                let ids = [doctype.name, doctype.publicID, doctype.systemID].map { $0 ?? "-" }.joined(separator: " ")
                line = "<!\(ids)\(doctype.forcesQuirks ? " quirks" : "")>"
            }
            isText = false
            lines.append(line)
        }
        return lines.joined(separator: "\n")
    }

    @Test(arguments: [
        ("a<B C=d E='f' g>h</B >", "a\n<b c=d e=f g=>\nh\n</b>"), ("<br/>", "<br/>"), ("<a/b>", "<a b=>"),
        ("<a x=1 X=2>", "<a x=1>"), ("<a =b=c>", "<a =b=c>"), ("<a x=\"1\"y='2'>", "<a x=1 y=2>"), ("<a x=>", "<a x=>"),
        ("<a href=/b/>", "<a href=/b/>"), ("< a", "< a"), ("<", "<"), ("</", "</"), ("<a", ""), ("<a x='", ""),
        ("a</>b", "ab"), ("</ x>", "<!-- x-->"), ("<?xml a?>b", "<!--?xml a?-->\nb"), ("<!x>", "<!--x-->"),
        ("<!>", "<!---->"), ("a\r\nb\rc", "a\nb\nc"), ("\0", "\0"), ("<a\0 \0=\0>", "<a\u{FFFD} \u{FFFD}=\u{FFFD}>"),
    ])
    func readsTags(_ page: String, _ expected: String) { #expect(tokens(Array(page.utf8)) == expected) }

    @Test(arguments: [
        ("<!--a-->b", "<!--a-->\nb"), ("<!-->b", "<!---->\nb"), ("<!--->b", "<!---->\nb"), ("<!---->b", "<!---->\nb"),
        ("<!--a--!>b", "<!--a-->\nb"), ("<!--a-- >-->", "<!--a-- >-->"), ("<!--a--->", "<!--a--->"),
        ("<!--a", "<!--a-->"), ("<!--a--", "<!--a-->"), ("<!--a--!", "<!--a-->"), ("<!--a---", "<!--a--->"),
        ("<!--<!-->x", "<!--<!-->\nx"), ("<!-a>", "<!---a-->"), ("<![CDATA[a]]>", "<!--[CDATA[a]]-->"),
    ])
    func readsComments(_ page: String, _ expected: String) { #expect(tokens(Array(page.utf8)) == expected) }

    @Test(arguments: [
        ("<!DOCTYPE html>", "<!html - ->"), ("<!doctypeHTML>", "<!html - ->"), ("<!DOCTYPE>", "<!- - - quirks>"),
        ("<!DOCTYPE a PUBLIC \"b\" 'c'>", "<!a b c>"), ("<!DOCTYPE a PUBLIC \"b\">", "<!a b ->"),
        ("<!DOCTYPE a SYSTEM 'c'>", "<!a - c>"), ("<!DOCTYPE a SYSTEM>", "<!a - - quirks>"),
        ("<!DOCTYPE a PUBLIC b>", "<!a - - quirks>"), ("<!DOCTYPE a PUBLIC \"b>c", "<!a b - quirks>\nc"),
        ("<!DOCTYPE a SYSTEM 'c' d>e", "<!a - c>\ne"), ("<!DOCTYPE a b>", "<!a - - quirks>"),
        ("<!DOCTYPE a", "<!a - - quirks>"), ("<!DOCTYPE a PUBLIC 'b' 'c'", "<!a b c quirks>"),
    ])
    func readsTheDoctype(_ page: String, _ expected: String) { #expect(tokens(Array(page.utf8)) == expected) }

    @Test(arguments: [
        ("&amp;&lt;&copy;&copy &notin;&notit;", "&<©© ∉¬it;"), ("&CounterClockwiseContourIntegral;", "∳"),
        ("&nGt;", "≫⃒"), ("&#65;&#x42;&#X43&#x;&#;&#a", "ABC&#x;&#;&#a"), ("&#128;&#150;", "€–"),
        ("&#0;&#xD800;&#x110000;&#99999999999999999999;", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
        ("&unknown;&;& &&amp", "&unknown;&;& &&"), ("<a x='&copy=1&copyx&copy;&amp'>", "<a x=&copy=1&copyx©&>"),
        ("<a x=&lt;>", "<a x=<>"),
    ])
    func decodesReferences(_ page: String, _ expected: String) { #expect(tokens(Array(page.utf8)) == expected) }

    @Test(
        arguments: [
            (.rcdata, "title", "a&amp;<b></Title x>c", "a&<b>\n</title>\nc"),
            (.rcdata, "title", "</titles></title", "</titles></title"),
            (.rawText, "style", "a&amp;\0", "a&amp;\u{FFFD}"),
            (.rawText, "style", "</style/>a", "</style>\na"),
            (.plainText, "", "<a>&amp;</plaintext>", "<a>&amp;</plaintext>"),
            (.cdata, "", "<a>]]]><b>", "<a>]\n<b>"), (.rawText, "", "</>", "</>"),
            (.scriptData, "script", "<!--<script></script>--></script>a", "<!--<script></script>-->\n</script>\na"),
            (.scriptData, "script", "<!--</script>a", "<!--\n</script>\na"),
            (.scriptData, "script", "<!--<script>--></script>a", "<!--<script>-->\n</script>\na"),
            (.scriptData, "script", "<!--<scripty></script>a", "<!--<scripty>\n</script>\na"),
            (.scriptData, "script", "<!--><script></script>a", "<!--><script>\n</script>\na"),
        ] as [(HTMLTokenizer.State, String, String, String)])
    func readsRawText(_ state: HTMLTokenizer.State, _ last: String, _ page: String, _ expected: String) {
        #expect(tokens(Array(page.utf8), state, last: last) == expected)
    }

    @Test func readsCDATAOnlyWhereItIsAllowed() {
        var tokenizer = HTMLTokenizer(Array("<![CDATA[a<b>]]>".utf8))
        tokenizer.allowsCDATA = true
        #expect(tokenizer.next() == .text(Array("a<b>".utf8)[...]))
        #expect(tokenizer.next() == nil)
    }

    @Test(arguments: ["<", "&", "&a", "&#", "<!--", "<a ", "</", "<!DOCTYPE a PUBLIC '"])
    func readsTheSameThingOverAndOver(_ piece: String) {
        let page = Array(repeatElement(Array(piece.utf8), count: 500_000).joined())
        var tokenizer = HTMLTokenizer(page)
        var (texts, others) = (0, 0)
        while let token = tokenizer.next() {
            if case .text(let bytes) = token { texts += bytes.count } else { others += 1 }
        }
        #expect(texts == (["<", "&", "&a", "&#"].contains(piece) ? page.count : 0))
        #expect(others <= 1)
    }

    @Test func keepsAThousandAttributesOfATag() {
        let page = "<a " + (0..<100_000).map { "x\($0)=\($0) x\($0)=again" }.joined(separator: " ") + ">"
        var tokenizer = HTMLTokenizer(Array(page.utf8))
        guard case .startTag(let tag)? = tokenizer.next() else {
            Issue.record("no tag")
            return
        }
        #expect(tag.attributes.map(\.name) == (0..<1024).map { "x\($0)" })
        #expect(tag.attributes.last?.value.elementsEqual("1023".utf8) == true)
    }

    @Test(arguments: 0..<50) func readsRubbishToItsEnd(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let alphabet = Array("<>/!-=\"'&;#xa \0\r\n[]CDATAscriptdoctype".utf8) + [0x80, 0xC3, 0xFF]
        let page = (0..<2000).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
        for state in [.data, .rcdata, .rawText, .scriptData, .plainText, .cdata] as [HTMLTokenizer.State] {
            var tokenizer = HTMLTokenizer(page, state: state, lastStartTag: "a")
            var count = 0
            while tokenizer.next() != nil { count += 1 }
            #expect(count <= page.count && tokenizer.next() == nil)
        }
    }
}
