// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVStore

@Suite(.inTurn) struct PieceTests {
    private static let piece = PieceTable.pieceLength

    enum Kind: CaseIterable, Sendable {
        case words, lines, random, zeros

        func text(_ count: Int, _ generator: inout SplitMix64) -> [UInt8] {
            switch self {
            case .random: return generator.bytes(count)
            case .zeros: return [UInt8](repeating: 0, count: count)
            case .words, .lines:
                let ends: [UInt8] = self == .words ? [32, 32, 32, 10] : [10]
                var text: [UInt8] = []
                while text.count < count {
                    text += "w\(UInt16.random(in: 0..<900, using: &generator))".utf8
                    text.append(ends.randomElement(using: &generator) ?? 10)
                }
                return Array(text.prefix(count))
            }
        }
    }

    /// A pack of its own with these documents in it.
    private struct Packed {
        let home: TestHome
        let name = PackName.make(task: Sample.id(1), number: 1)
        private(set) var documents: [StoredDocument] = []

        init(_ texts: [[UInt8]]) throws {
            home = try TestHome()
            let pack = PackWriter(name: name, home: home.layout, files: LocalFileSystem())
            for (number, text) in texts.enumerated() {
                documents.append(
                    StoredDocument(
                        path: "d\(number)", mediaType: "text/plain", digest: Digest(of: text), size: Int64(text.count),
                        blob: try pack.append(text, isCompressible: true), changedSequence: 1, changedAt: Sample.now))
            }
            try pack.finish(EncodedDocumentList(DocumentList(documents: documents, tombstones: []), after: nil))
        }

        func reader() throws -> PackReader { try PackReader(name: name, home: home.layout, files: LocalFileSystem()) }

        var file: String { "packs/\(name).pack" }

        /// The bytes of a document as they are stored.
        func stored(_ document: StoredDocument) throws -> [UInt8] {
            Array(try home.bytes(file)[Int(document.blob.offset)...].prefix(Int(document.blob.storedLength)))
        }

        /// Puts another table behind a document.
        func replaceTable(of document: StoredDocument, by table: PieceTable) throws {
            var bytes = try home.bytes(file)
            let (end, table) = (Int(document.blob.offset + document.blob.storedLength), table.encoded)
            bytes.replaceSubrange(end..<end + table.count, with: table)
            try home.write(file, bytes)
        }
    }

    @Test(arguments: Kind.allCases) func aPieceIsWhatStandsThereInTheWhole(_ kind: Kind) throws {
        var generator = SplitMix64(seed: 7)
        let sizes = [2 * Self.piece, 2 * Self.piece + 1, 3 * Self.piece - 1, 3 * Self.piece, 3 * Self.piece + 1]
        let texts = (sizes + [Int.random(in: 200_000..<600_000, using: &generator)]).map { kind.text($0, &generator) }
        let packed = try Packed(texts)
        let reader = try packed.reader()
        for (document, text) in zip(packed.documents, texts) {
            #expect(try reader.bytes(of: document) == text)
            #expect(try reader.hasSoundPieces(document, text))
            let table = try reader.pieceTable(of: document)
            #expect((table == nil) == (text.count <= 2 * Self.piece))
            for _ in 0..<60 {
                let start = Int.random(in: 0..<text.count, using: &generator)
                let length = Int.random(in: 0...(generator.once(in: 4) ? text.count : 9000), using: &generator)
                let range = start..<min(text.count, start + length)
                let part = try reader.part(of: document, range)
                #expect(part[range] == text[range], "\(range) of \(text.count)")
                #expect(part.range == (table == nil ? 0..<text.count : range))
            }
            guard let table else { continue }
            for (number, piece) in table.pieces.enumerated() {
                let end = min(text.count, (number + 1) * Self.piece)
                let rest = end == text.count && text.last != 10 ? 1 : 0
                #expect(Int(piece.lines) == text[..<end].count { $0 == 10 } + rest)
            }
        }
    }

    @Test func whatIsNotThereIsNotRead() throws {
        var generator = SplitMix64(seed: 3)
        let packed = try Packed([Kind.lines.text(300_000, &generator)])
        let reader = try packed.reader()
        for range in [0..<300_001, 299_999..<300_001, 300_001..<300_001, -1..<4] {
            #expect(throws: PackReader.Fault.self) { try reader.part(of: packed.documents[0], range) }
        }
    }

    @Test func aTableThatIsDamagedCostsNoMoreThanTime() throws {
        var generator = SplitMix64(seed: 4)
        let text = Kind.words.text(150_000, &generator)
        let packed = try Packed([text])
        let blob = packed.documents[0].blob
        let bytes = try packed.home.bytes(packed.file)
        let end = Int(blob.offset + blob.storedLength)
        for place in end..<end + PieceTable.encodedLength(forSize: text.count) {
            var damaged = bytes
            damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            try packed.home.write(packed.file, damaged)
            let reader = try packed.reader()
            #expect(try reader.part(of: packed.documents[0], 70_000..<70_010).bytes == text)
            #expect(try !reader.hasSoundPieces(packed.documents[0], text))
        }
    }

    /// One whose checksum is right, while what it says is not.
    @Test func aTableOfOtherPiecesIsNotBelieved() throws {
        var generator = SplitMix64(seed: 5)
        let text = Kind.words.text(200_000, &generator)
        let packed = try Packed([text])
        let stored = try packed.stored(packed.documents[0])
        let ends = (1...4).map { stored.count * $0 / 4 }
        try packed.replaceTable(of: packed.documents[0], by: PieceTable(of: text, stored: stored, ends: ends))
        let reader = try packed.reader()
        #expect(try reader.pieceTable(of: packed.documents[0]) != nil)
        #expect(try !reader.hasSoundPieces(packed.documents[0], text))
        let part = try reader.part(of: packed.documents[0], 100_000..<140_000)
        #expect(part[100_000..<140_000] == text[100_000..<140_000])
    }

    /// One whose checksum and pieces are right, while its lines are not.
    @Test func linesThatAreNotThereAreNotBelieved() throws {
        var generator = SplitMix64(seed: 8)
        let text = Kind.lines.text(300_000, &generator)
        let packed = try Packed([text])
        let document = packed.documents[0]
        let table = try #require(try packed.reader().pieceTable(of: document))
        var other = text
        // A line feed less in the second piece.
        other[try #require(other[Self.piece...].firstIndex(of: 10))] = 32
        let ends = table.pieces.map { Int($0.end) }
        try packed.replaceTable(
            of: document, by: PieceTable(of: other, stored: try packed.stored(document), ends: ends))
        let reader = try packed.reader()
        #expect(try reader.pieceTable(of: document) != nil)
        #expect(try !reader.hasSoundPieces(document, text))
        let line = text[..<(Self.piece + 100)].count { $0 == 10 }
        #expect(try reader.lines(line + 50..<line + 60, of: document, room: nil) == nil)
        #expect(try reader.lines(0..<10, of: document, room: nil) != nil)
    }

    @Test func aTextStoredAsItIsHasItsPiecesWhereTheyAre() throws {
        var generator = SplitMix64(seed: 9)
        let text = Kind.random.text(200_000, &generator)
        let packed = try Packed([text])
        let document = packed.documents[0]
        try #require(document.blob.method == .plain)
        let table = try #require(try packed.reader().pieceTable(of: document))
        let ends = table.pieces.map { Int($0.end) }
        let shifted = PieceTable(of: text, stored: text, ends: ends.dropLast().map { $0 - 5 } + ends.suffix(1)).encoded
        func decode(_ bytes: [UInt8]) -> PieceTable? {
            PieceTable(decoding: bytes, size: text.count, storedLength: text.count, stored: .plain)
        }
        #expect(decode(shifted) == nil)
        #expect(decode(table.encoded) == table)
    }

    @Test(arguments: [nil, 100, 70_000] as [Int?]) func someLinesAreReadWithoutTheOthers(_ room: Int?) throws {
        var generator = SplitMix64(seed: 10)
        let text = Kind.words.text(600_000, &generator)
        let packed = try Packed([text])
        let reader = try packed.reader()
        let lines = text.split(separator: 10, omittingEmptySubsequences: false)
        for _ in 0..<100 {
            let first = Int.random(in: 0..<lines.count - 20, using: &generator)
            let wanted = first..<first + 20
            let part = try #require(try reader.lines(wanted, of: packed.documents[0], room: room))
            #expect(part.lineCount == text.count { $0 == 10 } + (text.last == 10 ? 0 : 1))
            #expect(part.bytes.count <= 2 * Self.piece && part.linesBefore <= first)
            // The part may begin within a line, which does not count as one that it has.
            let shown = part.bytes.split(separator: 10, omittingEmptySubsequences: false)
            #expect(shown[first - part.linesBefore].elementsEqual(lines[first]) || first == part.linesBefore)
            #expect(part.linesEnded > first)
        }
    }

    @Test func aDamagedPieceIsAnErrorAndTheOthersAreNot() async throws {
        let home = try TestHome()
        let store = try await home.open()
        var generator = SplitMix64(seed: 6)
        let texts = [
            "long.md": Kind.words.text(400_000, &generator), "long.png": Kind.random.text(400_000, &generator),
        ]
        try await store.put(900)
        let publisher = Publisher(store: store, resource: try Sample.resource("docs"))
        let revision = try await publisher.publish(texts, task: Sample.id(1), after: nil)
        let packs = try home.bytes("packs/\(revision.pack).pack")
        for document in try store.documents(of: revision).documents {
            let text = try #require(texts[document.path])
            var bytes = packs
            bytes[Int(document.blob.offset + document.blob.storedLength / 2)] ^= 4
            try home.write("packs/\(revision.pack).pack", bytes)
            var open = OpenPack()
            #expect(try store.quickPart(of: document, 5..<9, keeping: &open).bytes == Array(text[5..<9]))
            #expect(try store.quickPart(of: document, 399_990..<400_000, keeping: &open).range.count == 10)
            let error = await failure { _ = try store.quickPart(of: document, 10..<399_990, keeping: &open) }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains("'\(document.path)' does not check out") == true)
        }
    }

    @Test func checkSaysWhichTableIsDamagedAndRepairLosesNothing() async throws {
        let home = try TestHome()
        let store = try await home.open()
        var generator = SplitMix64(seed: 8)
        try await store.put(900)
        let publisher = Publisher(store: store, resource: try Sample.resource("docs"))
        let revision = try await publisher.publish(
            ["long.md": Kind.words.text(400_000, &generator)], task: Sample.id(1), after: nil)
        let document = try #require(try store.documents(of: revision)["long.md"])
        try home.damage("packs/\(revision.pack).pack") { bytes in
            bytes[Int(document.blob.offset + document.blob.storedLength) + 3] ^= 1
        }
        let inspection = try await home.unopened().inspect { _ in }
        #expect(inspection.problems == [])
        #expect(inspection.notes.map(\.file) == ["packs/\(revision.pack).pack"])
        #expect(inspection.notes.first?.message.contains("'long.md'") == true)
        #expect(try await home.unopened().repair() == Repair())
        // A copy of the documents has a table of its own.
        let rewritten = try #require(try store.rewrite(revision, of: Sample.resource("docs").key))
        #expect(try await store.adopt(rewritten))
        #expect(try await home.unopened().inspect { _ in }.notes.allSatisfy { !$0.message.contains("pieces") })
    }

    /// A pack as it was written before there were pieces.
    @Test func aPackWithoutTablesIsReadWhole() throws {
        let home = try TestHome()
        let name = PackName.make(task: Sample.id(4), number: 1)
        try LocalFileSystem().createFolder(home.layout.packs)
        let pack = try LocalFileSystem().open(fixture("packs/without-piece-tables.pack"), .read)
        try home.write("packs/\(name).pack", try pack.read(Int(pack.status().size), at: 0))
        let reader = try PackReader(name: name, home: home.layout, files: LocalFileSystem())
        #expect(try !reader.footer().hasPieceTables)
        let list = try reader.documentList().resolved(against: nil)
        #expect(list.documents.map(\.path) == ["long.md", "short.md"])
        let long = try #require(list["long.md"])
        let lines = (0..<6000).map { n in
            "Line \(n) of a text that is long, number \(UInt32(truncatingIfNeeded: n &* 2_654_435_761)).\n"
        }
        let text = Array(("# Long\n\n" + lines.joined()).utf8)
        let part = try reader.part(of: long, 200_000..<200_100)
        #expect(part.range == 0..<text.count && part.bytes == text)
        #expect(try reader.hasSoundPieces(long, text))
        #expect(try reader.bytes(of: #require(list["short.md"])) == Array("# Short\n\nA few words.\n".utf8))
    }
}
