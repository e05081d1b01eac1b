// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore
import Synchronization

/// Figures about all watches and all content, kept up to date by what the journals of the state name, so that who asks
/// often pays for what has changed in between. It begins with the first question: who never asks pays nothing.
final class StoreCensus: Sendable {
    struct WatchCounts: Hashable, Sendable {
        var active = 0
        var paused = 0
        var suspended = 0
        var failing = 0

        var total: Int { active + paused + suspended }
    }

    struct Figures: Sendable {
        var watches = WatchCounts()
        var due = 0
        /// Since when the active watch has not succeeded for which that is longest.
        var stalest: Timestamp?
        var documents = 0
        var documentBytes: Int64 = 0
    }

    fileprivate struct Fact {
        let owner: Owner
        let state: WatchTask.State
        let isFailing: Bool
    }

    fileprivate struct Storage {
        var agenda: ChangeJournal<Agenda.Change>.Cursor?
        var content: ChangeJournal<Catalog.Change>.Cursor?
        var facts: [TaskID: Fact] = [:]
        var counts: [Owner: WatchCounts] = [:]
        var stalest = DueQueue()
        /// Watches that will be due, and those that are.
        var schedule = DueQueue()
        var due: Set<TaskID> = []
        var sizes: [ResourceKey: (documents: Int, bytes: Int64)] = [:]
        var documents = 0
        var bytes: Int64 = 0
    }

    private let storage = Mutex(Storage())
    private let wasAsked = Mutex(false)

    /// Whether somebody has asked before: who asks once may as well look at everything.
    func isAskedAgain() -> Bool {
        wasAsked.withLock { wasAsked in
            defer { wasAsked = true }
            return wasAsked
        }
    }

    /// What the whole store has.
    func figures(of store: Store, now: Timestamp) -> Figures {
        storage.withLock { storage in
            storage.follow(store.state, now: now)
            return storage.figures(now: now)
        }
    }

    /// The watches that a caller may see.
    func counts(in store: Store, for caller: Caller, now: Timestamp) -> WatchCounts {
        storage.withLock { storage in
            storage.follow(store.state, now: now)
            return storage.counts.reduce(into: WatchCounts()) { sum, entry in
                if caller.maySee(entry.key) { sum.add(entry.value) }
            }
        }
    }
}

extension StoreCensus.Storage {
    fileprivate mutating func follow(_ state: State, now: Timestamp) {
        if let cursor = agenda, let changes = state.journal.entries(since: cursor) {
            for change in changes {
                switch change {
                case .watch(let id): take(state.watches[id], id, now)
                case .droppedWatch(let watch): take(state.watches[watch.value.id], watch.value.id, now)
                case .task: continue
                }
            }
        } else {
            (facts, counts, due) = ([:], [:], [])
            (stalest, schedule) = (DueQueue(), DueQueue())
            for watch in state.watches.values { take(watch, watch.id, now) }
        }
        agenda = state.journal.cursor
        if let cursor = content, let changes = state.contentJournal.entries(since: cursor) {
            for change in changes {
                switch change {
                case .revision(let key, _), .droppedResource(let key, _): measure(key, state)
                }
            }
        } else {
            (sizes, documents, bytes) = ([:], 0, 0)
            for resource in state.resources.values { measure(resource.key, state) }
        }
        content = state.contentJournal.cursor
    }

    /// - Parameter watch: nil when it is gone.
    private mutating func take(_ watch: WatchTask?, _ id: TaskID, _ now: Timestamp) {
        if let old = facts.removeValue(forKey: id) { count(old, by: -1) }
        due.remove(id)
        schedule.set(id, due: watch?.due(asOf: now))
        stalest.set(id, due: watch.flatMap { $0.isActive ? $0.lastSuccess ?? $0.createdAt : nil })
        guard let watch else { return }
        let fact = StoreCensus.Fact(
            owner: watch.owner, state: watch.state, isFailing: watch.consecutiveFailures > 0)
        facts[id] = fact
        count(fact, by: 1)
    }

    private mutating func count(_ fact: StoreCensus.Fact, by difference: Int) {
        var own = counts[fact.owner] ?? StoreCensus.WatchCounts()
        switch fact.state {
        case .active: own.active += difference
        case .paused: own.paused += difference
        case .suspended: own.suspended += difference
        }
        if fact.isFailing { own.failing += difference }
        counts[fact.owner] = own.total == 0 ? nil : own
    }

    private mutating func measure(_ key: ResourceKey, _ state: State) {
        if let old = sizes.removeValue(forKey: key) {
            documents -= old.documents
            bytes -= old.bytes
        }
        guard let resource = state.resources[key], let revision = state.currentRevision(of: resource) else { return }
        sizes[key] = (revision.documents, revision.bytes)
        documents += revision.documents
        bytes += revision.bytes
    }

    fileprivate mutating func figures(now: Timestamp) -> StoreCensus.Figures {
        while let id = schedule.popDue(asOf: now) { due.insert(id) }
        var figures = StoreCensus.Figures()
        for own in counts.values { figures.watches.add(own) }
        (figures.due, figures.stalest) = (due.count, stalest.next)
        (figures.documents, figures.documentBytes) = (documents, bytes)
        return figures
    }
}

extension StoreCensus.WatchCounts {
    fileprivate mutating func add(_ other: Self) {
        active += other.active
        paused += other.paused
        suspended += other.suspended
        failing += other.failing
    }
}
