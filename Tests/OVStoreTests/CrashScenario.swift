// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import Synchronization
import Testing

@testable import OVStore

/// A life of a store on a disk that may fail: commits, revisions with their packs, a compaction, a collection.
///
/// Every step is tried whatever became of those before, and what was acknowledged is remembered.
final class CrashScenario: Sendable {
    struct Ledger {
        /// Commits of two watches each, by the number of the step.
        var acknowledged: Set<Int> = []
        var failed: Set<Int> = []
        /// The numbers of revisions whose commit was acknowledged, and the documents that they have.
        var revisions: [Int: [String: [UInt8]]] = [:]
        var lastFailed = false
    }

    let home: TestHome
    private let book = Mutex(Ledger())

    init(_ home: TestHome) { self.home = home }

    var ledger: Ledger { book.withLock { $0 } }

    /// Runs all of it on one store, as one process would.
    func run(_ files: any FileSystem) async throws {
        guard let store = try? await home.open(files) else { return }
        for step in 1...3 { try await commit(step, store) }
        try await publish(1, changing: [1, 2, 3], store)
        try await publish(2, changing: [2], store)
        try await commit(4, store)
        try? await store.compact()
        try await commit(5, store)
        try await publish(3, changing: [3], store)
        try await drop(1, store)
        _ = try? await store.collect()
        try? await store.compact()
        _ = try? await store.collect()
        try await commit(6, store)
    }

    /// One commit of two watches and a key, of which there must never be some alone.
    func commit(_ step: Int, _ store: Store) async throws {
        let watches = [try Sample.watch(step * 10), try Sample.watch(step * 10 + 1)]
        do throws(OVError) {
            try await store.commit { (transaction: inout Transaction) throws(OVError) in
                for watch in watches { transaction.put(watch) }
                transaction.put(Sample.key(step))
            }
            book.withLock { ledger in
                ledger.acknowledged.insert(step)
                ledger.lastFailed = false
            }
        } catch {
            book.withLock { ledger in
                ledger.failed.insert(step)
                ledger.lastFailed = true
            }
        }
    }

    static func document(_ number: Int, revision: Int) -> [UInt8] {
        var generator = SplitMix64(seed: UInt64(number * 100 + revision))
        return Array("document \(number) of revision \(revision)\n".utf8) + generator.bytes(200)
    }

    /// Publishes a revision if the one before is the one that the last publication made.
    private func publish(_ number: Int, changing documents: [Int], _ store: Store) async throws {
        let state = store.state
        let resource = try state.resources[Sample.resource("docs").key] ?? Sample.resource("docs")
        let previous = state.currentRevision(of: resource)
        var content = previous.flatMap { previous in ledger.revisions[previous.number] } ?? [:]
        var changed: [String: [UInt8]] = [:]
        for document in documents { changed["d\(document).md"] = Self.document(document, revision: number) }
        content.merge(changed) { $1 }
        do throws(OVError) {
            let publisher = Publisher(store: store, resource: resource)
            let revision = try await publisher.publish(changed, task: Sample.id(1000 + number), after: previous)
            book.withLock { $0.revisions[revision.number] = content }
        } catch {
            book.withLock { $0.lastFailed = true }
        }
    }

    private func drop(_ revision: Int, _ store: Store) async throws {
        let key = try Sample.resource("docs").key
        do throws(OVError) {
            try await store.commit { (transaction: inout Transaction) throws(OVError) in
                guard transaction.state.revisions(of: key).contains(where: { $0.number == revision }),
                    transaction.state.resources[key]?.revision != revision
                else { return }
                transaction.dropRevision(revision, of: key)
            }
        } catch {
            book.withLock { $0.lastFailed = true }
        }
        book.withLock { $0.revisions[revision] = nil }
    }
}

// MARK: - What must hold

extension CrashScenario {
    /// Opens what is there with the machine's own file system and checks everything that was promised.
    /// - Parameter exactly: whether what failed must not be there, and not merely be there whole or not at all.
    func verify(exactly: Bool, _ comment: String) async throws {
        let ledger = ledger
        let store: Store
        do {
            store = try await home.open()
        } catch {
            Issue.record("\(comment): cannot be opened: \(error)")
            return
        }
        let there = Set(store.watchIDs)
        for step in ledger.acknowledged.union(ledger.failed).sorted() {
            var found = [step * 10, step * 10 + 1].filter { there.contains(Sample.id($0)) }.count
            if found == 2, store.state.key(Sample.key(step).id) != Sample.key(step) { found = 1 }
            if found == 0, store.state.key(Sample.key(step).id) != nil { found = 1 }
            if ledger.acknowledged.contains(step) {
                #expect(found == 2, "\(comment): commit \(step) was acknowledged")
            } else {
                #expect(found == 0 || (found == 2 && !exactly), "\(comment): commit \(step) was not acknowledged")
            }
        }
        try verifyRevisions(store, ledger, comment)
        let inspection = try await home.unopened().inspect { _ in }
        #expect(inspection.problems == [], "\(comment)")
        try await store.put(999)
        #expect(try await home.open().watchIDs.contains(Sample.id(999)), "\(comment)")
    }

    private func verifyRevisions(_ store: Store, _ ledger: Ledger, _ comment: String) throws {
        let key = try Sample.resource("docs").key
        for (number, documents) in ledger.revisions {
            guard let revision = store.state.revisions(of: key).first(where: { $0.number == number }) else {
                Issue.record("\(comment): revision \(number) was acknowledged")
                continue
            }
            let list = try store.documents(of: revision)
            var found: [String: [UInt8]] = [:]
            for document in list.documents { found[document.path] = try store.bytes(of: document) }
            #expect(found == documents, "\(comment): revision \(number)")
        }
    }
}
