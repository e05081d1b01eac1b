// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem

/// What `ov store repair` has done.
package struct Repair: Hashable, Sendable {
    /// Bad files that are kept, relative to the home.
    package var kept: [String] = []
    package var lost: [String] = []
    package var actions: [String] = []
}

extension Store {
    /// Makes a damaged store usable again. Bad files are kept; nothing is done to a sound store.
    /// - Throws: `FAILED_PRECONDITION` when nothing sound is left; `UNAVAILABLE` when the home cannot be written.
    package func repair() throws(OVError) -> Repair {
        var repair = Repair()
        try createHome()
        try withCommitLock { () throws(OVError) in
            try repairState(&repair)
            try repairPreviousState(&repair)
            try repairContent(&repair)
        }
        try takeUpCommits()
        return repair
    }

    private func repairState(_ repair: inout Repair) throws(OVError) {
        do throws(OVError) {
            _ = try stateFile.refresh()
            return
        } catch {
            guard error.details["damaged_file"] != nil else { throw error }
        }
        let (current, previous) = try translatingErrors { () throws(SystemError) in
            (try contents(of: home.state), try contents(of: home.previousState))
        }
        let salvage: StateSalvage
        do throws(MemberChain.Fault) {
            salvage = try StateSalvage(current: current, previous: previous)
        } catch {
            throw StateFile.error(error)
        }
        guard var state = salvage.state else {
            throw OVError(
                .failedPrecondition, "nothing sound is left of the state: \(salvage.lost.joined(separator: "; "))",
                hint: "restore the home from a backup, or begin with another one (--home)")
        }
        state.identity.epoch += 1
        let repaired = state
        try translatingErrors { () throws(SystemError) in
            if current != nil {
                let kept = try stateFile.unusedName("state.damaged-")
                try files.link(home.state, to: kept)
                repair.kept.append(String(kept.dropFirst(home.path.count + 1)))
            }
            _ = try stateFile.writeGeneration(repaired, at: clock.now(), keepingPrevious: false)
        }
        repair.lost += salvage.lost
        if state.hasKeys, !salvage.lost.isEmpty {
            repair.lost.append("perhaps the revocation of a key: `ov key ls` lists those that let somebody in")
        }
        repair.actions.append(
            "wrote a new state from what is sound: \(state.watches.count) watches, \(state.resources.count) resources, "
                + "\(state.tasks.count) tasks")
    }

    /// Sets a previous generation aside that does not check out: it is of no use to a later repair.
    private func repairPreviousState(_ repair: inout Repair) throws(OVError) {
        let bytes = try translatingErrors { () throws(SystemError) in try contents(of: home.previousState) }
        guard let bytes else { return }
        var chain = MemberChain()
        do throws(MemberChain.Fault) {
            try chain.read(bytes)
        } catch .damaged {
            try translatingErrors { () throws(SystemError) in
                let kept = try stateFile.unusedName("state.damaged-")
                try files.rename(home.previousState, to: kept)
                try files.synchronizeFolder(home.path)
                repair.kept.append(String(kept.dropFirst(home.path.count + 1)))
            }
            repair.actions.append("set the previous generation aside, which did not check out")
        } catch {
            // A newer program wrote it and may still make something of it.
        }
    }

    /// Drops revisions whose content cannot be read; a resource falls back to its newest sound one.
    private func repairContent(_ repair: inout Repair) throws(OVError) {
        guard stateFile.exists else { return }
        var transaction = Transaction(state: stateFile.state, now: clock.now())
        var packs = PackInspection(store: self)
        for resource in Array(transaction.state.resources.values) {
            for revision in transaction.state.revisions(of: resource.key) {
                guard let fault = packs.faults(of: revision).first else { continue }
                transaction.dropRevision(revision.number, of: resource.key)
                repair.lost.append("revision \(revision.name) of \(resource.uri): \(fault.file): \(fault.message)")
            }
            transaction.fallBack(resource, &repair)
        }
        for (key, revisions) in transaction.state.allRevisions where transaction.state.resources[key] == nil {
            for revision in revisions { transaction.dropRevision(revision.number, of: key) }
        }
        for watch in Array(transaction.state.watches.values)
        where watch.isActive && transaction.state.resources[watch.key] == nil {
            transaction.put(
                Resource(uri: watch.uri, owner: watch.owner, source: watch.source, createdAt: watch.createdAt))
            repair.actions.append("made the resource \(watch.uri) anew, for its watch to fill")
        }
        forgetLostRemovals(&transaction, &repair)
        guard transaction.recordCount > 0 else { return }
        try stateFile.append(transaction)
    }

    /// Where the names of what was removed cannot be read, whoever follows changes has to read anew.
    private func forgetLostRemovals(_ transaction: inout Transaction, _ repair: inout Repair) {
        let lost = transaction.state.removals.last { (try? tombstones(of: $0)) == nil }
        guard let lost else { return }
        transaction.forgetRemovals(through: lost.sequence)
        repair.lost.append("what was removed from \(lost.key.uri), for who follows changes: they will read anew")
    }
}

extension Transaction {
    /// Gives a resource whose current revision was dropped the newest that is left.
    fileprivate mutating func fallBack(_ resource: Resource, _ repair: inout Repair) {
        guard resource.revision > 0, state.currentRevision(of: resource) == nil else { return }
        var resource = resource
        let last = state.revisions(of: resource.key).last
        resource.revision = last?.number ?? 0
        // What is readable now is older than the last check says.
        resource.lastChecked = last?.at
        put(resource)
        // Whoever follows changes has seen what is gone now.
        forgetRemovals(through: sequence)
        repair.actions.append(
            "\(resource.uri) is back at \(last.map { "revision \($0.name)" } ?? "nothing"); the next ingest brings it up to date"
        )
        if var watch = state.watch(at: resource.key), watch.isActive {
            watch.nextRun = now
            put(watch)
        }
    }
}
