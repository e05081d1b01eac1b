// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVStore

@Suite("Document lists that are not decoded", .inTurn) struct PackedDocumentListTests {
    private static func pack(_ number: Int) -> String {
        PackName.make(task: SeededRandom(seed: UInt64(number)).nextTaskID(), number: 1)
    }

    private static func document(_ path: String, _ pack: String, _ random: inout SplitMix64) -> StoredDocument {
        let size = Int64.random(in: 0...1 << 40, using: &random)
        return StoredDocument(
            path: path, mediaType: Bool.random(using: &random) ? "text/markdown" : "text/plain",
            digest: Digest(of: Array("\(path) \(size)".utf8)), size: size,
            blob: BlobLocation(
                pack: pack, offset: .random(in: 0...1 << 40, using: &random), storedLength: size, method: .zlib),
            changedSequence: 0, changedAt: Timestamp(milliseconds: size), addedSequence: 0)
    }

    /// A chain of lists, the last one first decoded as usual.
    private static func chain(_ random: inout SplitMix64) -> (sources: [PackedDocumentList.Source], list: DocumentList)
    {
        var list = DocumentList.empty
        var (sources, previous): ([PackedDocumentList.Source], (list: DocumentList, base: EncodedDocumentList.Base)?)
        (sources, previous) = ([], nil)
        for step in 0..<Int.random(in: 1...8, using: &random) {
            let name = pack(step + Int.random(in: 0...1 << 20, using: &random))
            var documents = Dictionary(uniqueKeysWithValues: list.documents.map { ($0.path, $0) })
            let edits = step == 0 ? 60 : Int.random(in: 0...12, using: &random)
            for _ in 0..<edits {
                let path = "d\(Int.random(in: 0..<9, using: &random))/é\(Int.random(in: 0..<40, using: &random)).md"
                if step > 0, Bool.random(using: &random) {
                    documents[path] = nil
                } else {
                    documents[path] = document(path, name, &random)
                }
            }
            list = DocumentList(documents: Array(documents.values), tombstones: [], chainLength: sources.count)
            let encoded = EncodedDocumentList(list, after: previous)
            if encoded.base == nil { sources = [] }
            sources.append(
                PackedDocumentList.Source(bytes: encoded.encoded(in: name), pack: name, sequence: UInt64(step + 1)))
            list = encoded.resolved(against: previous?.list).published(as: UInt64(step + 1))
            previous = (list, EncodedDocumentList.Base(pack: name, sequence: UInt64(step + 1)))
        }
        return (sources, list)
    }

    @Test("They have the documents that they would have decoded", arguments: 0..<60 as Range<UInt64>)
    func sameDocuments(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let (sources, list) = Self.chain(&random)
        let packed = try PackedDocumentList(sources)
        var documents: [StoredDocument] = []
        for number in 0..<packed.count { documents.append(try packed.document(number)) }
        #expect(documents == list.documents)
        for (number, document) in list.documents.enumerated() {
            #expect(packed.path(number).elementsEqual(document.path.utf8))
            #expect(try packed.mediaType(number) == document.mediaType)
            let entry = packed.entries[number]
            #expect(packed.packs[entry.pack] == document.blob.pack && entry.offset == UInt64(document.blob.offset))
        }
    }

    @Test("Bytes that are no list are refused, and nothing crashes", arguments: 0..<40 as Range<UInt64>)
    func malformed(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let (sources, _) = Self.chain(&random)
        for _ in 0..<50 {
            var bytes = sources[0].bytes
            if Bool.random(using: &random) {
                bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
            } else {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let damaged = PackedDocumentList.Source(bytes: bytes, pack: sources[0].pack, sequence: 1)
            guard let packed = try? PackedDocumentList([damaged]) else { continue }
            for number in 0..<packed.count {
                _ = try? packed.document(number)
                _ = try? packed.mediaType(number)
            }
        }
    }
}
