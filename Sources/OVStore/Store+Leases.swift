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

    /// Takes the scheduler's lock if nobody else has it. Held until released or until the process ends.
    package func tryToSchedule() throws(OVError) -> Bool { try tryToHold(.scheduler, role: "scheduler") }

    /// Takes the daemon's lock if nobody else has it.
    package func tryToServe() throws(OVError) -> Bool { try tryToHold(.daemon, role: "serve") }

    /// Who schedules at present, by its label; nil when nobody does.
    package func schedulerLabel() throws(OVError) -> String? { try holder(of: .scheduler) }
    package func daemonLabel() throws(OVError) -> String? { try holder(of: .daemon) }

    func tryToHold(_ slot: LockFile.Slot, role: String) throws(OVError) -> Bool {
        try createHome()
        let lock = try lockFile()
        guard try translatingErrors({ () throws(SystemError) in try lock.tryLock(slot) }) else { return false }
        labelLock(slot, role: role)
        return true
    }

    func release(_ slot: LockFile.Slot) throws(OVError) { try lockFile().unlock(slot) }

    private func holder(of slot: LockFile.Slot) throws(OVError) -> String? {
        guard files.existsForSure(home.lock) else { return nil }
        let lock = try lockFile()
        return try translatingErrors { () throws(SystemError) in
            guard try lock.isHeldElsewhere(slot) else { return nil }
            return try lock.label(of: slot)?.description ?? "another process"
        }
    }
}

extension Store {
    /// The owner slot of this process, if it has one.
    package var heldSlot: Int? { ownerSlot }
}
