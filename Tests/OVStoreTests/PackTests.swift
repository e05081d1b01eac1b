// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVStore

@Suite(.inTurn) struct PackTests {
    private func bytes(_ seed: Int, _ count: Int) -> [UInt8] {
        var generator = SplitMix64(seed: UInt64(seed))
        // Half of them compress.
        return seed.isMultiple(of: 2) ? generator.bytes(count) : [UInt8](repeating: UInt8(seed & 255), count: count)
    }

    @Test func blobsCanBeWrittenSideBySide() async throws {
        let home = try TestHome()
        let store = try await home.open()
        let pack = store.makePack(task: Sample.id(1))
        let documents = try await withThrowingTaskGroup(of: StoredDocument.self) { group in
            for index in 0..<200 {
                let bytes = bytes(index, index * 7)
                group.addTask {
                    let blob = try pack.append(bytes, isCompressible: !index.isMultiple(of: 5))
                    return StoredDocument(
                        path: "d\(index)", mediaType: "text/plain", digest: Digest(of: bytes), size: Int64(bytes.count),
                        blob: blob, changedSequence: 0, changedAt: Sample.now)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(try home.exists("packs/\(pack.name).pack.tmp"))
        let sealed = try store.finish(pack, DocumentList(documents: documents, tombstones: []), after: nil)
        #expect(sealed.needed == [pack.name])
        #expect(try home.status("packs/\(pack.name).pack").permissions == 0o600)
        for document in documents {
            let index = try #require(Int(document.path.dropFirst()))
            #expect(try store.bytes(of: document) == bytes(index, index * 7))
        }
        let reader = try PackReader(name: pack.name, home: home.layout, files: LocalFileSystem())
        #expect(try reader.footer().blobs == 200)
    }

    @Test func aRunWithoutAnythingNewLeavesNoPack() async throws {
        let home = try TestHome()
        let store = try await home.open()
        let pack = store.makePack(task: Sample.id(1))
        pack.discard()
        #expect(try LocalFileSystem().status(of: home.path) == nil)
        _ = try pack.append([1, 2, 3], isCompressible: true)
        pack.discard()
        #expect(try LocalFileSystem().names(in: home.layout.packs) == [])
    }

    /// What is known of the documents of each revision without the store.
    private struct Expected {
        var documents: [String: (bytes: [UInt8], sequence: UInt64)] = [:]
        var tombstones: [String: UInt64] = [:]
    }

    @Test func everyDocumentOfEveryRevisionIsRead() async throws {
        let home = try TestHome()
        let store = try await home.open()
        try await store.put(900)
        let publisher = Publisher(store: store, resource: try Sample.resource("docs"))
        var generator = SplitMix64(seed: 11)
        var history: [(Revision, Expected)] = []
        var chain: [Int] = []
        for number in 1...20 {
            let sequence = store.state.sequence + 1
            var (changed, removed): ([String: [UInt8]], Set<String>) = ([:], [])
            var expected = history.last?.1 ?? Expected()
            for _ in 0..<(number == 1 ? 60 : Int.random(in: 1...4, using: &generator)) {
                let path = "d/\(Int.random(in: 0..<90, using: &generator)).md"
                if number > 1, generator.once(in: 3), expected.documents[path] != nil, changed[path] == nil {
                    removed.insert(path)
                } else if !removed.contains(path) {
                    changed[path] = generator.bytes(Int.random(in: 0...300, using: &generator))
                }
            }
            for (path, bytes) in changed {
                expected.documents[path] = (bytes, sequence)
                expected.tombstones[path] = nil
            }
            for path in removed {
                expected.documents[path] = nil
                expected.tombstones[path] = sequence
            }
            let revision = try await publisher.publish(
                changed, removing: removed, task: Sample.id(number), after: history.last?.0)
            history.append((revision, expected))
            chain.append(try store.documents(of: revision).chainLength)
        }
        // A difference each time, until the chain is as long as it may be.
        #expect(chain == Array(1...16) + Array(1...4))
        let reopened = try await home.open()
        for (revision, expected) in history { try check(revision, expected, reopened) }
        let inspection = try await home.unopened().inspect { _ in }
        #expect(inspection.problems == [] && inspection.notes == [])
        #expect(inspection.revisions == 20 && inspection.packs == 20)
    }

    private func check(_ revision: Revision, _ expected: Expected, _ store: Store) throws {
        let list = try store.documents(of: revision)
        #expect(
            list.documents.map(\.path) == expected.documents.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        for document in list.documents {
            let known = try #require(expected.documents[document.path])
            #expect(document.changedSequence == known.sequence)
            #expect(try store.bytes(of: document) == known.bytes)
            #expect(list[document.path] == document)
        }
        #expect(
            Dictionary(uniqueKeysWithValues: list.tombstones.map { ($0.path, $0.removedSequence) })
                == expected.tombstones)
        #expect(Digest(of: list) == revision.digest)
        #expect(Set(revision.packs).isSuperset(of: list.blobPacks))
    }

    @Test func foldersAreFoundInAList() {
        let blob = BlobLocation(
            pack: PackName.make(task: Sample.id(1), number: 1), offset: 8, storedLength: 0, method: .plain)
        let paths = ["a", "a!", "a/b", "a/b/c", "a/z", "a0", "ab/c", "b"]
        let list = DocumentList(
            documents: paths.shuffled().map {
                StoredDocument(
                    path: $0, mediaType: "", digest: Digest(of: []), size: 0, blob: blob, changedSequence: 0,
                    changedAt: Sample.now)
            }, tombstones: [])
        #expect(list.documents.map(\.path) == paths)
        #expect(list.documents(below: "a").map(\.path) == ["a/b", "a/b/c", "a/z"])
        #expect(list.documents(below: "a/b").map(\.path) == ["a/b/c"])
        #expect(list.documents(below: "").count == paths.count)
        #expect(list.documents(below: "zz").isEmpty)
        #expect(list["a/c"] == nil)
    }
}
