// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVStore

/// What the scheduler knows: when each watch is due, and which runs wait that nobody may come for. A value without a
/// clock and without I/O.
///
/// A look at the state costs O(log n) for each record that was touched since the last one and for each watch that is
/// due. Only the first look, a state that was read anew, and a clock that was set back cost a look at every watch.
struct SchedulePlan: Sendable {
    /// What there is to do now.
    struct Orders: Sendable {
        var watches: [(id: TaskID, due: Timestamp, host: String?)] = []
        var runs: [TaskID] = []
    }

    /// How long a run waits for the process that asked for it, before it counts as left behind.
    static let patience = Milliseconds.seconds(2)
    /// When a watch is tried again that could not be started because the store could not be written.
    static let pause = Milliseconds.seconds(10)
    /// Nobody stays away for longer, unless the machine sleeps or its clock is set.
    private let longestAbsence: Milliseconds

    /// Since when no point has passed unseen.
    private(set) var attentiveSince: Timestamp
    private var lastLook: Timestamp
    private var due = DueQueue()
    private var left = DueQueue()
    /// Watches that wait for room elsewhere. What becomes of them is settled there.
    private var handed: Set<TaskID> = []
    /// Nil when everything has to be looked at.
    private var cursor: ChangeJournal<Agenda.Change>.Cursor?

    /// - Parameter longestSleep: how much time passes at most between two looks.
    init(now: Timestamp, longestSleep: Milliseconds = Scheduler.longestSleep) {
        longestAbsence = Milliseconds(longestSleep.count * 2)
        attentiveSince = now
        lastLook = now
    }

    /// How many watches have a time, and the first of these times.
    var count: Int { due.count }
    var next: Timestamp? { mutating get { due.next } }

    /// When there is something to do again if nothing happens.
    var nextLook: Timestamp? {
        mutating get {
            guard let due = due.next, let left = left.next else { return due.next ?? left.next }
            return min(due, left)
        }
    }

    /// Takes up what has changed, and takes out what is due.
    /// - Parameters:
    ///   - clockWasSet: whether the clock shows less than it should, so that no time that was noted holds.
    ///   - isOurs: whether this process will see a run to its end anyway.
    mutating func look(
        at state: State, now: Timestamp, clockWasSet: Bool = false, isOurs: (TaskID) -> Bool = { _ in false }
    ) -> Orders {
        if now < lastLook || clockWasSet { cursor = nil }
        if now < lastLook || now.since(lastLook) > longestAbsence { attentiveSince = now }
        lastLook = now
        if let entries = cursor.flatMap({ state.journal.entries(since: $0) }) {
            for entry in entries { take(entry, state, now, isOurs) }
        } else {
            rebuild(state, now, isOurs)
        }
        cursor = state.journal.cursor
        return orders(state, now, isOurs)
    }

    /// What became of a watch that was handed on.
    mutating func settle(_ watch: TaskID, _ settlement: DueStart.Settlement, in state: State, now: Timestamp) {
        guard handed.remove(watch) != nil else { return }
        switch settlement {
        case .settled: reconsider(watch, state, now)
        case .failed: due.set(watch, due: now.advanced(by: Self.pause))
        }
    }

    private mutating func orders(_ state: State, _ now: Timestamp, _ isOurs: (TaskID) -> Bool) -> Orders {
        var orders = Orders()
        while let time = due.next, let id = due.popDue(asOf: now) {
            guard let watch = state.watches[id] else { continue }
            handed.insert(id)
            orders.watches.append((id, time, watch.source.host))
        }
        while let id = left.popDue(asOf: now) {
            guard let task = state.tasks[id], isLeft(task, state, isOurs) else { continue }
            orders.runs.append(id)
        }
        return orders
    }

    private mutating func rebuild(_ state: State, _ now: Timestamp, _ isOurs: (TaskID) -> Bool) {
        due = DueQueue(
            state.watches.values.lazy.map { [handed] watch in
                (id: watch.id, due: handed.contains(watch.id) ? nil : Self.time(of: watch, state, now))
            })
        left = DueQueue()
        for task in state.pendingTasks { expect(task, state, now, isOurs) }
    }

    private mutating func take(
        _ entry: Agenda.Change, _ state: State, _ now: Timestamp, _ isOurs: (TaskID) -> Bool
    ) {
        switch entry {
        case .watch(let id): reconsider(id, state, now)
        case .droppedWatch(let watch): reconsider(watch.value.id, state, now)
        case .task(let id):
            // A run that begins, ends or is taken back makes way at its target, or stands in it.
            guard let task = state.tasks[id] else { return left.set(id, due: nil) }
            if let watch = state.watch(at: task.key) { reconsider(watch.id, state, now) }
            if let pending = state.pendingTask(at: task.key) { expect(pending, state, now, isOurs) }
        }
    }

    private mutating func reconsider(_ id: TaskID, _ state: State, _ now: Timestamp) {
        guard !handed.contains(id) else { return }
        due.set(id, due: state.watches[id].flatMap { Self.time(of: $0, state, now) })
    }

    /// When a watch is to be started; nil while something runs or waits to run that says when it goes on.
    private static func time(of watch: WatchTask, _ state: State, _ now: Timestamp) -> Timestamp? {
        guard let due = watch.due(asOf: now), state.runningTask(at: watch.key) == nil,
            state.pendingTask(at: watch.key) == nil
        else { return nil }
        return due
    }

    /// Gives whoever asked for a run the time to come for it.
    private mutating func expect(
        _ task: TaskRecord, _ state: State, _ now: Timestamp, _ isOurs: (TaskID) -> Bool
    ) {
        let patience = Self.patience
        let time = min(task.createdAt.advanced(by: patience), now.advanced(by: patience))
        left.set(task.id, due: isLeft(task, state, isOurs) ? time : nil)
    }

    /// Whether nobody is known who will run it. While its target is being run it belongs to whoever does that.
    private func isLeft(_ task: TaskRecord, _ state: State, _ isOurs: (TaskID) -> Bool) -> Bool {
        task.status == .pending && state.runningTask(at: task.key) == nil && !isOurs(task.id)
    }
}
