// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVStore

/// Follows what a store says of its runs, and holds it against what must hold.
struct Ledger {
    /// How long after a start or a jump of the clock the backlog may last.
    static let recovery = Milliseconds.hours(3)
    /// How late a watch may be at any other time.
    static let patience = Milliseconds.minutes(10)

    private var cursor: ChangeJournal<Agenda.Change>.Cursor?
    private var seen: Set<TaskID> = []
    /// Starts for points of the grid, by watch.
    private var scheduledStarts: [TaskID: Int64] = [:]
    /// Watches whose grid was changed, or that were stopped for a while: their points cannot be added up.
    private(set) var touched: Set<TaskID> = []
    private(set) var faults: [String] = []
    private(set) var starts: [TaskRecord.Trigger: Int] = [:]
    private(set) var longestLag = Milliseconds.zero
    var calmFrom: Timestamp

    init(calmFrom: Timestamp) { self.calmFrom = calmFrom }

    mutating func touch(_ watch: TaskID) { touched.insert(watch) }

    /// Takes up the runs that have begun since the last time.
    mutating func read(_ state: State) {
        defer { cursor = state.journal.cursor }
        guard let cursor else {
            for task in state.runningTasks { note(task, state) }
            return
        }
        guard let entries = state.journal.entries(since: cursor) else {
            faults.append("the journal has lost entries")
            return
        }
        for case .task(let id) in entries {
            guard let task = state.tasks[id], task.startedAt != nil else { continue }
            note(task, state)
        }
    }

    /// A new process reads the store anew.
    mutating func startOver() { cursor = nil }

    private mutating func note(_ task: TaskRecord, _ state: State) {
        guard seen.insert(task.id).inserted, let id = task.watch, let watch = state.watches[id] else { return }
        starts[task.trigger, default: 0] += 1
        if task.trigger == .schedule || task.trigger == .catchUp { scheduledStarts[id, default: 0] += 1 }
        if !watch.isActive && task.trigger != .manual && !task.status.isFinal {
            faults.append("\(watch.uri) runs and is \(watch.state)")
        }
        // One that was resumed, or put on another grid, runs for a point that passed long before that.
        guard task.trigger == .schedule, !touched.contains(id), let start = task.startedAt,
            let point = task.scheduledFor, start > calmFrom
        else { return }
        longestLag = max(longestLag, start.since(point))
        if start.since(point) > Self.patience { faults.append("\(watch.uri) starts \(start.since(point)) late") }
    }

    /// Nobody is forgotten, and nobody is ahead of what it should be.
    mutating func checkDue(_ state: State, at now: Timestamp) {
        guard now > calmFrom else { return }
        for watch in state.watches.values where watch.isActive && state.runningTask(at: watch.key) == nil {
            guard let due = watch.due(asOf: now) else { continue }
            if now.since(due) > Self.patience { faults.append("\(watch.uri) has been due since \(due) at \(now)") }
        }
    }

    /// Every point up to the last accounted one had a scheduled run or is counted as skipped.
    mutating func checkAccounts(_ state: State) {
        for watch in state.watches.values where !touched.contains(watch.id) && watch.isActive {
            let points = watch.schedule.countOfPoints(after: watch.createdAt, through: watch.accountedThrough)
            let known = watch.skippedCount + scheduledStarts[watch.id, default: 0]
            if points != known { faults.append("\(watch.uri) has had \(points) points, and knows of \(known)") }
        }
    }
}
