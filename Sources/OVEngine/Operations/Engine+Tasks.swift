// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

extension Engine {
    package func tasks(_ query: TaskQuery, as caller: Caller) async throws(OVError) -> TaskPage {
        let (kind, status) = try query.checked()
        let resource = try query.resource.map { text throws(OVError) in
            try VikingURI(parsing: text, user: caller.user)
        }
        let watch = query.watch.map { TaskID($0) }
        let before = try query.cursor.map { text throws(OVError) in try Cursor(parsing: text, kind: .tasks).place }
        try await store.refresh()
        let state = store.state
        var page: [TaskView] = []
        for task in state.tasks.values(before: before) {
            guard caller.maySee(task.owner), kind == nil || task.kind == kind, status == nil || task.status == status,
                resource == nil || (task.uri == resource && task.owner.account == caller.account),
                watch.map({ $0 != nil && task.watch == $0 }) ?? true
            else { continue }
            if page.count == query.limit {
                let cursor = page.last.map { Cursor(kind: .tasks, createdAt: $0.createdAt, id: $0.id) }
                return TaskPage(tasks: page, nextCursor: cursor?.text)
            }
            page.append(view(task))
        }
        return TaskPage(tasks: page, nextCursor: nil)
    }

    package func task(_ id: String, as caller: Caller) async throws(OVError) -> TaskView {
        try await store.refresh()
        return view(try store.state.task(id, as: caller))
    }

    /// A run of this process has gone further than what is committed of it.
    private func view(_ task: TaskRecord) -> TaskView {
        guard !task.status.isFinal, let live = board.live(task.id) else { return TaskView(task: task) }
        var task = task
        task.progress = live.progress
        return TaskView(task: task)
    }

    package func cancelTask(_ id: String, as caller: Caller) async throws(OVError) -> TaskView {
        try await store.refresh()
        try await reconcile()
        let task = try await store.commit { transaction throws(OVError) in
            var task = try transaction.state.task(id, as: caller)
            switch task.status {
            case .pending:
                transaction.finish(task, as: .cancelled, error: nil)
                transaction.dropUnborn(task.key)
            case .running:
                task.status = .cancelling
                task.updatedAt = transaction.now
                transaction.put(task)
            case .cancelling, .cancelled: break
            case .completed, .failed:
                throw OVError(
                    .failedPrecondition, "the task has \(task.status.rawValue) already",
                    details: ["status": .string(task.status.rawValue)])
            }
            return transaction.state.tasks[task.id] ?? task
        }
        if task.status == .cancelling { board.cancel(task.id) } else { board.touch() }
        return view(task)
    }

    package func updates(ofTask id: String, as caller: Caller) async throws(OVError) -> TaskUpdates {
        try await store.refresh()
        let task = try store.state.task(id, as: caller)
        return TaskUpdates {
            let follower = TaskFollower(engine: self, id: task.id)
            return { try await follower.next() }
        }
    }
}

extension State {
    /// - Throws: `NOT_FOUND`, also for what the caller may not see.
    func task(_ id: String, as caller: Caller) throws(OVError) -> TaskRecord {
        guard let task = TaskID(id).flatMap({ tasks[$0] }), caller.maySee(task.owner) else {
            throw OVError.noTask(id)
        }
        return task
    }
}

/// Follows a run from state to state, wherever it is executed.
private actor TaskFollower {
    /// How often the store is looked at for a run of another process.
    private static let pollInterval = Milliseconds(100)

    private let engine: Engine
    private let id: TaskID
    private var last: TaskRecord?

    init(engine: Engine, id: TaskID) {
        self.engine = engine
        self.id = id
    }

    /// The next state that differs from the last, nil after the final one.
    func next() async throws -> TaskView? {
        if let last, last.status.isFinal { return nil }
        while true {
            try Task.checkCancellation()
            let version = engine.board.version
            let isOurs = engine.board.isExpected(id)
            if !isOurs { try await engine.store.refresh() }
            guard let task = engine.current(id) else {
                throw OVError(.notFound, "the task is gone: its record was dropped")
            }
            if task != last {
                last = task
                return TaskView(task: task)
            }
            // A run of this process makes itself heard; another's has to be looked for, and so does its end.
            if isOurs {
                await engine.board.change(after: version)
            } else {
                try await engine.clock.sleep(for: Self.pollInterval)
                try await engine.reconcile()
            }
        }
    }
}

extension Engine {
    /// The newest that this process knows of a run.
    fileprivate func current(_ id: TaskID) -> TaskRecord? {
        guard let task = store.state.tasks[id] else { return nil }
        return task.status.isFinal
            ? task
            : board.live(id).map { live in
                var task = task
                task.progress = live.progress
                return task
            } ?? task
    }
}
