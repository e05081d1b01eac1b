// SPDX-License-Identifier: Apache-2.0

import OVCore

@testable import OVIngest

extension FuzzTarget {
    static let documents = [
        FuzzTarget("office", maximumLength: 32 << 10) { bytes in
            // Raw bytes fall at the first checksum, so most inputs get theirs put right.
            let (choice, package) = split(bytes)
            let types = [
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "application/vnd.oasis.opendocument.text", "application/msword",
            ]
            try checkConversion(
                OfficeConverter().convert, choice & 1 == 0 ? ZipRepair.repaired(package) : package,
                types[Int(choice >> 1) % types.count])
        },
        FuzzTarget("book", maximumLength: 32 << 10) { bytes in
            let (choice, package) = split(bytes)
            try checkConversion(
                BookConverter().convert, choice & 1 == 0 ? ZipRepair.repaired(package) : package, "application/epub+zip"
            )
        },
        FuzzTarget("notebook") { try checkConversion(NotebookConverter().convert, $0, "application/x-ipynb+json") },
        FuzzTarget("table") { bytes in
            let (choice, text) = split(bytes)
            try checkConversion(
                TableConverter().convert, text, choice & 1 == 0 ? "text/csv" : "text/tab-separated-values")
        },
        FuzzTarget("layout") { bytes in
            let (choice, text) = split(bytes)
            let isJSON = choice & 1 == 0
            let laidOut =
                isJSON ? JSONLayout.indented(text, limit: room(text)) : XMLLayout.indented(text, limit: room(text))
            guard let laidOut else { return }
            // What is not white space is all there, in its order.
            try check(text.filter { $0 > 32 } == laidOut.filter { $0 > 32 }, "something else than white space changed")
            let again =
                isJSON
                ? JSONLayout.indented(laidOut, limit: room(laidOut)) : XMLLayout.indented(laidOut, limit: room(laidOut))
            try check(again != nil, "what is laid out is not understood any more")
            if !isJSON, let leaves = Self.leaves(text) {
                try check(leaves == Self.leaves(laidOut), "the text of an element changed")
            }
        },
        FuzzTarget("markup") { bytes in
            let (choice, text) = split(bytes)
            let types = ["text/x-rst", "text/asciidoc", "text/org"]
            try checkConversion(MarkupConverter().convert, text, types[Int(choice) % types.count])
        },
        FuzzTarget("feed-document") { bytes in
            let (choice, text) = split(bytes)
            try checkConversion(
                FeedConverter().convert, text, choice & 1 == 0 ? "application/xml" : "application/feed+json",
                location: choice & 2 == 0 ? exampleURL : nil)
        },
    ]

    /// The texts of elements without elements; nil for what is not well-formed.
    private static func leaves(_ text: [UInt8]) -> [[UInt8]]? {
        guard var reader = try? XMLReader(text, charset: "utf-8") else { return nil }
        var (leaves, leaf): ([[UInt8]], [UInt8]?) = ([], nil)
        do throws(XMLError) {
            while let event = try reader.next() {
                switch event {
                case .start: leaf = []
                case .text(let text): leaf? += text
                case .end:
                    if let leaf { leaves.append(leaf) }
                    leaf = nil
                }
            }
            return leaves
        } catch { return nil }
    }

    private static func room(_ text: [UInt8]) -> Int { 64 * text.count + 64 }

    private static func checkConversion(
        _ convert: (FetchedDocument, Limits) throws -> ConvertedDocument?, _ bytes: [UInt8], _ type: String,
        location: WebURL? = nil
    ) throws {
        var limits = Limits()
        limits.documentBytes = 1 << 20
        let document = FetchedDocument(
            path: "it", bytes: bytes, name: "it", declaredType: type, location: location, validator: nil)
        guard let converted = try? convert(document, limits) else { return }
        try check(converted.bytes.count <= limits.documentBytes, "\(converted.bytes.count) bytes")
        try check(isUTF8(converted.bytes), "no UTF-8")
    }
}
