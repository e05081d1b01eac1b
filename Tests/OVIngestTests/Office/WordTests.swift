// SPDX-License-Identifier: Apache-2.0

import OVIngest
import OVTestTraits
import Testing

@Suite(.inTurn) struct WordTests {
    private func markdown(_ body: String, styles: String = "", numbering: String = "", footnotes: String = "") throws
        -> String
    {
        try PackageBytes.markdown(
            PackageBytes.word(body, styles: styles, numbering: numbering, footnotes: footnotes), name: "a.docx")
    }

    private static func text(_ text: String, _ properties: String = "") -> String {
        "<w:r><w:rPr>\(properties)</w:rPr><w:t>\(text)</w:t></w:r>"
    }

    private static func paragraph(_ text: String, _ properties: String = "") -> String {
        "<w:p><w:pPr>\(properties)</w:pPr>\(Self.text(text))</w:p>"
    }

    private static let lists = """
        <w:abstractNum w:abstractNumId='0'><w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='decimal'/>\
        <w:lvlText w:val='%1.'/></w:lvl><w:lvl w:ilvl='1'><w:start w:val='1'/><w:numFmt w:val='lowerLetter'/>\
        <w:lvlText w:val='%1.%2'/></w:lvl></w:abstractNum><w:abstractNum w:abstractNumId='1'><w:lvl w:ilvl='0'>\
        <w:numFmt w:val='bullet'/><w:lvlText w:val='•'/></w:lvl></w:abstractNum>\
        <w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num><w:num w:numId='2'><w:abstractNumId w:val='1'/></w:num>\
        <w:num w:numId='3'><w:abstractNumId w:val='0'/><w:lvlOverride w:ilvl='0'><w:startOverride w:val='5'/>\
        </w:lvlOverride></w:num>
        """

    private static func list(_ list: Int, _ level: Int) -> String {
        "<w:numPr><w:ilvl w:val='\(level)'/><w:numId w:val='\(list)'/></w:numPr>"
    }

    @Test func findsHeadingsInAnyLanguage() throws {
        let styles = """
            <w:style w:type='paragraph' w:styleId='berschrift1'><w:name w:val='heading 1'/></w:style>\
            <w:style w:type='paragraph' w:styleId='Kapitel'><w:name w:val='Kapitel'/><w:basedOn w:val='berschrift1'/>\
            </w:style><w:style w:type='paragraph' w:styleId='X'><w:name w:val='X'/><w:pPr><w:outlineLvl w:val='2'/></w:pPr>\
            </w:style><w:style w:type='paragraph' w:styleId='L'><w:name w:val='L'/><w:basedOn w:val='L'/></w:style>
            """
        let body =
            Self.paragraph("One", "<w:pStyle w:val='Kapitel'/>") + Self.paragraph("Three", "<w:pStyle w:val='X'/>")
            + Self.paragraph("Two", "<w:outlineLvl w:val='1'/>") + Self.paragraph("Text", "<w:pStyle w:val='L'/>")
            + Self.paragraph("Four", "<w:pStyle w:val='Heading4'/>")
        #expect(try markdown(body, styles: styles) == "# One\n\n### Three\n\n## Two\n\nText\n\n#### Four")
    }

    @Test func countsListsAndHeadings() throws {
        let heading = "<w:style w:type='paragraph' w:styleId='H'><w:name w:val='heading 2'/></w:style>"
        let body =
            Self.paragraph("a", Self.list(1, 0)) + Self.paragraph("b", Self.list(1, 1))
            + Self.paragraph("c", Self.list(1, 1)) + Self.paragraph("d", Self.list(1, 0)) + Self.paragraph("text")
            + Self.paragraph("e", Self.list(3, 0)) + Self.paragraph("f", Self.list(2, 0))
            + Self.paragraph("g", "<w:pStyle w:val='H'/>" + Self.list(1, 1))
            + Self.paragraph("h", "<w:numPr><w:numId w:val='0'/></w:numPr>")
        #expect(
            try markdown(body, styles: heading, numbering: Self.lists) == """
                1. a
                   1. b
                   2. c
                2. d

                text

                5. e

                - f

                ## 5.a g

                h
                """)
    }

    private static let choice =
        "<mc:AlternateContent><mc:Choice>\(text("one"))</mc:Choice><mc:Fallback>\(text("two"))</mc:Fallback>"
        + "</mc:AlternateContent>"
    private static let bold =
        text("a ", "<w:b/>") + text("b", "<w:b/><w:i/>") + text(" c", "<w:b w:val='0'/>")
    private static let raised =
        text("x") + text("2", "<w:vertAlign w:val='superscript'/>") + text(" gone", "<w:vanish/>")
    private static let changes =
        "<w:ins>\(text("in"))</w:ins><w:del>\(text("out"))</w:del><w:moveFrom>\(text("old"))</w:moveFrom>"

    private static let inlines: [(String, String)] = [
        (bold, "**a *b*** c"),
        (raised, "x^2"),
        (changes, "in"),
        ("<w:hyperlink r:id='h'>\(text("link"))</w:hyperlink>\(text("."))", "[link](https://example.org/x)."),
        ("<w:hyperlink w:anchor='a'>\(text("inside"))</w:hyperlink>", "inside"),
        (
            "<w:fldSimple w:instr=' HYPERLINK &quot;https://example.org/a&quot; '>\(text("f"))</w:fldSimple>",
            "[f](https://example.org/a)"
        ), (text("a") + "<w:r><w:br/></w:r>" + text("b"), "a  \nb"),
        ("<w:r><w:sym w:font='Wingdings' w:char='F0FC'/></w:r>", "✓"),
        (choice, "one"),
        (
            "<m:oMath><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>n+1</m:t></m:r></m:sup></m:sSup></m:oMath>",
            "x^(n+1)"
        ),
        (
            "<w:r><w:drawing><wp:docPr descr='A cat. Description automatically generated'/></w:drawing></w:r>",
            "![A cat.]"
        ),
        (text("run()", "<w:rFonts w:ascii='Consolas'/>"), "`run()`"), (text("a &amp; b &lt;c&gt;"), "a & b \\<c>"),
    ]

    @Test(arguments: inlines)
    func writesInlines(_ runs: String, _ expected: String) throws {
        #expect(try markdown("<w:p>\(runs)</w:p>") == expected)
    }

    @Test func leavesOutContentsAndKeepsNotesAndBoxes() throws {
        let contents =
            "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>"
            + "<w:sdtContent>\(Self.paragraph("One 3"))</w:sdtContent></w:sdt>"
            + Self.paragraph("Two 4", "<w:pStyle w:val='TOC1'/>")
        let box =
            "<w:p>\(Self.text("around"))<w:r><w:txbxContent>\(Self.paragraph("boxed"))</w:txbxContent></w:r></w:p>"
        let note = "<w:p>\(Self.text("said"))<w:r><w:footnoteReference w:id='7'/></w:r></w:p>"
        let notes = "<w:footnote w:id='7'>\(Self.paragraph("by whom"))\(Self.paragraph("and when"))</w:footnote>"
        #expect(
            try markdown(contents + box + note, footnotes: notes)
                == "around\n\nboxed\n\nsaid[^1]\n\n[^1]: by whom\n\n    and when")
    }

    @Test func writesTablesAndThoseInTheirCells() throws {
        func cell(_ content: String, _ properties: String = "") -> String {
            "<w:tc><w:tcPr>\(properties)</w:tcPr>\(content)</w:tc>"
        }
        let p = Self.paragraph
        let inner = "<w:tbl><w:tr>\(cell(p("x", "")))\(cell(p("y", "")))</w:tr></w:tbl>"
        let body = """
            <w:tbl><w:tr>\(cell(p("a", ""), "<w:gridSpan w:val='2'/>"))\(cell(p("b|c", "")))</w:tr>\
            <w:tr>\(cell(inner + p("z", "")))\(cell("<w:p/>", "<w:vMerge/>"))\(cell(p("1", "") + p("2", "")))</w:tr>\
            <w:tr><w:trPr><w:del/></w:trPr>\(cell(p("gone", "")))</w:tr></w:tbl>
            """
        #expect(try markdown(body) == "| a | | b\\|c |\n| --- | --- | --- |\n| x<br>y<br>z | | 1<br>2 |")
    }

    @Test func doesNotMindDepth() throws {
        let deep =
            String(repeating: "<w:ins>", count: 9000) + Self.text("a") + String(repeating: "</w:ins>", count: 9000)
        #expect(try markdown("<w:p>\(deep)</w:p>") == "a")
        let tables = String(repeating: "<w:tbl><w:tr><w:tc>", count: 3000)
        let ends = String(repeating: "</w:tc></w:tr></w:tbl>", count: 3000)
        #expect(try markdown(tables + Self.paragraph("a") + ends) == "| a |\n| --- |")
    }
}
