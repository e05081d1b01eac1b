// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

/// Reads what happens in a store, commit by commit, for one reader, and only as fast as that reader asks.
///
/// Nothing is kept for a reader that is slow: the journals of the state keep what there is to tell, and what they have
/// forgotten is a gap.
actor EventFollower {
    /// How often the progress of a run is told at most.
    static let progressInterval = Milliseconds(200)
    /// How often it is looked whether other processes have committed. Where this process schedules it knows at once.
    static let pollInterval = Milliseconds.seconds(1)

    private let engine: Engine
    private let scope: EventScope
    private let bell = Bell()
    private let listening: StoreListening
    private var identity: State.Identity
    /// The last commit that was looked at.
    private var position: UInt64
    /// When the file was last looked at.
    private var refreshed: Timestamp
    /// What has been found and not been asked for; no more than the journals keep.
    private var found: ArraySlice<Event>
    private var progress: [TaskID: (progress: TaskRecord.Progress, at: Timestamp)] = [:]
    private var isOver = false

    init(engine: Engine, scope: EventScope, after: FeedCursor?) {
        self.engine = engine
        self.scope = scope
        listening = engine.store.listen { [bell] in bell.ring() }
        // Behind the listening, so that nothing comes in between.
        let state = engine.store.state
        identity = state.identity
        position = state.sequence
        refreshed = engine.clock.now()
        var first: [Event] = [Event(cursor: nil, kind: .began)]
        if let after {
            if after.isPast(of: state) {
                position = after.sequence
            } else {
                first.append(Event(cursor: FeedCursor(in: state).text, kind: .gap))
            }
        } else {
            first[0] = Event(cursor: FeedCursor(in: state).text, kind: .began)
        }
        if let task = scope.task.flatMap({ state.tasks[$0] }) {
            first.append(Event(cursor: nil, kind: .task(TaskView(task: task))))
            isOver = task.status.isFinal
        }
        found = first[...]
    }

    deinit { listening.stop() }

    /// The next event; nil behind the last one of a run.
    func next() async throws -> Event? {
        while true {
            if let event = found.popFirst() { return event }
            if isOver { return nil }
            try Task.checkCancellation()
            let version = bell.version
            let state = engine.store.state
            look(at: state)
            if !found.isEmpty || isOver { continue }
            let isRunning = state.runningTasks.contains { scope.includes($0) }
            await wait(for: isRunning ? Self.progressInterval : Self.pollInterval, version)
            try await refresh()
        }
    }

    /// Returns when this process knows of a commit, or after a while.
    private func wait(for pause: Milliseconds, _ version: UInt64) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [bell] in await bell.change(after: version) }
            group.addTask { [clock = engine.clock] in try? await clock.sleep(for: pause) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Takes up what other processes have committed.
    private func refresh() async throws(OVError) {
        let now = engine.clock.now()
        // A clock that was set back is no reason to wait for it.
        guard now.since(refreshed) >= Self.pollInterval || now < refreshed else { return }
        refreshed = now
        try await engine.store.refresh()
    }

    private func look(at state: State) {
        // A store that was not there yet has no identity.
        if identity.epoch == 0 { identity = state.identity }
        if state.identity.store != identity.store || state.identity.epoch != identity.epoch {
            (identity, position) = (state.identity, state.sequence)
            found.append(Event(cursor: FeedCursor(in: state).text, kind: .gap))
        } else if state.sequence != position {
            if let news = scope.news(in: state, after: position) {
                append(news, in: state)
            } else {
                found.append(Event(cursor: FeedCursor(in: state).text, kind: .gap))
            }
            position = state.sequence
        }
        addProgress(in: state)
        // A record that was dropped has no final state to wait for.
        if let task = scope.task, state.tasks[task] == nil { isOver = true }
    }

    /// A reader may come back only between commits, so only the last event of each says where.
    private func append(_ news: [EventScope.News], in state: State) {
        for (index, item) in news.enumerated() {
            let isLast = index + 1 == news.count || news[index + 1].sequence > item.sequence
            let cursor = isLast ? FeedCursor(in: state, behind: item.sequence).text : nil
            found.append(Event(cursor: cursor, kind: item.kind))
            guard case .task(let view) = item.kind, view.status.isFinal else { continue }
            progress[view.id] = nil
            if view.id == scope.task { isOver = true }
        }
    }

    /// Runs of this process have gone further than what is committed of them.
    private func addProgress(in state: State) {
        let now = engine.clock.now()
        for live in engine.board.allLive where scope.includes(live) {
            guard let task = state.tasks[live.id], !task.status.isFinal else { continue }
            let last = progress[live.id]
            guard live.progress != last?.progress ?? task.progress,
                last.map({ now.since($0.at) >= Self.progressInterval || now < $0.at }) ?? true
            else { continue }
            progress[live.id] = (live.progress, now)
            var current = task
            current.progress = live.progress
            found.append(Event(cursor: nil, kind: .task(TaskView(task: current))))
        }
    }
}
