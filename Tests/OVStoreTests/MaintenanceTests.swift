// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVStore

@Suite(.inTurn) struct MaintenanceTests {
    /// A home with two generations, watches, and a resource of two revisions.
    private func filled() async throws -> TestHome {
        let home = try TestHome()
        let store = try await home.open()
        for number in 1...3 { try await store.put(number) }
        let publisher = Publisher(store: store, resource: try Sample.resource("docs"))
        let first = try await publisher.publish(["a.md": [1], "b.md": [2]], task: Sample.id(50), after: nil)
        try await store.compact()
        for number in 4...6 { try await store.put(number) }
        try await publisher.publish(["a.md": [3]], task: Sample.id(51), after: first)
        return home
    }

    /// Where the members of the state file begin and end.
    private func members(_ home: TestHome) throws -> [Range<Int>] {
        let bytes = try home.bytes("state.json.gz")
        var (ranges, position): ([Range<Int>], Int) = ([], 0)
        while position < bytes.count, let member = Member(header: bytes[position...]) {
            ranges.append(position..<position + member.length)
            position += member.length
        }
        return ranges
    }

    private func damage(_ home: TestHome, member: Int) throws {
        let range = try members(home)[member]
        try home.damage("state.json.gz") { $0[range.lowerBound + 50] ^= 0x10 }
    }

    private func inspect(_ home: TestHome) async throws -> Inspection { try await home.unopened().inspect { _ in } }

    /// What every repaired store must be.
    private func checkRepaired(_ home: TestHome, epoch: UInt64 = 2) async throws -> Store {
        #expect(try await inspect(home).problems == [])
        let store = try await home.open()
        #expect(store.state.identity.epoch == epoch)
        #expect(try await home.unopened().repair() == Repair())
        try await store.put(99)
        try await store.compact()
        #expect(try await inspect(home).problems == [])
        #expect(try await home.open().watchIDs == store.watchIDs)
        return store
    }

    @Test func aSoundStoreIsLeftAsItIs() async throws {
        let home = try await filled()
        let before = try home.contents()
        let inspection = try await inspect(home)
        #expect(inspection.problems == [] && inspection.notes == [])
        #expect(inspection.revisions == 2 && inspection.packs == 2 && inspection.documents == 3)
        #expect(try await home.unopened().repair() == Repair())
        #expect(try home.contents() == before)
        let empty = try TestHome()
        #expect(try await inspect(empty).problems == [])
    }

    @Test func aLostSnapshotComesBackFromTheGenerationBefore() async throws {
        let home = try await filled()
        let bad = try home.bytes("state.json.gz")
        try damage(home, member: 0)
        let damaged = try home.bytes("state.json.gz")
        #expect(damaged != bad)
        #expect(try await inspect(home).problems.map(\.file) == ["state.json.gz"])
        #expect(await failure { _ = try await home.open() }?.details["damaged_file"] != nil)
        let repair = try await home.unopened().repair()
        #expect(repair.kept == ["state.damaged-1"])
        #expect(try home.bytes("state.damaged-1") == damaged)
        let store = try await checkRepaired(home)
        #expect(store.watchIDs == [1, 2, 3, 4, 5, 6, 99].map(Sample.id))
        #expect(store.state.revisions(of: try Sample.resource("docs").key).count == 2)
    }

    @Test func aDamagedCommitTakesOnlyItselfAlong() async throws {
        let home = try await filled()
        try damage(home, member: 2)
        let repair = try await home.unopened().repair()
        #expect(repair.lost.contains("commits 6 to 6 are missing"))
        let store = try await checkRepaired(home)
        #expect(store.watchIDs == [1, 2, 3, 4, 6, 99].map(Sample.id))
    }

    @Test func aMissingStateComesBackFromTheGenerationBefore() async throws {
        let home = try await filled()
        try home.remove("state.json.gz")
        let repair = try await home.unopened().repair()
        #expect(repair.kept == [] && repair.lost.count == 1)
        let store = try await checkRepaired(home)
        #expect(store.watchIDs == [1, 2, 3, 99].map(Sample.id))
    }

    @Test(arguments: [0, 1, 2, 30]) func aLostResourceDoesNotMakeTheRepairedStateUnreadable(_ flips: Int) async throws {
        let home = try await filled()
        let store = try await home.open()
        let publisher = Publisher(store: store, resource: try Sample.resource("more"))
        let resource = try Sample.resource("more")
        try await store.commit { (transaction: inout Transaction) throws(OVError) in transaction.put(resource) }
        let key = resource.key
        // A revision whose resource stands in the commit before, which is lost.
        try await publisher.publish(["x": [1]], task: Sample.id(60), after: nil)
        let revision = try #require(store.state.revisions(of: key).first)
        let other = try await home.open()
        try await other.commit { (transaction: inout Transaction) throws(OVError) in transaction.put(revision, of: key)
        }
        let count = try members(home).count
        for member in [count - 3, count - 2] { try damage(home, member: member) }
        try home.damage("state.json.gz") { $0[50 + flips] ^= flips == 0 ? 0 : 1 }
        _ = try await home.unopened().repair()
        _ = try await checkRepaired(home)
    }

    @Test func withoutAnythingSoundNothingIsTouched() async throws {
        let home = try await filled()
        try damage(home, member: 0)
        try home.write("state.json.gz.1", Array("not a state".utf8))
        let before = try home.contents()
        let error = await failure { _ = try await home.unopened().repair() }
        #expect(error?.code == .failedPrecondition)
        #expect(error?.hint?.contains("backup") == true)
        #expect(try home.contents() == before)
    }

    @Test func aDamagedGenerationBeforeIsSetAside() async throws {
        let home = try await filled()
        try home.damage("state.json.gz.1") { $0[60] ^= 1 }
        #expect(try await inspect(home).problems.map(\.file) == ["state.json.gz.1"])
        let repair = try await home.unopened().repair()
        #expect(repair.kept == ["state.damaged-1"] && repair.actions.count == 1)
        #expect(try !home.exists("state.json.gz.1"))
        _ = try await checkRepaired(home, epoch: 1)
    }

    @Test(arguments: [true, false]) func aResourceFallsBackToItsNewestSoundRevision(_ isMissing: Bool) async throws {
        let home = try await filled()
        let pack = "packs/\(PackName.make(task: Sample.id(51), number: 1)).pack"
        if isMissing { try home.remove(pack) } else { try home.damage(pack) { $0[8] ^= 1 } }
        let problems = try await inspect(home).problems
        #expect(!problems.isEmpty && problems.allSatisfy { $0.file == pack })
        let repair = try await home.unopened().repair()
        #expect(repair.lost.count == 1 && repair.kept == [])
        let store = try await checkRepaired(home, epoch: 1)
        let resource = try #require(store.state.resources[try Sample.resource("docs").key])
        #expect(resource.revision == 1)
        let revision = try #require(store.state.currentRevision(of: resource))
        let list = try store.documents(of: revision)
        #expect(try store.bytes(of: try #require(list["a.md"])) == [1])
    }

    @Test func aResourceWithoutAnySoundRevisionIsEmpty() async throws {
        let home = try await filled()
        try home.remove("packs/\(PackName.make(task: Sample.id(50), number: 1)).pack")
        let repair = try await home.unopened().repair()
        #expect(repair.lost.count == 2)
        let store = try await checkRepaired(home, epoch: 1)
        let resource = try #require(store.state.resources[try Sample.resource("docs").key])
        #expect(resource.revision == 0 && resource.lastChecked == nil)
    }

    @Test func anActiveWatchOnAResourceThatWasLostFillsItAnew() async throws {
        let home = try await filled()
        let store = try await home.open()
        var watch = try Sample.watch(40)
        (watch.state, watch.nextRun) = (.active, Sample.now)
        let active = watch
        try await store.commit { (transaction: inout Transaction) throws(OVError) in transaction.put(active) }
        #expect(try await inspect(home).problems.map(\.file) == ["state.json.gz"])
        _ = try await home.unopened().repair()
        #expect(try await checkRepaired(home, epoch: 1).state.resources[active.key]?.source == active.source)
    }

    /// Wherever a repair is cut short, the next one brings the same back.
    @Test func aRepairThatFailsAnywhereCanBeRepeated() async throws {
        for operation in 1... {
            let home = try await filled()
            try damage(home, member: 0)
            let files = FaultyFileSystem(FaultyDisk(), fault: .failure(errno: 5), at: operation)
            let error = await failure { _ = try await home.unopened(files).repair() }
            guard files.hasFailed else { break }
            #expect(error?.code == .unavailable, "operation \(operation)")
            #expect(operation < 20)
            _ = try await home.unopened().repair()
            let store = try await checkRepaired(home)
            #expect(store.watchIDs == [1, 2, 3, 4, 5, 6, 99].map(Sample.id), "operation \(operation)")
        }
    }
}
