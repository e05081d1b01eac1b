// SPDX-License-Identifier: Apache-2.0

import OVSearch
import OVTestTraits
import Testing

@Suite(.inTurn) struct AbstractTests {
    private static func markdown(_ text: String, limit: Int = 300) -> String {
        DocumentOutline(of: text, mediaType: "text/markdown").abstract(limit: limit)
    }

    @Test("The abstract is the first paragraph, past front matter, badges, comments and headings")
    func readme() {
        #expect(
            Self.markdown(DocumentOutlineTests.readme)
                == "Fjord keeps copies of your notes in step & safe. It runs everywhere.")
    }

    @Test(
        "What is no paragraph of the author's own words is passed over while there is one",
        arguments: [
            ("# T\n\ntext\nmore", "text more"),
            ("[English](a) | [Deutsch](b)\n\nThe text.", "The text."),
            ("[English](a) | [Deutsch](b)\n", "English | Deutsch"),
            ("![only](image.png)\n\nThe text.", "The text."),
            ("| a | b |\n|---|---|\n| 1 | 2 |\n\nThe text.", "The text."),
            ("[a]: https://example.com\n[b]: x\nThe text.", "The text."),
            ("[a]: https://example.com\n\nThe text.", "The text."),
            ("> quoted\n\nThe text.", "The text."),
            ("- one\n- two\n", "one two"),
            ("> quoted *words*\n> here", "quoted words here"),
            ("<p align=\"center\">\n<b>logo</b>\n</p>\n\nThe text.", "The text."),
            ("```\ncode\n```\n", ""),
            ("# Only a title", "Only a title"),
            ("---\ntitle: T\n---\n", "T"),
            ("    code\n\nThe text.", "The text."),
            ("Hard  \nbreak\\\nhere", "Hard break here"),
            ("", ""), ("\n\n", ""),
        ])
    func passesOver(text: String, expected: String) {
        #expect(Self.markdown(text) == expected)
    }

    @Test(
        "Long text is cut between two words, text without blanks anywhere",
        arguments: [
            ("one two three", 13, "one two three"), ("one two three", 12, "one two…"), ("one two three", 9, "one two…"),
            ("one two three", 8, "one two…"), ("one two three", 7, "one…"), ("日本語日本語", 4, "日本語…"),
            ("a verylongwordwithoutend", 10, "a verylon…"), ("one", 0, ""), ("one two", 1, "…"),
        ])
    func bounded(text: String, limit: Int, expected: String) {
        let abstract = Self.markdown(text, limit: limit)
        #expect(abstract == expected)
        #expect(abstract.count <= limit)
    }

    @Test("300 characters are the default bound, whatever the length of the paragraph")
    func defaultBound() {
        let abstract = Self.markdown(String(repeating: "word ", count: 1_000_000))
        #expect(abstract.count <= 300 && abstract.count > 290 && abstract.hasSuffix("word…"))
    }

    @Test("Plain text gives its first lines up to a blank one")
    func plainText() {
        func plain(_ text: String) -> String { DocumentOutline(of: text, mediaType: "text/plain").abstract() }
        #expect(plain("\n  \n# first\n  second\r\n\nthird") == "# first second")
        #expect(plain("") == "")
        #expect(plain("a\u{1B}[31mb") == "a [31mb")
    }

    static let code: [(String, String)] = [
        ("// Reads maps.\n//\n// More.\nint x;", "Reads maps."),
        ("// SPDX-License-Identifier: Apache-2.0\n\n/// Reads maps\n/// of seas.\nstruct A {}", "Reads maps of seas."),
        (
            "/*\n * Copyright 2024 Nobody.\n * Licensed under X.\n */\n\n/**\n * Reads maps.\n */\nclass A {}",
            "Reads maps."
        ),
        ("/* Reads maps. */ int x;", "Reads maps."),
        ("/**/\nint x;", "/**/ int x;"),
        (
            "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n\"\"\"Reads maps.\n\nMore.\n\"\"\"\nimport os\n",
            "Reads maps."
        ),
        ("#!/bin/sh\n# Reads maps.\nset -e\n", "Reads maps."),
        ("#include <stdio.h>\nint main() {}\n\nx", "#include <stdio.h> int main() {}"),
        ("#[derive(Debug)]\nstruct A;", "#[derive(Debug)] struct A;"),
        ("//! Reads maps.\nuse std;", "Reads maps."),
        ("-- Reads maps.\nmodule A where", "Reads maps."),
        ("{- Reads maps. -}\nmodule A where", "Reads maps."),
        ("(* Reads maps. *)\nlet x = 1", "Reads maps."),
        (";; Reads maps.\n(define x 1)", "Reads maps."),
        ("#' Reads maps.\nx <- 1", "Reads maps."),
        ("<?php\n// Reads maps.\necho 1;", "Reads maps."),
        ("<!-- Reads maps. -->\n<a/>", "Reads maps."),
        ("let x = 1\n// not first\n", "let x = 1 // not first"),
        ("/* never closed", "never closed"),
    ]

    @Test(
        "Source code gives the comment it begins with, past licence and editor lines, else its first lines",
        arguments: code)
    func sourceCode(text: String, expected: String) {
        #expect(DocumentOutline(of: text, mediaType: "text/x-source").abstract() == expected)
    }
}
