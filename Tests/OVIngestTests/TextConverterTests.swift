// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestTraits
import Testing

@Suite(.inTurn) struct TextConverterTests {
    private func convert(
        _ bytes: [UInt8], name: String = "a.txt", type: String? = nil, charset: String? = nil, limits: Limits = Limits()
    ) throws -> ConvertedDocument? {
        let document = FetchedDocument(
            path: "p/" + name, bytes: bytes, name: name, declaredType: type, declaredCharset: charset,
            validator: Validator("v"))
        return try MarkdownConverter().convert(document, limits: limits)
            ?? TextConverter().convert(document, limits: limits)
    }

    private func text(_ bytes: [UInt8], name: String = "a.txt", type: String? = nil, charset: String? = nil) throws
        -> String?
    {
        try convert(bytes, name: name, type: type, charset: charset).map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test func keepsMarkdownAsItWasWritten() throws {
        let source = "# Títle\r\n\r\ntext  \n\ttab\n"
        let converted = try convert(Array(source.utf8), name: "a.MD")
        #expect(converted?.mediaType == "text/markdown")
        #expect(converted?.bytes == Array(source.utf8))
        #expect(converted?.path == "p/a.MD")
        #expect(converted?.validator == Validator("v"))
        #expect(converted?.remark == nil)
    }

    @Test(arguments: [
        ("main.swift", "text/x-swift"), ("Makefile", "text/x-makefile"), ("data.json", "application/json"),
        ("drawing.svg", "image/svg+xml"), ("LICENSE-MIT", "text/plain"), ("unknown.zzz", "text/plain"),
        ("noextension", "text/plain"), ("notes.markdown", "text/markdown"),
    ])
    func givesTextTheTypeOfItsName(_ name: String, _ type: String) throws {
        #expect(try convert(Array("text".utf8), name: name)?.mediaType == type)
    }

    @Test(arguments: [
        ("TEXT/Plain; charset=x", "a.md", "text/markdown"), ("application/octet-stream", "a.swift", "text/x-swift"),
        ("text/html; x=y", "a.txt", "text/html"), ("text/plain", "a.png", "text/plain"),
        ("text/x-markdown", "a", "text/markdown"),
    ])
    func believesADeclaredTypeUnlessItSaysNothing(_ declared: String, _ name: String, _ type: String) throws {
        #expect(try convert(Array("text".utf8), name: name, type: declared)?.mediaType == type)
    }

    @Test(
        arguments: [
            ([0xEF, 0xBB, 0xBF, 0x61], "a"), ([0xFF, 0xFE, 0x61, 0], "a"), ([0xFE, 0xFF, 0, 0x61], "a"),
            ([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], "a"), ([0, 0, 0xFE, 0xFF, 0, 0, 0, 0x61], "a"),
            ([0xEF, 0xBB, 0xBF], ""),
        ] as [([UInt8], String)])
    func aByteOrderMarkDecidesAndIsDropped(_ bytes: [UInt8], _ expected: String) throws {
        for name in ["a.md", "a.txt", "unknown"] {
            #expect(try text(bytes, name: name, charset: "koi8-r") == expected)
        }
    }

    private static let cyrillic: [UInt8] = [0xCF, 0xF0, 0xE8]

    @Test(arguments: [
        ("a.py", "# -*- coding: windows-1251 -*-\n"), ("a.py", "#!/usr/bin/python\n# vim: set fileencoding=cp1251 :\n"),
        ("a.c", "/* coding: Windows-1251 */\r\n"), ("a.el", ";; -*- mode: x; coding: windows-1251-unix -*-\n"),
        ("a.xml", "<?xml version=\"1.0\" encoding=\"windows-1251\"?>"), ("a.css", "@charset \"windows-1251\";\n"),
        ("a.html", "<html><head>\n\n<META CHARSET=windows-1251>"),
        ("a.html", "<meta http-equiv=content-type content=\"text/html; charset=windows-1251\">"),
        ("a.md", "<!-- -*- coding: windows-1251 -*- -->\n"),
    ])
    func aDocumentMaySayItsCharset(_ name: String, _ start: String) throws {
        let converted = try convert(Array(start.utf8) + Self.cyrillic, name: name)
        #expect(converted.map { String(decoding: $0.bytes, as: UTF8.self) } == start + "При")
        #expect(converted?.remark == nil)
    }

    @Test(arguments: [
        ("a.txt", "The coding: windows-1251 of prose\n"), ("a.py", "\n\n# coding: windows-1251\n"),
        ("a.py", "# coding: klingon\n"), ("a.py", "# coding\n"), ("a.py", "# coding: utf-16\n"),
    ])
    func whatIsNoDeclarationIsNotTakenForOne(_ name: String, _ start: String) throws {
        let converted = try convert(Array(start.utf8) + [0xE9], name: name)
        #expect(converted.map { String(decoding: $0.bytes, as: UTF8.self) } == start + "é")
        #expect(converted?.remark == .guessed(charset: "windows-1252"))
    }

    @Test func whatWasDeclaredGoesBeforeWhatTheDocumentSays() throws {
        let start = "# coding: koi8-r\n"
        #expect(try text(Array(start.utf8) + Self.cyrillic, name: "a.py", charset: "cp1251") == start + "При")
    }

    @Test func utf8IsUTF8WhateverItsFirstLineSays() throws {
        let source = "# coding: latin-1\nПривет"
        #expect(try text(Array(source.utf8), name: "a.py") == source)
    }

    @Test func anUnknownDeclaredCharsetIsAnError() {
        #expect(throws: ConversionError.self) { try convert([0x61], charset: "klingon") }
    }

    @Test func saysHowManyBytesItReplaced() throws {
        #expect(try convert([0x61, 0xFF, 0xFF], charset: "utf-8")?.remark == .replaced(count: 2, charset: "UTF-8"))
    }

    @Test(
        arguments: [
            ("a.txt", [0x61, 0, 0x62]), ("a.txt", [1, 2, 3, 4, 5, 6, 0x61]), ("a.txt", [0xFF, 1, 2, 3, 0xE9]),
            ("video.ts", [0x47, 0, 0xFF, 0x10]), ("blob", [0xE9, 0x61]), ("blob", [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1]),
            ("a.png", [0x61]), ("a.zip", [0x50, 0x4B]), ("blob", [0xFF, 0xFE, 0, 0xD8]),
        ] as [(String, [UInt8])])
    func leavesWhatIsNoTextToOthers(_ name: String, _ bytes: [UInt8]) throws {
        #expect(try convert(bytes, name: name) == nil)
    }

    @Test func takesTerminalOutputForText() throws {
        let log = "\u{1B}[31mred\u{1B}[0m\n\u{0C}\t\u{8}"
        #expect(try text(Array(log.utf8), name: "build.log") == log)
    }

    @Test func keepsToTheLimitOnADocument() {
        var limits = Limits()
        limits.documentBytes = 10
        #expect(throws: ConversionError.self) { try convert([UInt8](repeating: 0xE9, count: 6), limits: limits) }
    }

    @Test func passesLargeTextOnWithoutACopy() throws {
        let bytes = [UInt8](repeating: 0x61, count: 4 << 20)
        let converted = try #require(try convert(bytes))
        let addresses = [bytes, converted.bytes].map { $0.withUnsafeBytes { Int(bitPattern: $0.baseAddress) } }
        #expect(addresses[0] == addresses[1])
    }

    @Test(arguments: [
        ("a.tar.gz", "application/gzip"), ("A.PDF", "application/pdf"),
        ("x.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("Dockerfile", "text/x-dockerfile"), ("Dockerfile.dev", "text/x-dockerfile"), ("README", "text/plain"),
        ("readme.first", "text/plain"), (".gitignore", "text/plain"), ("CMakeLists.txt", "text/x-cmake"),
        (".md", "application/octet-stream"),
        ("", "application/octet-stream"), ("a.", "application/octet-stream"), ("x.kt", "text/x-kotlin"),
        ("song.mp3", "audio/mpeg"),
    ])
    func guessesTheTypeFromTheName(_ name: String, _ type: String) { #expect(MediaType.guess(fromName: name) == type) }

    @Test(arguments: [
        ("text/x-anything", true), ("application/json", true), ("application/ld+json", true), ("image/svg+xml", true),
        ("image/png", false), ("application/octet-stream", false), ("application/pdf", false),
    ])
    func knowsWhichTypesAreText(_ type: String, _ isText: Bool) { #expect(MediaType.isText(type) == isText) }
}
