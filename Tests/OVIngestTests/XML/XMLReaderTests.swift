// SPDX-License-Identifier: Apache-2.0

import OVIngest
import OVTestTraits
import Testing

@Suite(.inTurn) struct XMLReaderTests {
    @Test(arguments: [
        ("<a/>", "<a>\n</a>"), ("<a></a>", "<a>\n</a>"), ("<a x='1' y=\"2\" />", "<a x=1 y=2>\n</a>"),
        ("<?xml version='1.0'?><a>b</a>", "<a>\nb\n</a>"),
        ("<?xml version = \"1.0\" encoding='UTF-8' standalone='yes' ?>\n<a/>\n", "<a>\n</a>"),
        ("<a>b<c/>d</a>", "<a>\nb\n<c>\n</c>\nd\n</a>"), ("<a >b</a\n>", "<a>\nb\n</a>"),
        ("<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;</a>", "<a>\n<>&\"'AB\n</a>"), ("<a>&#x1F600;</a>", "<a>\n😀\n</a>"),
        ("<a x='&lt;\t&#10;\n&apos;'/>", "<a x=< \n '>\n</a>"), ("<a>b\r\nc\rd</a>", "<a>\nb\nc\nd\n</a>"),
        ("<a x='b\r\nc'/>", "<a x=b c>\n</a>"), ("<a><![CDATA[<b>&c;]]]]><![CDATA[>]]></a>", "<a>\n<b>&c;]]>\n</a>"),
        ("<a>b<!-- c -->d<?e f?>g</a>", "<a>\nbdg\n</a>"), ("<!-- a --><b/><!-- c --><?d?>", "<b>\n</b>"),
        ("<!DOCTYPE a><a/>", "<a>\n</a>"), ("<!DOCTYPE a SYSTEM \"x>y\"><a/>", "<a>\n</a>"),
        ("<!DOCTYPE a [<!ENTITY b ']>'><!-- ']> --><?c ]>?>]><a/>", "<a>\n</a>"),
        ("<é ñ='1'/>", "<é ñ=1>\n</é>"), ("<a-b.c_1/>", "<a-b.c_1>\n</a-b.c_1>"), ("<a>]]</a>", "<a>\n]]\n</a>"),
        ("<a x=''/>", "<a x=>\n</a>"), ("<a x='\">'/>", "<a x=\">>\n</a>"),
        ("<a><b/><b/></a>", "<a>\n<b>\n</b>\n<b>\n</b>\n</a>"),
        ("<a>&#0000000000000065;</a>", "<a>\nA\n</a>"),
    ])
    func readsWellFormedDocuments(_ document: String, _ expected: String) {
        #expect(xmlEvents(of: document) == expected)
        // A lenient reader sees the same in what has no mistakes.
        #expect(xmlEvents(of: document, mode: .lenient) == expected)
    }

    @Test(arguments: [
        ("", "truncated 0"), ("  \n", "truncated 3"), ("<!-- -->", "truncated 8"), ("<a>", "truncated 3"),
        ("<a", "truncated 2"), ("<a b", "truncated 4"), ("<a b='", "truncated 6"), ("<a/", "truncated 3"),
        ("<a><!-- ", "truncated 8"), ("<a><![CDATA[b]]", "truncated 15"), ("<!DOCTYPE a [", "truncated 13"),
        ("<a></a", "truncated 6"), ("<?xml version='1.0'", "truncated 19"), ("<a><!-", "truncated 6"),
        ("<a></b>", "malformed 3"), ("<a><b></a></b>", "malformed 6"), ("<a/><b/>", "malformed 4"),
        ("<a/>b", "malformed 4"), ("a<b/>", "malformed 0"), ("</a>", "malformed 0"), ("<a></a></a>", "malformed 7"),
        ("<a b=c/>", "malformed 5"), ("<a b/>", "malformed 4"), ("<a b='1'c='2'/>", "malformed 8"),
        ("<a b='1' b='2'/>", "malformed 9"), ("<a b='<'/>", "malformed 6"), ("< a/>", "malformed 1"),
        ("<1/>", "malformed 1"), ("<-a/>", "malformed 1"), ("<a b$='1'/>", "malformed 3"), ("<a>&</a>", "malformed 3"),
        ("<a>& b</a>", "malformed 3"), ("<a>&b</a>", "malformed 3"), ("<a>&#;</a>", "malformed 3"),
        ("<a>&#x;</a>", "malformed 3"), ("<a>&#0;</a>", "malformed 3"), ("<a>&#xD800;</a>", "malformed 3"),
        ("<a>&#x110000;</a>", "malformed 3"), ("<a>&#xFFFF;</a>", "malformed 3"), ("<a>&#1a;</a>", "malformed 3"),
        ("<a>]]></a>", "malformed 3"), ("<a>\u{1}</a>", "malformed 3"), ("<a>\0</a>", "malformed 3"),
        ("<a>\u{FFFE}</a>", "malformed 3"), ("<a b='\u{2}'/>", "malformed 6"), ("<!-- a -- b --><a/>", "malformed 7"),
        ("<a><?xml version='1.0'?></a>", "malformed 3"), (" <?xml version='1.0'?><a/>", "malformed 1"),
        ("<?xml encoding='UTF-8'?><a/>", "malformed 0"), ("<?XML version='1.0'?><a/>", "malformed 0"),
        ("<? a?><a/>", "malformed 0"), ("<a><!DOCTYPE a></a>", "malformed 3"), ("<a><!b></a>", "malformed 3"),
        ("<![CDATA[a]]><b/>", "malformed 0"), ("<a><!-- \u{1} --></a>", "malformed 8"), ("<a></a b>", "malformed 7"),
        ("<a>&nbsp;</a>", "undefinedEntity 3"), ("<a b='&c;'/>", "undefinedEntity 6"), ("<a>&lt</a>", "malformed 3"),
    ])
    func saysWhatIsNotWellFormed(_ document: String, _ error: String) {
        #expect(xmlEvents(of: document).split(separator: "\n").last.map(String.init) == "! \(error)")
    }

    @Test(arguments: [
        ("<a xmlns='u'><b x='1'/></a>", "<n:a>\n<n:b x=1>\n</n:b>\n</n:a>"),
        ("<p:a xmlns:p='u' p:x='1' x='2'/>", "<n:a n:x=1 x=2>\n</n:a>"),
        ("<a xmlns='u'><b xmlns=''/><b/></a>", "<n:a>\n<b>\n</b>\n<n:b>\n</n:b>\n</n:a>"),
        ("<a xmlns='v'/>", "<*:a>\n</*:a>"), ("<a xmlns='w'/>", "<a>\n</a>"),
        ("<a xml:lang='en'/>", "<a xml:lang=en>\n</a>"),
        (
            "<p:a xmlns:p='u'><p:a xmlns:p='v'/><p:a/></p:a>",
            "<n:a>\n<*:a>\n</*:a>\n<n:a>\n</n:a>\n</n:a>"
        ), ("<a p:x='1' xmlns:p='&#117;'/>", "<a n:x=1>\n</a>"),
        ("<p:a/>", "! malformed 0"), ("<a p:x='1'/>", "! malformed 0"), ("<a xmlns:p=''/>", "! malformed 3"),
        ("<a xmlns:xml='u'/>", "! malformed 3"), ("<a xmlns:xmlns='u'/>", "! malformed 3"),
        ("<a xmlns='http://www.w3.org/2000/xmlns/'/>", "! malformed 3"), ("<:a/>", "! malformed 1"),
        ("<a:/>", "! malformed 1"), ("<a:b:c/>", "! malformed 1"), ("<xmlns:a/>", "! malformed 0"),
        ("<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>", "! malformed 0"),
        ("<a xmlns:p='u' p:x='1' x='2'/>", "<a n:x=1 x=2>\n</a>"),
        ("<a xmlns:p='u'><b/></a><p:c/>", "<a>\n<b>\n</b>\n</a>\n! malformed 23"),
    ])
    func resolvesNamespaces(_ document: String, _ expected: String) {
        #expect(xmlEvents(of: document, prefixes: ["u": "n", "w": ""]) == expected)
    }

    @Test(arguments: [
        ("<a>&nbsp;&eacute;&unknown; & b &copy 1 R&D</a>", "<a>\n\u{A0}é&unknown; & b © 1 R&D\n</a>"),
        ("<a>1 < 2 <b>c</a>", "<a>\n1 < 2 \n<b>\nc\n</b>\n</a>"), ("<a><b>c</a>", "<a>\n<b>\nc\n</b>\n</a>"),
        ("<a></b>c</a>", "<a>\nc\n</a>"), ("<a>b", "<a>\nb\n</a>"), ("<a b=c d e='f'g='h'/>", "<a b=c d= e=f g=h>"),
        ("<a>\u{1}b\0c</a>", "<a>\nbc\n</a>"), ("<a><p:b q:x='1'/></a>", "<a>\n<p:b q:x=1>\n</p:b>\n</a>"),
        ("<a>]]></a>", "<a>\n]]>\n</a>"), ("<a b='1' b='2'/>", "<a b=1>\n</a>"), ("<a/>b<c/>", "<a>\n</a>\n<c>\n</c>"),
        ("\n<?xml version='1.0'?><a/>", "<a>\n</a>"), ("<a>&#0;&#xD800;&#150;</a>", "<a>\n\u{FFFD}\u{FFFD}–\n</a>"),
        ("<a href='x?b=1&copy=2&amp;c'/>", "<a href=x?b=1&copy=2&c>\n</a>"), ("<a", "<a>\n</a>"), ("", ""), ("a", ""),
        ("<!-- a -- b --><a/>", "<a>\n</a>"), ("<a><!-- b", "<a>\n</a>"), ("<a><![CDATA[b", "<a>\nb\n</a>"),
        ("<a b='c", "<a b=c>\n</a>"), ("<a><!b c>d</a>", "<a>\nd\n</a>"), ("<a b=1>c</a", "<a b=1>\nc\n</a>"),
        ("<a><b</a>", "<a>\n<b>\n</b>\n</a>"), ("<a b='<c>'/>", "<a b=<c>>\n</a>"),
    ])
    func readsAnythingLeniently(_ document: String, _ expected: String) {
        let result = xmlEvents(of: document, mode: .lenient)
        #expect(result.hasPrefix(expected))
        #expect(!result.contains("! "))
    }

    @Test func readsPartsAtOnce() throws {
        let document = "<a><t>b<i>c</i>d</t><u><v/></u><w> <x y='1'/>&amp;<z/></w><e/></a>"
        var reader = try XMLReader(Array(document.utf8))
        var seen: [String] = []
        while let event = try reader.next() {
            switch event {
            case .start("t"): seen.append(String(decoding: try reader.readText(), as: UTF8.self))
            case .start("u"): try reader.skip()
            case .start("w"), .start("e"): seen.append(String(decoding: try reader.readSource(), as: UTF8.self))
            case .start(let name), .end(let name): seen.append(name)
            case .text: break
            }
        }
        #expect(seen == ["a", "bcd", " <x y='1'/>&amp;<z/>", "", "a"])
    }

    @Test func tellsNamespacesAndDepth() throws {
        var reader = try XMLReader(Array("<a xmlns='urn:x'><b xmlns=''/></a>".utf8))
        #expect(try reader.next() == .start("*:a"))
        #expect((reader.namespace, reader.depth) == ("urn:x", 1))
        #expect(try reader.next() == .start("b"))
        #expect((reader.namespace, reader.depth) == ("", 2))
        #expect(try reader.next() == .end("b"))
        #expect(try reader.next() == .end("*:a"))
        #expect((reader.namespace, reader.depth) == ("urn:x", 0))
        #expect(try reader.next() == nil)
    }
}
