// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVStore

@Suite(.inTurn) struct CollectionTests {
    private func packs(_ home: TestHome) throws -> Set<String> {
        Set(try LocalFileSystem().names(in: home.layout.packs))
    }

    private func name(_ task: Int, _ suffix: String = "") -> String {
        PackName.make(task: Sample.id(task), number: 1) + ".pack" + suffix
    }

    @Test func whatNothingNeedsIsRemovedWhenItIsOld() async throws {
        let home = try TestHome()
        let store = try await home.open()
        try await store.put(1)
        let now = Sample.now.milliseconds * 1_000_000
        let hour: Int64 = 3_600_000_000_000
        for (task, age) in [(10, hour + 1), (11, hour), (12, hour - 1_000_000), (13, -hour)] {
            for suffix in ["", ".tmp"] {
                try home.write("packs/" + name(task, suffix), [1, 2, 3])
                try home.folder.setModified("home/packs/" + name(task, suffix), now - age)
            }
        }
        try home.write("packs/notes.txt", [1])
        let collected = try await store.collect()
        #expect(collected == Store.Collected(packs: 4, bytes: 12))
        #expect(try packs(home) == [name(12), name(12, ".tmp"), name(13), name(13, ".tmp"), "notes.txt"])
        #expect(try await store.collect() == Store.Collected())
        let notes = try await home.unopened().inspect { _ in }.notes
        #expect(notes.map(\.file) == ["packs/" + name(12)])
        #expect(notes.first?.message.contains("and 4 more") == true)
        home.clock.advance(by: .hours(3))
        #expect(try await store.collect().packs == 4)
        #expect(try packs(home) == ["notes.txt"])
    }

    @Test func whatTheStateNeedsIsKept() async throws {
        let home = try TestHome()
        let store = try await home.open()
        try await store.put(900)
        let publisher = Publisher(store: store, resource: try Sample.resource("docs"))
        let many = Dictionary(uniqueKeysWithValues: (0..<20).map { ("d\($0)", [UInt8($0)]) })
        let first = try await publisher.publish(many, task: Sample.id(1), after: nil)
        let second = try await publisher.publish(["d1": [77]], task: Sample.id(2), after: first)
        let key = try Sample.resource("docs").key
        try await store.commit { (transaction: inout Transaction) throws(OVError) in
            transaction.dropRevision(1, of: key)
        }
        #expect(try await store.collect() == Store.Collected())
        // The second is a difference to the first, and most of its documents lie there.
        #expect(
            second.packs == [
                PackName.make(task: Sample.id(1), number: 1), PackName.make(task: Sample.id(2), number: 1),
            ])
        #expect(try store.documents(of: second).documents.count == 20)
    }

    @Test func whatTheGenerationBeforeNeedsIsKept() async throws {
        let home = try TestHome()
        let store = try await home.open()
        try await store.put(900)
        let publisher = Publisher(store: store, resource: try Sample.resource("docs"))
        try await publisher.publish(["a": [1]], task: Sample.id(1), after: nil)
        try await store.compact()
        let key = try Sample.resource("docs").key
        try await store.commit { (transaction: inout Transaction) throws(OVError) in transaction.dropResource(key) }
        #expect(try await store.collect() == Store.Collected())
        #expect(try packs(home) == [name(1)])
        try await store.compact()
        // Now the generation before has forgotten it, too, but for its own older snapshot.
        #expect(try await store.collect().packs == 1)
        #expect(try packs(home) == [])
    }

    @Test(arguments: TaskRecord.Status.allCases)
    func theRunThatMakesAPackKeepsIt(_ status: TaskRecord.Status) async throws {
        let home = try TestHome()
        let store = try await home.open()
        var task = try Sample.task(1)
        task.status = status
        let record = task
        try await store.commit { (transaction: inout Transaction) throws(OVError) in transaction.put(record) }
        try home.write("packs/" + name(1), [1])
        try home.write("packs/" + name(1, ".tmp"), [1])
        let collected = try await store.collect()
        #expect(collected.packs == (status.isFinal ? 2 : 0))
    }

    @Test func onlyOneCollects() async throws {
        let home = try TestHome()
        let store = try await home.open()
        try await store.put(1)
        try home.write("packs/" + name(9), [1])
        let lock = try LockFile(path: home.layout.lock)
        #expect(try lock.tryLock(.collector))
        #expect(try await store.collect() == Store.Collected())
        lock.unlock(.collector)
        #expect(try await store.collect().packs == 1)
        #expect(try lock.tryLock(.collector))
    }

    @Test func usageCountsPacks() async throws {
        let home = try TestHome()
        let store = try await home.open()
        #expect(try await store.packUsage() == Store.Collected())
        try home.write("packs/" + name(1), [1, 2])
        try home.write("packs/" + name(2, ".tmp"), [1, 2])
        #expect(try await store.packUsage() == Store.Collected(packs: 1, bytes: 2))
    }
}
