// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem
import OVTestSupport
import OVTestTraits
import Synchronization
import Testing

@testable import OVStore

@Suite(.inTurn) struct StoreTests {
    @Test func theFirstCommitMakesAHomeThatNobodyElseCanRead() async throws {
        let home = try TestHome()
        let store = try await home.open()
        #expect(store.state.sequence == 0)
        try await store.refresh()
        #expect(try LocalFileSystem().status(of: home.path) == nil)
        try await store.put(1)
        #expect(try home.status("").permissions == 0o700)
        for name in ["state.json.gz", "state.lock"] { #expect(try home.status(name).permissions == 0o600) }
        #expect(try LocalFileSystem().names(in: home.path).sorted() == ["state.json.gz", "state.lock"])
        #expect(store.state.sequence == 1)
        #expect(store.state.identity.epoch == 1)
    }

    @Test func aCommitThatWritesNothingMakesNoHome() async throws {
        let home = try TestHome()
        let store = try await home.open()
        #expect(try await store.commit { (_: inout Transaction) throws(OVError) in 7 } == 7)
        #expect(try LocalFileSystem().status(of: home.path) == nil)
        #expect(try await home.open().state.sequence == 0)
    }

    @Test func whatOneProcessCommitsTheOtherSees() async throws {
        let home = try TestHome()
        let (first, second) = (try await home.open(), try await home.open())
        try await first.put(1)
        #expect(second.watchIDs == [])
        try await second.refresh()
        #expect(second.watchIDs == [Sample.id(1)])
        try await second.put(2)
        try await first.refresh()
        #expect(first.watchIDs == [Sample.id(1), Sample.id(2)])
        // A commit sees what others have committed, without a refresh before it.
        try await second.put(3)
        let seen = try await first.commit { (transaction: inout Transaction) throws(OVError) in
            transaction.state.watches[Sample.id(3)] != nil
        }
        #expect(seen)
        #expect(first.watchIDs.contains(Sample.id(3)))
    }

    @Test func nothingIsLostOrDoubledAmongManyProcesses() async throws {
        let home = try TestHome()
        let (stores, commits) = (8, 50)
        try await home.open().put(1, reason: "0")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<stores {
                let store = try await home.open()
                for _ in 0..<commits {
                    group.addTask {
                        try await store.commit { (transaction: inout Transaction) throws(OVError) in
                            guard var watch = transaction.state.watches[Sample.id(1)], let count = Int(watch.reason)
                            else { throw OVError(.internal, "no counter") }
                            watch.reason = String(count + 1)
                            transaction.put(watch)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await home.open().state.watches[Sample.id(1)]?.reason == String(stores * commits))
        #expect(try await home.unopened().inspect { _ in }.problems == [])
    }

    private final class Counter: Sendable {
        let value = Mutex(0)
    }

    /// Runs commits that all wait for the same lock, so that they meet in few members.
    private func together(
        _ home: TestHome, _ store: Store, _ count: Int,
        _ body: @escaping @Sendable (Int, inout Transaction) throws(OVError) -> Void
    ) async throws -> [OVError?] {
        let lock = try LockFile(path: home.layout.lock)
        #expect(try lock.tryLock(.commit))
        let begun = Counter()
        return await withTaskGroup(of: (Int, OVError?).self) { (group) -> [OVError?] in
            for index in 0..<count {
                group.addTask {
                    begun.value.withLock { $0 += 1 }
                    let error = await failure {
                        try await store.commit { (transaction: inout Transaction) throws(OVError) in
                            try body(index, &transaction)
                        }
                    }
                    return (index, error)
                }
            }
            while begun.value.withLock({ $0 < count }) { await Task.yield() }
            lock.unlock(.commit)
            var errors = [OVError?](repeating: nil, count: count)
            for await (index, error) in group { errors[index] = error }
            return errors
        }
    }

    @Test func commitsThatWaitTogetherBecomeOne() async throws {
        let home = try TestHome()
        let store = try await home.open()
        try await store.put(0)
        let watches = try (1...64).map { try Sample.watch($0) }
        let errors = try await together(
            home, store, 64
        ) { (index: Int, transaction: inout Transaction) throws(OVError) in transaction.put(watches[index]) }
        #expect(errors.allSatisfy { $0 == nil })
        #expect(store.state.sequence <= 12)
        let reopened = try await home.open()
        #expect(Set(reopened.watchIDs) == Set((0...64).map(Sample.id)))
        #expect(reopened.state.sequence == store.state.sequence)
    }

    @Test func eachSeesThoseAheadOfIt() async throws {
        let home = try TestHome()
        let store = try await home.open()
        try await store.put(0)
        let watch = try Sample.watch(1)
        let errors = try await together(
            home, store, 16
        ) { (_: Int, transaction: inout Transaction) throws(OVError) in
            guard transaction.state.watches[watch.id] == nil else { throw OVError(.conflict, "taken") }
            transaction.put(watch)
        }
        #expect(errors.filter { $0 == nil }.count == 1)
        #expect(errors.compactMap { $0 }.allSatisfy { $0.code == .conflict })
    }

    @Test func oneThatFailsLeavesNothingAndHurtsNobody() async throws {
        let home = try TestHome()
        let store = try await home.open()
        try await store.put(0)
        let watches = try (1...20).map { try Sample.watch($0) }
        let errors = try await together(
            home, store, 20
        ) { (index: Int, transaction: inout Transaction) throws(OVError) in
            transaction.put(watches[index])
            if index.isMultiple(of: 2) { throw OVError(.failedPrecondition, "odd") }
        }
        #expect(errors.map { $0?.code } == (0..<20).map { $0.isMultiple(of: 2) ? .failedPrecondition : nil })
        let expected = Set([0] + stride(from: 2, through: 20, by: 2)).map(Sample.id)
        #expect(Set(store.watchIDs) == Set(expected))
        #expect(Set(try await home.open().watchIDs) == Set(expected))
    }

    @Test func aFailedWriteFailsAllWhoWaitedAndShowsWhatOthersHaveDone() async throws {
        let home = try TestHome()
        let disk = FaultyDisk()
        let other = try await home.open(FaultyFileSystem(disk))
        try await other.put(1)
        let files = FaultyFileSystem(disk, fault: .broken(errno: 28), at: 1)
        let store = try await home.open(files)
        try await other.put(2)
        let error = await failure { try await store.put(3) }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("No space left") == true)
        #expect(error?.hint?.contains("free some space") == true)
        #expect(store.watchIDs == [Sample.id(1), Sample.id(2)])
        files.heal()
        try await store.put(3)
        #expect(try await home.open().watchIDs == [1, 2, 3].map(Sample.id))
    }

    @Test func aTornTailIsKeptAsideAndCutOff() async throws {
        let home = try TestHome()
        let store = try await home.open()
        try await store.put(1)
        let sound = try home.bytes("state.json.gz")
        try await store.put(2)
        let torn = Array(try home.bytes("state.json.gz")[sound.count...].dropLast(9))
        try home.write("state.json.gz", sound + torn)
        let reader = try await home.open()
        #expect(reader.watchIDs == [Sample.id(1)])
        #expect(try home.bytes("state.json.gz") == sound + torn)
        let inspection = try await home.unopened().inspect { _ in }
        #expect(inspection.problems == [])
        #expect(inspection.notes.map(\.file) == ["state.json.gz"])
        try await reader.put(3)
        #expect(try home.bytes("state.torn-1") == torn)
        #expect(try home.status("state.torn-1").permissions == 0o600)
        #expect(try home.bytes("state.json.gz").starts(with: sound))
        #expect(try await home.open().watchIDs == [Sample.id(1), Sample.id(3)])
        #expect(try await home.unopened().inspect { _ in }.notes.map(\.file) == ["state.torn-1"])
    }

    // MARK: Homes without a state

    @Test func aHomeWithAnEmptyLockFileIsAnEmptyStore() async throws {
        let home = try TestHome()
        try home.write("state.lock", [])
        let store = try await home.open()
        #expect(store.state.sequence == 0)
        try await store.put(1)
        #expect(try await home.open().watchIDs == [Sample.id(1)])
    }

    @Test(arguments: ["state.lock", "state.json.gz.1", "packs/7f02e980-8df9-4f27-a570-4d8428cbed8a-1.pack"])
    func aHomeThatHadAStateIsDamagedAndNotEmpty(_ trace: String) async throws {
        let home = try TestHome()
        try home.write(trace, [1, 2, 3])
        let before = try home.contents()
        for _ in 0..<2 {
            let error = await failure { _ = try await home.open() }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains("state.json.gz: it is missing") == true)
            #expect(error?.hint?.contains("ov store repair") == true)
            let unopened = home.unopened()
            #expect(await failure { try await unopened.put(1) }?.code == .unavailable)
        }
        #expect(try home.contents() == before)
    }

    @Test func aStateThatGoesAwayIsMissed() async throws {
        let home = try TestHome()
        let store = try await home.open()
        try await store.put(1)
        try home.remove("state.json.gz")
        #expect(await failure { try await store.refresh() }?.message.contains("is gone") == true)
        #expect(await failure { try await store.put(2) }?.message.contains("is gone") == true)
        #expect(try !home.exists("state.json.gz"))
    }
}
