// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVStore

@Suite(.inTurn) struct LockTests {
    @Test func aLockExcludesOthersUntilItIsLetGo() throws {
        let home = try TestHome()
        try home.write("state.lock", [])
        let (first, second) = (try LockFile(path: home.layout.lock), try LockFile(path: home.layout.lock))
        #expect(try first.tryLock(.commit))
        #expect(try first.tryLock(.commit))
        #expect(try !second.tryLock(.commit))
        #expect(try second.isHeldElsewhere(.commit))
        #expect(try !first.isHeldElsewhere(.commit))
        #expect(try second.tryLock(.daemon))
        first.unlock(.commit)
        #expect(try second.tryLock(.commit))
    }

    @Test func locksEndWithTheirFile() throws {
        let home = try TestHome()
        try home.write("state.lock", [])
        var first: LockFile? = try LockFile(path: home.layout.lock)
        let second = try LockFile(path: home.layout.lock)
        #expect(try first?.tryLock(.owner(3)) == true)
        #expect(try second.isHeldElsewhere(.owner(3)))
        first = nil
        #expect(try !second.isHeldElsewhere(.owner(3)))
    }

    @Test func waitingForACommitEndsAndNamesWhoHoldsIt() async throws {
        let home = try TestHome()
        var limits = Limits()
        limits.lockWait = Milliseconds(30)
        let store = try await home.open(limits: limits)
        try await store.put(1)
        let holder = try LockFile(path: home.layout.lock)
        #expect(try holder.tryLock(.commit))
        try holder.setLabel(LockLabel(processID: 4711, role: "import", since: Sample.now), of: .commit)
        let error = await failure { try await store.put(2) }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("process 4711 (import, since 2100-01-01T00:00:00.000Z)") == true)
        #expect(store.watchIDs == [Sample.id(1)])
        // Readers do not wait.
        #expect(try await home.open(limits: limits).watchIDs == [Sample.id(1)])
        holder.unlock(.commit)
        try await store.put(2)
    }

    @Test(arguments: ["", "{}", "not json", "{\"pid\":1}", "\u{0}\u{0}"])
    func anUnreadableLabelStopsNothing(_ label: String) async throws {
        let home = try TestHome()
        var limits = Limits()
        limits.lockWait = Milliseconds(1)
        let store = try await home.open(limits: limits)
        try await store.put(1)
        try home.write("state.lock", Array(label.utf8))
        let holder = try LockFile(path: home.layout.lock)
        #expect(try holder.tryLock(.commit))
        #expect(await failure { try await store.put(2) }?.message.contains("another process") == true)
    }

    @Test func labelsAreLinesOfTheirOwn() async throws {
        let home = try TestHome()
        let store = try await home.open(role: "serve")
        try await store.put(1)
        #expect(try await store.takeOwnerSlot() == 0)
        let bytes = try home.bytes("state.lock")
        #expect(bytes.count == 65 * LockFile.labelLength)
        let lock = try LockFile(path: home.layout.lock)
        #expect(try lock.label(of: .commit)?.role == "serve")
        #expect(try lock.label(of: .owner(0))?.processID == processID())
        #expect(try lock.label(of: .daemon) == nil)
        #expect(bytes[LockFile.labelLength - 1] == 10)
    }

    @Test func processesTakeDifferentSlotsAndTheDeadAreFoundOut() async throws {
        let home = try TestHome()
        let first = try await home.open()
        #expect(try await first.takeOwnerSlot() == 0)
        #expect(try await first.takeOwnerSlot() == 0)
        var second: Store? = try await home.open()
        #expect(try await second?.takeOwnerSlot() == 1)
        #expect(try await first.deadSlots(among: [0, 1, 2]) == [2])
        #expect(try await second?.deadSlots(among: [0, 1]) == [])
        second = nil
        // Its thread may still be letting go of it.
        var dead: Set<Int> = []
        for _ in 0..<100_000 where !dead.contains(1) {
            dead = try await first.deadSlots(among: [0, 1])
            await Task.yield()
        }
        #expect(dead == [1])
        #expect(try await home.open().takeOwnerSlot() == 1)
        #expect(try home.exists("state.lock"))
    }

    @Test func onlyOneSchedules() async throws {
        let home = try TestHome()
        let (first, second) = (try await home.open(), try await home.open())
        try await first.put(1)
        #expect(try await first.tryToSchedule())
        #expect(try await !second.tryToSchedule())
        #expect(try await second.schedulerLabel()?.contains("scheduler") == true)
        #expect(try await second.daemonLabel() == nil)
    }

    @Test func whoWaitsToScheduleCanOnceTheOtherStops() async throws {
        let home = try TestHome()
        let (first, second) = (try await home.open(), try await home.open())
        #expect(try await first.tryToSchedule())
        #expect(try await first.scheduler()?.processID == getpid())
        try await first.stopScheduling()
        #expect(try await first.scheduler() == nil)
        #expect(try await second.tryToSchedule())
        #expect(try await !first.tryToSchedule())
    }

    @Test func aSecondDaemonIsToldOfTheFirst() async throws {
        let home = try TestHome()
        let (first, second) = (try await home.open(), try await home.open())
        try await first.holdDaemonLock(socket: "/run/ov.sock", url: "http://127.0.0.1:1933")
        let refusal = await #expect(throws: OVError.self) { try await second.holdDaemonLock(socket: nil, url: nil) }
        #expect(refusal?.code == .failedPrecondition)
        #expect(refusal?.message.contains("process \(getpid()) (serve, since ") == true, "\(refusal?.message ?? "")")
        #expect(refusal?.message.hasSuffix("at http://127.0.0.1:1933") == true)
        // Also in a home that was empty.
        for store in [first, second] {
            let label = try #require(try await store.daemon())
            #expect(label.socket == "/run/ov.sock")
            #expect(label.url == "http://127.0.0.1:1933")
            #expect(label.version == productVersion)
        }
        #expect(try await second.scheduler() == nil)
        try await second.put(1)
        try await first.refresh()
        #expect(first.state.watches.count == second.state.watches.count)
    }

    @Test func anOwnerSlotInAnEmptyHomeLeavesItEmpty() async throws {
        let home = try TestHome()
        let store = try await home.open()
        #expect(try await store.takeOwnerSlot() == 0)
        #expect(try home.status("state.lock").size == 0)
        #expect(try await home.open().state.sequence == 0)
    }
}
