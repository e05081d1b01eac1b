// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVStore

@Suite(.inTurn) struct FeedStateTests {
    @Test func whatTheFeedIsMadeFromOutlivesACompaction() async throws {
        let home = try TestHome()
        let store = try await home.open()
        let key = ResourceKey(account: "acme", uri: try Sample.uri("gone"))
        let reader = FeedReader(
            key: FeedReader.Key(owner: Owner(account: "acme", user: "ann"), name: "bot", uri: try Sample.uri("docs")),
            cursor: "1.2.3", at: Sample.now)
        let pack = PackName.make(task: Sample.id(1), number: 1)
        for _ in 0..<3 {
            try await store.commit { (transaction: inout Transaction) throws(OVError) in
                transaction.put(
                    Removal(key: key, at: Sample.now, sequence: transaction.sequence, pack: pack, forgotten: 7))
                transaction.put(reader)
            }
        }
        try await store.commit { (transaction: inout Transaction) throws(OVError) in
            transaction.forgetRemovals(through: 1)
            // A lower one than is known changes nothing.
            transaction.forgetRemovals(through: 0)
        }
        let before = store.state
        #expect(before.removals.map(\.sequence) == [2, 3] && before.forgottenSequence == 1)
        #expect(before.removals(after: 2).map(\.sequence) == [3])
        try await store.compact()
        let reopened = try await home.open().state
        #expect(reopened.removals == before.removals && reopened.forgottenSequence == 1)
        #expect(reopened.reader(reader.key) == reader && reopened.readers(of: reader.key.owner) == [reader])
        try await store.commit { (transaction: inout Transaction) throws(OVError) in
            transaction.dropReader(reader.key)
        }
        #expect(try await home.open().state.reader(reader.key) == nil)
    }

    @Test(arguments: [
        "{}", #"{"of":{"uri":"viking://resources/a"}}"#, #"{"name":"x"}"#, #"{"key":{},"cursor":"x"}"#,
        #"{"of":{"uri":"viking://resources/a"},"at":"2100-01-01T00:00:00.000Z","sequence":1,"pack":"../x"}"#,
        #"{"of":{"uri":"viking://resources/a"},"at":"2100-01-01T00:00:00.000Z","sequence":-1,"pack":"x"}"#, "[]", "{",
    ]) func whatIsNoRecordOfTheFeedIsRefused(_ text: String) {
        var (first, second, third) = (
            JSONReader(Array(text.utf8)), JSONReader(Array(text.utf8)), JSONReader(Array(text.utf8))
        )
        #expect(throws: JSONError.self) { try Removal(decoding: &first) }
        #expect(throws: JSONError.self) { try FeedReader(decoding: &second) }
        #expect(throws: JSONError.self) { try FeedReader.Key(decoding: &third) }
    }

    @Test func packsThatRemovalsNeedAreKept() async throws {
        let home = try TestHome()
        let store = try await home.open()
        try await store.put(900)
        let sealed = try store.seal(
            [Tombstone(path: "a.md", removedSequence: 0, at: Sample.now, addedSequence: 1)], task: Sample.id(1))
        let key = ResourceKey(account: "default", uri: try Sample.uri("gone"))
        try await store.commit { (transaction: inout Transaction) throws(OVError) in
            transaction.put(
                Removal(key: key, at: Sample.now, sequence: transaction.sequence, pack: sealed.name, forgotten: 0))
        }
        let state = store.state
        #expect(await store.neededPacks(by: state) == [sealed.name])
        #expect(try store.tombstones(of: try #require(state.removals.first)).map(\.removedSequence) == [2])
        #expect(try await home.unopened().inspect { _ in }.problems == [])
        try LocalFileSystem().remove(home.layout.pack(sealed.name))
        #expect(try await home.unopened().inspect { _ in }.problems.count == 1)
        let repair = try await home.unopened().repair()
        #expect(repair.lost.count == 1)
        let repaired = try await home.open().state
        #expect(repaired.removals.isEmpty && repaired.forgottenSequence == 2)
        #expect(try await home.unopened().inspect { _ in }.problems == [])
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>) func partsOfListsSayWhatWholeOnesDo(_ seed: UInt64) async throws {
        let home = try TestHome()
        let store = try await home.open()
        try await store.put(900)
        let publisher = Publisher(store: store, resource: try Sample.resource("docs"))
        var generator = SplitMix64(seed: seed)
        var revisions: [Revision] = []
        for number in 1...24 {
            var changed: [String: [UInt8]] = [:]
            var removed: Set<String> = []
            for _ in 0..<(number == 1 ? 60 : Int.random(in: 1...4, using: &generator)) {
                let path = "d/\(Int.random(in: 0..<90, using: &generator)).md"
                changed[path] = generator.bytes(Int.random(in: 0...2, using: &generator))
            }
            if let last = revisions.last {
                let paths = try store.documents(of: last).documents.map(\.path).filter { changed[$0] == nil }
                removed = Set(paths.shuffled(using: &generator).prefix(Int.random(in: 0...3, using: &generator)))
            }
            revisions.append(
                try await publisher.publish(changed, removing: removed, task: Sample.id(number), after: revisions.last))
            try await store.put(900 + number)
        }
        for _ in 0..<60 {
            let pair = (revisions.randomElement(using: &generator), revisions.randomElement(using: &generator))
            let (old, new) = (try #require(pair.0), try #require(pair.1))
            try check(store, from: old, to: new)
        }
        try check(store, from: nil, to: revisions[5])
    }

    private func check(_ store: Store, from old: Revision?, to new: Revision) throws {
        let before = try old.map { try store.documents(of: $0) } ?? .empty
        let after = try store.documents(of: new)
        let differences = try store.differences(from: old, to: new)
        let expected = Set((before.documents + after.documents).map(\.path)).filter { path in
            before[path].map(\.digest) != after[path].map(\.digest)
        }
        #expect(Set(differences.map(\.path)) == expected)
        #expect(differences.count == expected.count)
        for difference in differences {
            #expect(difference.old == before[difference.path] && difference.new == after[difference.path])
        }
        let known = old?.sequence ?? 0
        let recent = try store.documents(of: new, changedAfter: known)
        #expect(Set(recent.changed) == Set(after.documents.filter { $0.changedSequence > known }))
        #expect(recent.tombstones == after.tombstones)
        let paths = Set(after.documents.prefix(7).map(\.path) + ["d/none.md"])
        #expect(Set(try store.documents(of: new, at: paths).values) == Set(after.documents.prefix(7)))
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>) func publicationsAreFoundInWhateverOrderTheyCame(_ seed: UInt64)
        throws
    {
        var generator = SplitMix64(seed: seed)
        var (index, last): (PublicationIndex, [ResourceKey: UInt64]) = (PublicationIndex(), [:])
        let keys = try (0..<40).map { ResourceKey(account: "default", uri: try Sample.uri("r\($0)")) }
        func isCurrent(_ entry: PublicationIndex.Entry) -> Bool { last[entry.key] == entry.sequence }
        for number in 1...1500 as ClosedRange<UInt64> {
            let key = keys[Int.random(in: 0..<40, using: &generator)]
            let sequence = seed.isMultiple(of: 2) ? number : UInt64.random(in: 1...3000, using: &generator)
            last[key] = sequence
            index.note(key, sequence)
            if number.isMultiple(of: 400) { index.rebuild(keeping: isCurrent) }
            if number.isMultiple(of: 150) { index.settle(keeping: isCurrent) }
            guard number.isMultiple(of: 37) else { continue }
            let since = UInt64.random(in: 0...3000, using: &generator)
            let found = Set(index.entries(after: since).filter(isCurrent).map(\.key))
            #expect(found == Set(last.filter { $0.value > since }.keys))
        }
    }

    @Test func documentsKeepSinceWhenTheyAreThere() throws {
        let blob = BlobLocation(
            pack: PackName.make(task: Sample.id(1), number: 1), offset: 8, storedLength: 0, method: .plain)
        let old = StoredDocument(
            path: "a", mediaType: "", digest: Digest(of: []), size: 0, blob: blob, changedSequence: 9,
            changedAt: Sample.now, addedSequence: 4)
        var encoded = EncodedDocumentList(DocumentList(documents: [old], tombstones: []), after: nil)
        encoded.tombstones = [Tombstone(path: "b", removedSequence: 8, at: Sample.now, addedSequence: 5)]
        let name = PackName.make(task: Sample.id(1), number: 1)
        let list = try #require(EncodedDocumentList(decoding: encoded.encoded(in: name), in: name))
        #expect(list.puts.first?.addedSequence == 4 && list.tombstones.first?.addedSequence == 5)
        #expect(EncodedDocumentList(decoding: encoded.encoded(in: name), in: name, only: ["b"])?.puts == [])
    }
}
