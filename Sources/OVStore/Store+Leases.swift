// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem

/// The right to run things, and who has it. FORMAT.md §2.
extension Store {
    /// The slot under which this process runs ingests: a byte of the lock file that it holds from the first call to
    /// its end.
    ///
    /// Nobody but the dead can have runs in a slot that was free, so the caller's next commit must end those with
    /// `Transaction.orphanedRuns`.
    package func takeOwnerSlot() throws(OVError) -> Int {
        if let ownerSlot { return ownerSlot }
        try createHome()
        let lock = try lockFile()
        let free = try translatingErrors { () throws(SystemError) -> Int? in
            for number in 0..<LockFile.ownerSlots {
                if try lock.tryLock(.owner(number)) { return number }
            }
            return nil
        }
        guard let free else {
            throw OVError(
                .resourceExhausted, "\(LockFile.ownerSlots) processes run ingests on this store already",
                hint: "wait for some of them to finish")
        }
        ownerSlot = free
        labelLock(.owner(free), role: role)
        return free
    }

    /// The owner slots among `slots` that no process holds. This process's own is not among them.
    package func deadSlots(among slots: Set<Int>) throws(OVError) -> Set<Int> {
        guard !slots.isEmpty, files.existsForSure(home.lock) else { return [] }
        let lock = try lockFile()
        return try translatingErrors { () throws(SystemError) in
            var dead: Set<Int> = []
            for slot in slots where slot != ownerSlot {
                if try !lock.isHeldElsewhere(.owner(slot)) { dead.insert(slot) }
            }
            return dead
        }
    }

    /// Takes the scheduler's lock if nobody else has it. Held until `stopScheduling` or until the process ends.
    package func tryToSchedule() throws(OVError) -> Bool {
        try tryToHold(.scheduler, label(role: "\(role), scheduler"))
    }

    /// Lets another process schedule, and those that wait for it know.
    package func stopScheduling() throws(OVError) {
        try release(.scheduler)
        // As when a process ends, its descriptors are closed: that is what those who wait look out for.
        _ = try? LockFile(path: home.lock)
    }

    /// Makes this process the store's daemon until it ends. Creates a store that is not there yet. What was committed
    /// on condition that no server runs is known on return, and nothing of that kind is committed from then on.
    /// - Parameters:
    ///   - socket: the path of its socket, for whoever looks for it.
    ///   - url: where else it listens.
    /// - Throws: `FAILED_PRECONDITION` that names the one that there is.
    package func holdDaemonLock(socket: String?, url: String?) throws(OVError) {
        try createState()
        let label = LockLabel(
            processID: processID(), role: "serve", since: clock.now(), socket: socket, url: url)
        // Under the commit lock, so that no commit is between looking for a server and being durable.
        if try withCommitLock({ () throws(OVError) in try tryToHold(.daemon, label) }) { return try takeUpCommits() }
        let holder = try daemon()
        let place = holder?.url.map { ", at \($0)" } ?? ""
        throw OVError(
            .failedPrecondition,
            "a server runs on \(path) already: \(holder?.description ?? "another process")\(place)",
            hint: "use that one, end it first, or serve another home with --home",
            details: holder.map { ["pid": .integer(Int64($0.processID))] } ?? [:])
    }

    /// Who schedules at present; nil when nobody does.
    package func scheduler() throws(OVError) -> LockLabel? { try holder(of: .scheduler) }

    /// The daemon; nil when none runs. One that holds the lock and has left no readable label has process id 0.
    package func daemon() throws(OVError) -> LockLabel? { try holder(of: .daemon) }

    /// The same in words.
    package func schedulerLabel() throws(OVError) -> String? { try scheduler()?.description }
    package func daemonLabel() throws(OVError) -> String? { try daemon()?.description }

    func tryToHold(_ slot: LockFile.Slot, _ label: LockLabel) throws(OVError) -> Bool {
        try createHome()
        let lock = try lockFile()
        guard try translatingErrors({ () throws(SystemError) in try lock.tryLock(slot) }) else { return false }
        setLabel(label, of: slot)
        held[slot] = label
        return true
    }

    func release(_ slot: LockFile.Slot) throws(OVError) {
        held[slot] = nil
        try lockFile().unlock(slot)
    }

    private func holder(of slot: LockFile.Slot) throws(OVError) -> LockLabel? {
        if let own = held[slot] { return own }
        guard files.existsForSure(home.lock) else { return nil }
        let lock = try lockFile()
        return try translatingErrors { () throws(SystemError) in
            guard try lock.isHeldElsewhere(slot) else { return nil }
            return try lock.label(of: slot) ?? LockLabel.unknown
        }
    }
}

extension Store {
    /// The owner slot of this process, if it has one.
    package var heldSlot: Int? { ownerSlot }

    /// Whether what has happened in the store's folder may be a commit.
    package nonisolated func isState(_ event: FolderWatcher.Event) -> Bool {
        event.kind == .changed && home.file(event.name) == home.state
    }

    /// Whether what has happened in the store's folder may be the end of a process that had the store open: its
    /// descriptors are closed just before its locks go.
    package nonisolated func tellsOfAnEnd(_ event: FolderWatcher.Event) -> Bool {
        event.kind == .closed && home.file(event.name) == home.lock
    }
}
