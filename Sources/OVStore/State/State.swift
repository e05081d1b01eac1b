// SPDX-License-Identifier: Apache-2.0

import HashTreeCollections
import OVCore

/// Everything that the state file says, as a persistent value: a reader's copy costs nothing and never changes.
package struct State: Sendable {
    package internal(set) var identity: Identity
    /// The number of the last commit.
    package internal(set) var sequence: UInt64 = 0

    package private(set) var watches = OrderedTable<TaskID, WatchTask>()
    package private(set) var tasks = OrderedTable<TaskID, TaskRecord>()
    package private(set) var resources = OrderedTable<ResourceKey, Resource>()

    private var revisions: TreeDictionary<ResourceKey, [Revision]> = [:]
    private var watchByTarget: TreeDictionary<ResourceKey, TaskID> = [:]
    /// The runs of each watch, oldest first.
    private var tasksByWatch: TreeDictionary<TaskID, [TaskID]> = [:]
    /// The run that is going on at a target, and the one that waits for it.
    private var runningByTarget: TreeDictionary<ResourceKey, TaskID> = [:]
    private var pendingByTarget: TreeDictionary<ResourceKey, TaskID> = [:]
    /// For each folder above a root: how many names lie directly in it, roots or folders above roots.
    private var childCounts: TreeDictionary<ResourceKey, Int> = [:]
    package private(set) var journal = ChangeJournal()

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

    var recordCount: Int {
        watches.count + tasks.count + resources.count + revisions.values.reduce(0) { $0 + $1.count }
    }
}

// MARK: - Queries

extension State {
    package func watch(at target: ResourceKey) -> WatchTask? { watchByTarget[target].flatMap { watches[$0] } }

    /// All retained revisions of a resource, oldest first.
    package func revisions(of key: ResourceKey) -> [Revision] { revisions[key] ?? [] }

    package func currentRevision(of resource: Resource) -> Revision? {
        revisions[resource.key]?.last { $0.number == resource.revision }
    }

    /// The revision that is current at an address; nil when there is none.
    package func currentRevision(at key: ResourceKey) -> Revision? {
        // Nothing is ever newer than the current one.
        revisions.isEmpty ? nil : revisions[key]?.last
    }

    package func revision(_ number: Int, of key: ResourceKey) -> Revision? {
        revisions[key]?.last { $0.number == number }
    }

    package var allRevisions: some Sequence<(key: ResourceKey, value: [Revision])> { revisions }

    package func runningTask(at target: ResourceKey) -> TaskRecord? {
        runningByTarget.isEmpty ? nil : runningByTarget[target].flatMap { tasks[$0] }
    }

    package func pendingTask(at target: ResourceKey) -> TaskRecord? { pendingByTarget[target].flatMap { tasks[$0] } }

    package var runningTasks: some Sequence<TaskRecord> { runningByTarget.values.lazy.compactMap { tasks[$0] } }
    package var pendingTasks: some Sequence<TaskRecord> { pendingByTarget.values.lazy.compactMap { tasks[$0] } }

    /// The runs of a watch, oldest first.
    package func tasks(ofWatch id: TaskID) -> [TaskID] { tasksByWatch[id] ?? [] }

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
        childCounts[ResourceKey(account: account, uri: uri)] != nil
    }
}

// MARK: - Changes

extension State {
    mutating func put(_ watch: WatchTask) {
        watches.put(watch, for: watch.id)
        watchByTarget[watch.key] = watch.id
        journal.note(.watch(watch.id))
    }

    mutating func dropWatch(_ id: TaskID) {
        guard let watch = watches[id] else { return }
        watches.remove(id)
        journal.note(.watch(id))
        if watchByTarget[watch.key] == id { watchByTarget[watch.key] = nil }
    }

    mutating func put(_ task: TaskRecord) {
        if tasks[task.id] == nil, let watch = task.watch { tasksByWatch[watch, default: []].append(task.id) }
        tasks.put(task, for: task.id)
        index(task, in: &runningByTarget, task.status.isRunning)
        index(task, in: &pendingByTarget, task.status == .pending)
        journal.note(.task(task.id))
    }

    private func index(_ task: TaskRecord, in table: inout TreeDictionary<ResourceKey, TaskID>, _ belongs: Bool) {
        if belongs {
            table[task.key] = task.id
        } else if table[task.key] == task.id {
            table[task.key] = nil
        }
    }

    mutating func dropTask(_ id: TaskID) {
        guard let task = tasks[id] else { return }
        tasks.remove(id)
        if let watch = task.watch, var ids = tasksByWatch[watch] {
            ids.removeAll { $0 == id }
            tasksByWatch[watch] = ids.isEmpty ? nil : ids
        }
        index(task, in: &runningByTarget, false)
        index(task, in: &pendingByTarget, false)
        journal.note(.task(id))
    }

    mutating func put(_ resource: Resource) {
        if resources[resource.key] == nil { countChild(resource.key, by: 1) }
        resources.put(resource, for: resource.key)
    }

    /// Removes a resource with its revisions.
    mutating func dropResource(_ key: ResourceKey) {
        guard resources[key] != nil else { return }
        resources.remove(key)
        revisions[key] = nil
        countChild(key, by: -1)
    }

    /// Counts a name in the folder above it; the folder is a name of its own once it has its first, until its last.
    private mutating func countChild(_ key: ResourceKey, by difference: Int) {
        var next = key.uri.parent
        while let uri = next {
            let folder = ResourceKey(account: key.account, uri: uri)
            let old = childCounts[folder] ?? 0
            childCounts[folder] = old + difference > 0 ? old + difference : nil
            guard old == 0 || old + difference == 0 else { return }
            next = uri.parent
        }
    }

    mutating func put(_ revision: Revision, of key: ResourceKey) {
        var all = revisions[key] ?? []
        all.removeAll { $0.number == revision.number }
        let index = all.firstIndex { $0.number > revision.number } ?? all.endIndex
        all.insert(revision, at: index)
        revisions[key] = all
    }

    mutating func dropRevision(_ number: Int, of key: ResourceKey) {
        guard var all = revisions[key] else { return }
        all.removeAll { $0.number == number }
        revisions[key] = all.isEmpty ? nil : all
    }
}
