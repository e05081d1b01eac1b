// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVStore

/// What must hold wherever a disk fails, a process dies or the power goes.
@Suite(.inTurn) struct CrashTests {
    /// How many operations the scenario has when nothing goes wrong.
    private static func countOperations() async throws -> Int {
        let scenario = CrashScenario(try TestHome())
        let files = FaultyFileSystem(FaultyDisk())
        try await scenario.run(files)
        #expect(scenario.ledger.acknowledged == [1, 2, 3, 4, 5, 6])
        #expect(Set(scenario.ledger.revisions.keys) == [2, 3])
        try await scenario.verify(exactly: true, "no fault")
        return files.operations
    }

    /// Runs the scenario once for each operation that can fail.
    private func forEachOperation(_ body: (Int) async throws -> Void) async throws {
        let count = try await Self.countOperations()
        #expect(count > 60)
        for operation in 1...count { try await body(operation) }
    }

    @Test(arguments: [
        FaultyFileSystem.Fault.failure(errno: ENOSPC), .failure(errno: EIO), .shortWrite(errno: ENOSPC),
    ])
    func aProcessSurvivesAnyOneFailure(_ fault: FaultyFileSystem.Fault) async throws {
        try await forEachOperation { operation in
            let scenario = CrashScenario(try TestHome())
            let disk = FaultyDisk()
            let files = FaultyFileSystem(disk, fault: fault, at: operation)
            try await scenario.run(files)
            let comment = "\(fault) at \(operation)"
            #expect(files.hasFailed, "\(comment)")
            #expect(scenario.ledger.failed.count <= 1, "\(comment)")
            #expect(!scenario.ledger.lastFailed || scenario.ledger.failed == [6], "\(comment)")
            // What the process went on to acknowledge must not depend on what the failure has lost.
            try disk.cutPower(operation.isMultiple(of: 2) ? .nothing : .some(seed: UInt64(operation)))
            try await scenario.verify(exactly: false, comment)
        }
    }

    @Test(arguments: [FaultyFileSystem.Fault.failure(errno: ENOSPC), .shortWrite(errno: EIO)])
    func aFailedCommitIsNotThereWhileTheMachineRuns(_ fault: FaultyFileSystem.Fault) async throws {
        try await forEachOperation { operation in
            let scenario = CrashScenario(try TestHome())
            try await scenario.run(FaultyFileSystem(FaultyDisk(), fault: fault, at: operation))
            try await scenario.verify(exactly: true, "\(fault) at \(operation)")
        }
    }

    @Test func aDiskThatStaysFullLosesNothing() async throws {
        try await forEachOperation { operation in
            let scenario = CrashScenario(try TestHome())
            let disk = FaultyDisk()
            let files = FaultyFileSystem(disk, fault: .broken(errno: ENOSPC), at: operation)
            try await scenario.run(files)
            if operation.isMultiple(of: 2) { try disk.cutPower(.some(seed: UInt64(operation))) }
            try await scenario.verify(exactly: false, "full from \(operation)")
        }
    }

    @Test(arguments: [nil, 1, 2, 3] as [UInt64?])
    func nothingAcknowledgedIsLostWithThePower(_ seed: UInt64?) async throws {
        try await forEachOperation { operation in
            let scenario = CrashScenario(try TestHome())
            let disk = FaultyDisk()
            try await scenario.run(FaultyFileSystem(disk, fault: .death, at: operation))
            try disk.cutPower(seed.map { .some(seed: $0 &* 1_000_003 &+ UInt64(operation)) } ?? .nothing)
            try await scenario.verify(exactly: false, "power cut at \(operation), seed \(seed ?? 0)")
        }
    }

    /// The second process takes up what the first one has left in the page cache, and must not rely on it.
    @Test(arguments: [nil, 1, 2] as [UInt64?])
    func whatAnotherProcessAcknowledgesAfterADeathSurvivesThePower(_ seed: UInt64?) async throws {
        try await forEachOperation { operation in
            let home = try TestHome()
            let scenario = CrashScenario(home)
            let disk = FaultyDisk()
            try await scenario.run(FaultyFileSystem(disk, fault: .death, at: operation))
            let comment = "death at \(operation), seed \(seed ?? 0)"
            let other = try await home.open(FaultyFileSystem(disk))
            for step in 20...22 { try await scenario.commit(step, other) }
            #expect(scenario.ledger.acknowledged.isSuperset(of: [20, 21, 22]), "\(comment)")
            try disk.cutPower(seed.map { .some(seed: $0 &* 7_368_787 &+ UInt64(operation)) } ?? .nothing)
            try await scenario.verify(exactly: false, comment)
        }
    }

    @Test func aCommitAfterAFailedSyncGoesIntoANewGeneration() async throws {
        let home = try TestHome()
        let disk = FaultyDisk()
        let counting = FaultyFileSystem(disk)
        let first = try await home.open(counting)
        try await first.put(1)
        // Reading anew, the name's sync, the member, and then the member's sync.
        let failing = FaultyFileSystem(disk, fault: .failure(errno: EIO), at: 3)
        let store = try await home.open(failing)
        let error = await failure { try await store.put(2) }
        #expect(error?.code == .unavailable)
        #expect(store.state.identity.generation == 1)
        try await store.put(3)
        #expect(store.state.identity.generation == 2)
        try disk.cutPower(.nothing)
        #expect(try await home.open().watchIDs == [Sample.id(1), Sample.id(3)])
    }

    @Test func aReaderNoticesThatACommitOfTheSameLengthHasReplacedOneThatFailed() async throws {
        let home = try TestHome()
        let store = try await home.open()
        try await store.put(1)
        let reader = try await home.open()
        let sound = try home.bytes("state.json.gz")
        try await store.put(2, reason: "0123456789abcdef")
        try await reader.refresh()
        #expect(reader.watchIDs == [Sample.id(1), Sample.id(2)])
        // As if its sync had failed and another process had committed something of the same length instead.
        let length = try home.bytes("state.json.gz").count
        var chain = MemberChain()
        try chain.read(sound)
        let replaced = try Self.member(after: chain, of: length - sound.count)
        let file = try LocalFileSystem().open(home.layout.state, .readAndWrite)
        try file.write(replaced, at: Int64(sound.count))
        try await reader.refresh()
        #expect(reader.watchIDs == [Sample.id(1), Sample.id(3)])
        try await reader.put(4)
        #expect(try await home.open().watchIDs == [Sample.id(1), Sample.id(3), Sample.id(4)])
    }

    /// A commit of watch 3 whose member has exactly this length.
    private static func member(after chain: MemberChain, of length: Int) throws -> [UInt8] {
        var generator = SplitMix64(seed: 5)
        for _ in 0..<10_000 {
            var watch = try Sample.watch(3)
            watch.reason = Sample.noise(Int.random(in: 4..<24, using: &generator), &generator)
            var transaction = Transaction(state: chain.state, now: Sample.now)
            transaction.put(watch)
            let member = Member.encode(
                SmallStateFile.text(of: transaction), sequence: transaction.sequence, predecessor: chain.checksum,
                mark: chain.state.identity.mark, level: 2)
            if member.count == length { return member }
        }
        throw OVError(.internal, "no member of \(length) bytes")
    }
}
