// SPDX-License-Identifier: Apache-2.0

import HashTreeCollections
import OVCore

/// One half of the state: what is to be done, and what was. Watches, and their runs.
package struct Agenda: Sendable {
    private(set) var watches = OrderedTable<TaskID, WatchTask>()
    private(set) var tasks = OrderedTable<TaskID, TaskRecord>()
    private(set) var watchByTarget = PersistentMap<ResourceKey, TaskID>()
    /// The runs of each watch, oldest first.
    private(set) var tasksByWatch = PersistentMap<TaskID, [TaskID]>()
    /// The run that is going on at a target, and the one that waits for it.
    private(set) var runningByTarget: TreeDictionary<ResourceKey, TaskID> = [:]
    private(set) var pendingByTarget: TreeDictionary<ResourceKey, TaskID> = [:]
    var journal = ChangeJournal<Change>()

    /// What a commit has touched.
    package enum Change: Hashable, Sendable {
        case watch(TaskID)
        /// What a watch was when it was dropped.
        case droppedWatch(Boxed<WatchTask>)
        /// A run that was put or dropped.
        case task(TaskID)
    }

    var recordCount: Int { watches.count + tasks.count }

    mutating func reserve(watches: Int, tasks: Int) {
        self.watches.reserve(watches)
        watchByTarget.reserve(watches)
        self.tasks.reserve(tasks)
    }

    mutating func put(_ watch: WatchTask) {
        let count = watches.count
        watches.put(watch, for: watch.id)
        // A watch keeps its target for life.
        if watches.count > count { watchByTarget[watch.key] = watch.id }
        journal.note(.watch(watch.id))
    }

    mutating func dropWatch(_ id: TaskID) {
        guard let watch = watches[id] else { return }
        watches.remove(id)
        journal.note(.droppedWatch(Boxed(watch)))
        if watchByTarget[watch.key] == id { watchByTarget[watch.key] = nil }
    }

    mutating func put(_ task: TaskRecord) {
        let count = tasks.count
        tasks.put(task, for: task.id)
        if tasks.count > count, let watch = task.watch { tasksByWatch[watch] = (tasksByWatch[watch] ?? []) + [task.id] }
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
}
