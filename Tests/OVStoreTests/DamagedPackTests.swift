// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVStore

@Suite(.inTurn) struct DamagedPackTests {
    private struct Small {
        let home: TestHome
        let store: Store
        let revision: Revision
        let list: DocumentList
        let contents: [String: [UInt8]]
        var pack: String { "packs/\(revision.pack).pack" }
    }

    private func small() async throws -> Small {
        let home = try TestHome()
        let store = try await home.open()
        let contents: [String: [UInt8]] = [
            "a.md": Array(repeating: 65, count: 100), "b.png": Array("\u{89}PNG".utf8), "c.md": Array("three".utf8),
        ]
        try await store.put(900)
        let publisher = Publisher(store: store, resource: try Sample.resource("docs"))
        let revision = try await publisher.publish(contents, task: Sample.id(1), after: nil)
        return Small(
            home: home, store: store, revision: revision, list: try store.documents(of: revision), contents: contents)
    }

    /// Reads all there is: each thing must be right or an error that names the pack.
    private func read(_ small: Small, _ comment: String) -> (list: Bool, documents: Int) {
        var (isListRead, documents) = (false, 0)
        do throws(OVError) {
            let list = try small.store.documents(of: small.revision)
            #expect(list == small.list, "\(comment)")
            isListRead = true
        } catch {
            #expect(error.code == .unavailable && error.message.contains(small.pack), "\(comment): \(error)")
        }
        for document in small.list.documents {
            do throws(OVError) {
                let bytes = try small.store.bytes(of: document)
                #expect(bytes == small.contents[document.path], "\(comment)")
                documents += 1
            } catch {
                #expect(error.code == .unavailable && error.message.contains(small.pack), "\(comment): \(error)")
            }
        }
        return (isListRead, documents)
    }

    @Test func aPackThatEndsAnywhereIsDamaged() async throws {
        let small = try await small()
        let bytes = try small.home.bytes(small.pack)
        for length in 0..<bytes.count {
            try small.home.write(small.pack, Array(bytes.prefix(length)))
            #expect(!read(small, "\(length) bytes").list, "\(length) bytes")
        }
        try small.home.write(small.pack, bytes)
        #expect(read(small, "whole") == (true, 3))
        try small.home.write(small.pack, bytes + [0])
        #expect(!read(small, "a byte more").list)
    }

    @Test func aFlippedBitIsFoundWhereverItIsRead() async throws {
        let small = try await small()
        let bytes = try small.home.bytes(small.pack)
        var generator = SplitMix64(seed: 2)
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            try small.home.write(small.pack, flipped)
            let (list, documents) = read(small, "byte \(index)")
            // The last four bytes mean nothing.
            #expect(!list || documents < 3 || index >= bytes.count - 4, "byte \(index)")
        }
    }

    @Test func aMissingPackIsNamed() async throws {
        let small = try await small()
        try small.home.remove(small.pack)
        let error = await failure { _ = try small.store.documents(of: small.revision) }
        #expect(error?.message == "the store is damaged: \(small.pack) is missing")
        #expect(error?.details["missing_pack"] == .string(small.revision.pack))
    }

    @Test func aPackThatIsOpenOutlivesItsName() async throws {
        let small = try await small()
        let reader = try PackReader(name: small.revision.pack, home: small.home.layout, files: LocalFileSystem())
        try small.home.remove(small.pack)
        for document in small.list.documents {
            #expect(try reader.bytes(of: document) == small.contents[document.path])
        }
    }

    @Test(arguments: [
        BlobLocation(pack: "", offset: .max, storedLength: 1, method: .plain),
        BlobLocation(pack: "", offset: 8, storedLength: .max, method: .zlib),
        BlobLocation(pack: "", offset: -1, storedLength: 1, method: .plain),
        BlobLocation(pack: "", offset: 8, storedLength: -1, method: .zlib),
        BlobLocation(pack: "", offset: 0, storedLength: 8, method: .zlib),
    ])
    func aListCannotMakeItReadElsewhere(_ blob: BlobLocation) async throws {
        let small = try await small()
        let blob = BlobLocation(
            pack: small.revision.pack, offset: blob.offset, storedLength: blob.storedLength, method: blob.method)
        for size in [Int64(0), 1, 1 << 40] {
            let document = StoredDocument(
                path: "x", mediaType: "", digest: Digest(of: [1]), size: size, blob: blob, changedSequence: 1,
                changedAt: Sample.now)
            #expect(await failure { _ = try small.store.bytes(of: document) }?.code == .unavailable)
        }
    }

    @Test func aListThatIsADifferenceToItselfIsRefused() async throws {
        let small = try await small()
        let pack = PackWriter(name: small.revision.pack, home: small.home.layout, files: LocalFileSystem())
        var list = EncodedDocumentList(small.list, after: nil)
        list.base = EncodedDocumentList.Base(pack: small.revision.pack, sequence: 1)
        try pack.finish(list)
        #expect(
            await failure { _ = try small.store.documents(of: small.revision) }?.message.contains("too many") == true)
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func changedListsNeverCrash(_ seed: UInt64) async throws {
        let small = try await small()
        var encoded = EncodedDocumentList(small.list, after: nil)
        encoded.base = EncodedDocumentList.Base(pack: small.revision.pack, sequence: 3)
        encoded.drops = ["gone.md"]
        encoded.tombstones = [Tombstone(path: "gone.md", removedSequence: 3, at: Sample.now)]
        let name = PackName.make(task: Sample.id(9), number: 1)
        let bytes = encoded.encoded(in: name)
        #expect(EncodedDocumentList(decoding: bytes, in: name)?.encoded(in: name) == bytes)
        for length in bytes.indices {
            #expect(EncodedDocumentList(decoding: Array(bytes.prefix(length)), in: name) == nil)
        }
        var generator = SplitMix64(seed: seed)
        for _ in 0..<3000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...5, using: &generator) {
                changed[Int.random(in: 0..<changed.count, using: &generator)] = generator.bytes(1)[0]
            }
            guard let list = EncodedDocumentList(decoding: changed, in: name) else { continue }
            let resolved = list.resolved(against: small.list).published(as: 4)
            #expect(resolved.documents.count <= small.list.documents.count + list.puts.count)
        }
    }
}
