// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVIngest

@Suite(.inTurn) struct PDFConverterTests {
    private let home: PluginHome

    init() throws { home = try PluginHome() }

    private static let hasPrograms = {
        if access("/usr/bin/pdftotext", X_OK) == 0 { return true }
        print("skipped: there is no pdftotext (apt-get install poppler-utils)")
        return false
    }()

    private func convert(_ bytes: [UInt8], path: String = PluginHome.path, limits: Limits = Limits()) async throws
        -> ConvertedDocument?
    {
        let converter = PDFConverter(home.surroundings(["PATH": path]))
        let document = FetchedDocument(path: "docs/report.pdf", bytes: bytes, name: "report.pdf", validator: nil)
        return try await converter.prepared().convert(document, limits: limits)
    }

    private func failure(_ bytes: [UInt8], limits: Limits = Limits()) async throws -> String {
        try #require(await #expect(throws: ConversionError.self) { try await convert(bytes, limits: limits) }).message
    }

    @Test(.enabled(if: hasPrograms)) func `pages become sections, and what it says of itself comes first`()
        async throws
    {
        let bytes = PDFBytes.document(
            [["Introduction", "# no heading"], [], ["===", "The end."]], title: "A \\(short\\) report")
        let converted = try #require(try await convert(bytes))
        #expect(converted.mediaType == MediaType.markdown && converted.path == "docs/report.pdf")
        #expect(
            String(decoding: converted.bytes, as: UTF8.self) == """
                ---
                title: "A (short) report"
                published: "2024-02-29T12:00:00Z"
                pages: "3"
                ---

                ## Page 1

                Introduction
                \\# no heading

                ## Page 3

                \\===
                The end.

                """)
    }

    @Test(.enabled(if: hasPrograms)) func `a single page without a title is called as the file is`() async throws {
        let converted = try #require(try await convert(PDFBytes.document([["Hello"]])))
        #expect(
            String(decoding: converted.bytes, as: UTF8.self) == "---\ntitle: \"report\"\npages: \"1\"\n---\n\nHello\n")
    }

    @Test(.enabled(if: hasPrograms)) func `what cannot be read says why`() async throws {
        #expect(try await failure(PDFBytes.document([[], []])).contains("2 pages and no text"))
        #expect(try await failure(Array("%PDF-1.4\nnothing".utf8)).hasPrefix("the PDF cannot be read: "))
        #expect(try await failure([]).hasPrefix("the PDF cannot be read: "))
        let key = String(repeating: "x", count: 32)
        let encrypted = PDFBytes.document(
            [["Secret"]],
            trailer: "/ID [(\(key)) (\(key))] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 "
                + "/O (\(key)) /U (\(key)) >>")
        #expect(try await failure(encrypted).contains("encrypted"))
        var limits = Limits()
        limits.documentBytes = 10
        #expect(try await failure(PDFBytes.document([["Many words are here"]]), limits: limits).contains("10 bytes"))
    }

    @Test(.enabled(if: hasPrograms), arguments: 0..<8)
    func `a damaged one ends in a failure, or in some text`(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var bytes = PDFBytes.document([["One"], ["Two"]], title: "Three")
        for _ in 0..<20 { bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next()) }
        do { _ = try await convert(bytes) } catch is ConversionError {}
    }

    @Test func `without the program it is kept, and one line says what to install`() async throws {
        let bytes = PDFBytes.document([["Hello"]])
        let converted = try #require(try await convert(bytes, path: "/nowhere"))
        #expect(converted.bytes == bytes && converted.mediaType == "application/pdf")
        let summary = RemarkSummary()
        for name in ["b.pdf", "a.pdf"] { summary.add(try #require(converted.remark), about: name) }
        #expect(
            summary.warnings.map(\.message) == [
                "2 documents are kept as bytes, without text, because pdftotext is not on PATH (first: a.pdf); "
                    + "install it, for instance with: apt-get install poppler-utils"
            ])
    }

    @Test func `a program that comes or goes is another version`() throws {
        try home.folder.makeFolder("bin")
        let converter = PDFConverter(home.surroundings(["PATH": home.folder.path("bin")]))
        let before = converter.version
        try home.folder.write("bin/pdftotext", "#!/bin/sh\n")
        try home.folder.setPermissions("bin/pdftotext", 0o755)
        #expect(converter.version != before && converter.version == converter.version)
    }
}
