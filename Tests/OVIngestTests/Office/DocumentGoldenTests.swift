// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVIngest
import OVSystem
import OVTestTraits
import Testing

/// Files that other programs have written, compared with the Markdown beside them in `fixtures/documents`.
@Suite(.inTurn) struct DocumentGoldenTests {
    static let names = [
        "report.docx", "guide.docx", "plan.pptx", "sales.xlsx", "stock.ods", "talk.odp", "guide.odt", "guide.epub",
    ]

    static func bytes(_ name: String) throws -> [UInt8] {
        try RepositoryFiles.read(at: RepositoryFiles.root + "/fixtures/documents/" + name)
    }

    @Test(arguments: names)
    func becomesTheMarkdownThatWasRecorded(_ name: String) throws {
        let converted = try #require(try PackageBytes.convert(try Self.bytes(name), name: name))
        #expect(converted.mediaType == "text/markdown" && converted.path == name)
        try RecordedMarkdown.compare(
            converted.bytes, withFile: RepositoryFiles.root + "/fixtures/documents/\(name).md")
    }

    /// Whatever is wrong with a file, it ends in an error that says so, or in a document.
    @Test(arguments: names)
    func damagedFilesAreSaid(_ name: String) throws {
        let bytes = try Self.bytes(name)
        var generator = SeededGenerator(seed: 11)
        for round in 0..<120 {
            var changed = bytes
            if round < 40 {
                changed = Array(bytes.prefix(bytes.count * round / 40))
            } else {
                for _ in 0..<(1 + round % 6) {
                    let place = Int.random(in: 0..<changed.count, using: &generator)
                    changed[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
                }
            }
            do {
                _ = try PackageBytes.convert(changed, name: name)
                #expect(round >= 40, "cut after \(changed.count) bytes")
            } catch let error as ConversionError {
                #expect(!error.message.isEmpty)
            }
        }
    }
}
