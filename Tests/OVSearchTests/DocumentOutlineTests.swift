// SPDX-License-Identifier: Apache-2.0

import OVSearch
import OVTestTraits
import Testing

@Suite(.inTurn) struct DocumentOutlineTests {
    private static func markdown(_ text: String) -> DocumentOutline {
        DocumentOutline(of: text, mediaType: "text/markdown")
    }

    /// Headings as `level title@first-last`.
    private static func headings(_ text: String) -> [String] {
        markdown(text).sections.map { "\($0.level) \($0.title)@\($0.lines.lowerBound)-\($0.lines.upperBound)" }
    }

    static let readme = """
        ---
        title: "Front: \\"matter\\""
        # not a heading
        ---

        [![Build](https://ci.example/b.svg)](https://ci.example) ![Coverage](c.svg)

        <!-- # hidden
        ## hidden too -->

        # The *Fjord* Guide ##

        Fjord keeps `copies` of your [notes](https://example.com/a_(b)) **in step** &amp; safe.
        It runs everywhere.

        ## Install

        ```sh
        # not a heading
        make install
        ```

        Linux
        -----

        1. Download

           ```sh
           # not a heading either
           ```
        2. Run

        ### Debian & friends

        macOS
        on ARM
        ======

        The end.
        """

    @Test("Sections are the headings of the document, and nothing that only looks like one")
    func sections() {
        #expect(
            Self.headings(Self.readme) == [
                "1 The Fjord Guide@11-15", "2 Install@16-22", "2 Linux@23-32", "3 Debian & friends@33-34",
                "1 macOS on ARM@35-39",
            ])
    }

    @Test("Byte ranges cover the text from the first heading on without gaps, and begin at the headings")
    func byteRanges() {
        let bytes = Array(Self.readme.utf8)
        let sections = Self.markdown(Self.readme).sections
        for (section, next) in zip(sections, sections.dropFirst()) {
            #expect(section.bytes.upperBound == next.bytes.lowerBound)
            #expect(section.lines.upperBound + 1 == next.lines.lowerBound)
        }
        #expect(sections.last?.bytes.upperBound == bytes.count)
        #expect(
            sections.map { String(decoding: bytes[$0.bytes].prefix(5), as: UTF8.self) } == [
                "# The", "## In", "Linux", "### D", "macOS",
            ])
    }

    @Test("A section reaches over its subsections, and knows the one around it")
    func nesting() {
        let outline = Self.markdown("# A\n## B\n### C\nc\n## D\n# E\n#### F\n## G\n")
        #expect(outline.sections.map(\.parent) == [nil, 0, 1, 0, nil, 4, 4])
        #expect(outline.sections.map(\.linesWithSubsections) == [1...5, 2...4, 3...4, 5...5, 6...8, 7...7, 8...8])
        #expect(outline.sections.map(\.bytesWithSubsections.count) == [22, 13, 8, 5, 16, 7, 5].map { $0 as Int })
        #expect(outline.headingPath(of: 2) == ["A", "B", "C"])
        #expect(outline.headingPath(of: 5) == ["E", "F"])
    }

    @Test("The overview is an indented line per heading with lines and size")
    func overview() {
        let long = String(repeating: "x", count: 1234)
        #expect(
            Self.markdown("# A\n## B\n\(long)\n### \n# E").overview() == """
                A (lines 1-4, 1.2 kB)
                  B (lines 2-4, 1.2 kB)
                    (untitled) (line 4, 5 bytes)
                E (line 5, 3 bytes)

                """)
        #expect(Self.markdown("just text\nand more").overview() == "lines 1-2, 18 bytes\n")
        #expect(Self.markdown("").overview() == "line 1, 0 bytes\n")
    }

    static let blocks: [(String, [String])] = [
        ("# A", ["1 A@1-1"]),
        ("#A", []),
        ("####### A", []),
        ("#\tA", ["1 A@1-1"]),
        ("   ### A ###   ", ["3 A@1-1"]),
        ("    # A", []),
        ("\t# A", []),
        ("# A #b", ["1 A #b@1-1"]),
        ("## C#", ["2 C#@1-1"]),
        ("#", ["1 @1-1"]),
        ("\\# A", []),
        ("A\r\n===\r\nB\r\n---\r\n", ["1 A@1-2", "2 B@3-4"]),
        ("# A\r# B\r", ["1 A@1-1", "1 B@2-2"]),
        ("\u{FEFF}# A", ["1 A@1-1"]),
        ("---\n\nA\n---", ["2 A@3-4"]),
        ("A\n\n---", []),
        ("A\n--- -", []),
        ("- A\n---", []),
        ("> A\n---", []),
        ("> # A", []),
        ("- # A\n  ## B\n\n  # C\n\n# D", ["1 D@6-6"]),
        ("- A\n# B", ["1 B@2-2"]),
        ("a\n1. b\n\n   # C\n\n# D", ["1 D@6-6"]),
        ("a\n2. b\n===", ["1 a 2. b@1-3"]),
        ("```\n# A\n", []),
        ("````\n```\n# A\n````\n# B", ["1 B@5-5"]),
        ("~~~ x ` y\n# A\n~~~\n# B", ["1 B@4-4"]),
        ("``` a`b\n# A", ["1 A@2-2"]),
        ("> ```\n> # A\n# B", ["1 B@3-3"]),
        ("- ```\n  # A\n  ```\n\n# B", ["1 B@5-5"]),
        ("- ```\n  # A\n\n# B", ["1 B@4-4"]),
        ("10. ```\n    # A\n    ```\n    - x\n# B", ["1 B@5-5"]),
        ("<div>\n# A\n</div>\n\n# B", ["1 B@5-5"]),
        ("<pre>\n\n# A\n</pre>\n# B", ["1 B@5-5"]),
        ("<!DOCTYPE html>\n# A", ["1 A@2-2"]),
        ("<?php\n# A\n?>\n# B", ["1 B@4-4"]),
        ("<![CDATA[\n# A\n]]>\n# B", ["1 B@4-4"]),
        ("<b>x</b>\n===", ["1 x@1-2"]),
        ("<https://example.com>\n===", ["1 https://example.com@1-2"]),
        ("+++\ntitle = 'x'\n+++\n# A", ["1 A@4-4"]),
        ("---\nno end\n# A", ["1 A@3-3"]),
        ("a | b\n--- | ---\n1 | 2", []),
    ]

    @Test("Block structure follows CommonMark", arguments: blocks)
    func commonMark(text: String, expected: [String]) {
        #expect(Self.headings(text) == expected)
    }

    @Test(
        "A title is what a reader reads",
        arguments: [
            ("A *b* _c_ **d** ***e***", "A b c d e"), ("snake_case_name", "snake_case_name"),
            ("2 * 3 * 4", "2 * 3 * 4"),
            ("`a*b*` ``c`d``", "a*b* c`d"), ("`open", "`open"), ("[text](url)", "text"), ("[text][ref] x", "text x"),
            ("[1.2.0] - 2024", "[1.2.0] - 2024"), ("a[0]", "a[0]"), ("![logo](x.png) Name", "Name"),
            ("[![b](i)](l) Name", "Name"), ("[a](<b c> \"t\")", "a"), ("<b>x</b> y<br/>z", "x y z"),
            ("a < b > c", "a < b > c"),
            ("&lt;x&gt; &#65;&#x42; &unknown; &", "<x> AB &unknown; &"), ("\\*not\\* \\\\ \\a", "*not* \\ \\a"),
            ("<me@example.com>", "me@example.com"), ("~~old~~ ~new~", "old ~new~"), ("*open", "*open"),
            ("Ünïcode *日本語*", "Ünïcode 日本語"), ("a\tb   c", "a b c"), ("[x](y", "[x](y"), ("]](", "]]("),
        ])
    func inlines(markdown: String, plain: String) {
        #expect(Self.markdown("# " + markdown).sections.map(\.title) == [plain])
    }

    @Test(
        "The title is the first heading of level 1, else that of the front matter",
        arguments: [
            ("## B\n# A\n# C", "A"), ("---\ntitle: T\n---\n# A", "A"), ("---\ntitle: T # c\n---\n## B", "T"),
            ("---\nx: 1\ntitle: 'It''s'\n...\ntext", "It's"), ("---\ntitle: \"a \\\"b\\\"\"\n---\n", "a \"b\""),
            ("+++\ntitle = \"T\"\n+++\n", "T"), ("---\ntitle: >\n  folded\n---\n", nil),
            ("---\n  title: inner\n---\n", nil),
            ("---\ntitle:\n---\n", nil), ("---\ntitles: x\n---\n", nil), ("text", nil), ("", nil), ("#\n", nil),
        ])
    func title(text: String, expected: String?) {
        #expect(Self.markdown(text).title == expected)
    }

    @Test("Other media types have no sections")
    func plain() {
        let outline = DocumentOutline(of: "# A\n\nb\n", mediaType: "text/plain")
        #expect(outline.sections.isEmpty && outline.title == nil)
        #expect(outline.lineCount == 3 && outline.byteCount == 7)
        #expect(outline.overview() == "lines 1-3, 7 bytes\n")
    }

    @Test("Headings without end make sections up to a bound, and the last one takes the rest")
    func bounded() {
        let outline = Self.markdown(String(repeating: "# x\n", count: 30_000))
        #expect(outline.sections.count == DocumentOutline.maximumSections)
        #expect(outline.sections.last?.lines.upperBound == 30_000)
    }

    @Test(
        "Text made to slow a parser down is answered",
        arguments: [
            "[", "![", "](", "[](", "[x](((", "*a_", "`a``b", "<a ", "&#", "> ", "- ", "\\", "~~", "<!--", "[[]][",
        ])
    func hostile(piece: String) {
        let line = String(repeating: piece, count: 200_000)
        #expect(Self.markdown("# " + line + "\n\n" + line).abstract().count <= 300)
        let lines = String(repeating: "# " + String(repeating: piece, count: 200) + "\n", count: 1000)
        #expect(Self.markdown(lines).sections.count == 1000)
    }

    @Test("Random Markdown keeps every promise about ranges", arguments: 0..<200 as Range<UInt64>)
    func randomText(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        let pieces = [
            "# ", "\n", "\n\n", "===", "---", "- ", "> ", "```", "~~~", "    ", "x", "é", "[a](b)", "![", "*", "_", "`",
            "<div>",
            "<!--", "-->", "\r\n", "1. ", "|", "\t", "title: y",
        ]
        var text = ""
        for _ in 0..<60 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            text += pieces[Int(state >> 33) % pieces.count]
        }
        let outline = Self.markdown(text)
        #expect(outline.byteCount == text.utf8.count)
        for (index, section) in outline.sections.enumerated() {
            let next =
                index + 1 < outline.sections.count ? outline.sections[index + 1].bytes.lowerBound : outline.byteCount
            #expect(section.bytes.upperBound == next && section.lines.upperBound <= outline.lineCount)
            #expect(section.parent.map { $0 < index && outline.sections[$0].level < section.level } ?? true)
            #expect(section.bytesWithSubsections.upperBound >= section.bytes.upperBound)
        }
        #expect(!outline.abstract().contains("\n"))
    }
}
