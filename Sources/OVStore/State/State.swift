// SPDX-License-Identifier: Apache-2.0

import HashTreeCollections
import OVCore

/// Everything that the state file says, as a persistent value: a reader's copy costs nothing and never changes.
package struct State: Sendable {
    package internal(set) var identity: Identity
    /// The number of the last commit.
    package internal(set) var sequence: UInt64 = 0

    /// The two halves know nothing of each other, so that two threads can read a file, each its own records.
    var catalog: Catalog {
        _read { yield shared.catalog.value }
        _modify { yield &shared.catalog.value }
    }
    var agenda: Agenda {
        _read { yield shared.agenda.value }
        _modify { yield &shared.agenda.value }
    }
    private var shared = (catalog: CopyOnWrite(Catalog()), agenda: CopyOnWrite(Agenda()))

    /// Which store this is, and which writing of it.
    package struct Identity: Hashable, Sendable {
        package let store: TaskID
        /// Raised by a repair.
        package internal(set) var epoch: UInt64
        /// Raised by each compaction.
        package internal(set) var generation: UInt64

        var mark: UInt32 { UInt32(truncatingIfNeeded: store.high >> 32) }
    }

    init(identity: Identity) { self.identity = identity }

    /// What a store that was never written to holds.
    static let empty = State(identity: Identity(store: TaskID(high: 0, low: 0), epoch: 0, generation: 0))

    /// Has what follows noted as that of a commit.
    mutating func begin(_ commit: UInt64) {
        catalog.journal.begin(commit)
        agenda.journal.begin(commit)
    }

    var recordCount: Int { catalog.recordCount + agenda.recordCount }
}

// MARK: - Queries

extension State {
    package var watches: OrderedTable<TaskID, WatchTask> { agenda.watches }
    /// What the latest commits did to watches and runs, and what they did to content.
    package var journal: ChangeJournal<Agenda.Change> { agenda.journal }
    package var contentJournal: ChangeJournal<Catalog.Change> { catalog.journal }
    package var tasks: OrderedTable<TaskID, TaskRecord> { agenda.tasks }
    package var resources: OrderedTable<ResourceKey, Resource> { catalog.resources }

    package var hasKeys: Bool { !catalog.keys.isEmpty }

    package func key(_ id: KeyID) -> AccessKey? { catalog.keys[id] }

    /// All keys, oldest first.
    package var keys: [AccessKey] {
        catalog.keys.values.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    package func watch(at target: ResourceKey) -> WatchTask? { agenda.watchByTarget[target].flatMap { watches[$0] } }

    /// All retained revisions of a resource, oldest first.
    package func revisions(of key: ResourceKey) -> [Revision] { catalog.revisions[key] ?? [] }

    /// The revision that a resource names as its current one; nil when it has none.
    package func currentRevision(of resource: Resource) -> Revision? {
        resource.revision > 0 ? revisions(of: resource.key).last { $0.number == resource.revision } : nil
    }

    package var allRevisions: some Sequence<(key: ResourceKey, value: [Revision])> { catalog.revisions.entries }

    package func runningTask(at target: ResourceKey) -> TaskRecord? {
        agenda.runningByTarget.isEmpty ? nil : agenda.runningByTarget[target].flatMap { tasks[$0] }
    }

    package func pendingTask(at target: ResourceKey) -> TaskRecord? {
        agenda.pendingByTarget[target].flatMap { tasks[$0] }
    }

    package var runningTasks: some Sequence<TaskRecord> { agenda.runningByTarget.values.lazy.compactMap { tasks[$0] } }
    package var pendingTasks: some Sequence<TaskRecord> { agenda.pendingByTarget.values.lazy.compactMap { tasks[$0] } }

    /// The runs of a watch, oldest first.
    package func tasks(ofWatch id: TaskID) -> [TaskID] { agenda.tasksByWatch[id] ?? [] }

    /// The resource whose root is `uri` or lies above it.
    package func resource(containing uri: VikingURI, account: String) -> Resource? {
        var next: VikingURI? = uri
        while let uri = next, uri.isTarget {
            if let resource = resources[ResourceKey(account: account, uri: uri)] { return resource }
            next = uri.parent
        }
        return nil
    }

    /// Whether a root lies below `uri`.
    package func hasRoots(below uri: VikingURI, account: String) -> Bool {
        catalog.childCounts[ResourceKey(account: account, uri: uri)] != nil
    }
}
