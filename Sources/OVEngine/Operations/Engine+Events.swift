// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

extension Engine {
    package func events(_ query: EventQuery, as caller: Caller)
        async throws(OVError) -> AsyncThrowingStream<Event, any Error>
    {
        try await store.refresh()
        let after = try query.after.map { text throws(OVError) in try FeedCursor(parsing: text, field: "last_event_id")
        }
        let uri = try query.uri.map { text throws(OVError) in try VikingURI(parsing: text, user: caller.user) }
        let task = try query.task.map { id throws(OVError) in try store.state.task(id, as: caller).id }
        let follower = EventFollower(
            engine: self, scope: EventScope(caller: caller, uri: uri, task: task), after: after)
        return AsyncThrowingStream { try await follower.next() }
    }
}

/// Reads what happens in a store, commit by commit.
private actor EventFollower {
    /// How often the progress of a run is told at most.
    private static let progressInterval = Milliseconds(200)

    private let engine: Engine
    private let scope: EventScope
    private let listening: StoreListening
    private var identity: State.Identity
    /// The last commit that was looked at.
    private var position: UInt64
    /// What has been found and not been asked for; no more than the journals keep.
    private var found: ArraySlice<Event>
    private var progress: [TaskID: (progress: TaskRecord.Progress, at: Timestamp)] = [:]
    private var isOver = false

    init(engine: Engine, scope: EventScope, after: FeedCursor?) {
        let state = engine.store.state
        self.engine = engine
        self.scope = scope
        listening = engine.store.listen { [board = engine.board] in board.touch() }
        identity = state.identity
        position = state.sequence
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
            let version = engine.board.version
            look(at: engine.store.state)
            if found.isEmpty { await engine.board.change(after: version) }
        }
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
                last.map({ now.since($0.at) >= Self.progressInterval }) ?? true
            else { continue }
            progress[live.id] = (live.progress, now)
            var current = task
            current.progress = live.progress
            found.append(Event(cursor: nil, kind: .task(TaskView(task: current))))
        }
    }
}
