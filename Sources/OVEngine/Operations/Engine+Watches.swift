// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

extension Engine {
    package func watches(_ query: WatchQuery, as caller: Caller) async throws(OVError) -> WatchPage {
        try await store.refresh()
        let state = store.state
        let after = try query.cursor.map { cursor throws(OVError) in try Cursor(parsing: cursor, kind: .watches).place }
        if let limit = query.limit, limit < 1 {
            throw .invalidField(["query", "limit"], "limit must be at least 1", type: "greater_than_equal")
        }
        var (views, total): ([WatchView], Int) = ([], 0)
        if query.limit == nil { views.reserveCapacity(state.watches.count) }
        // Of a page, the census knows how many there are in all without looking at them.
        if query.limit != nil, census.isAskedAgain() {
            let counts = census.counts(in: store, for: caller, now: clock.now())
            total = query.activeOnly ? counts.active : counts.total
        } else {
            total = state.watches.boxed.reduce(0) { $0 + ($1.value.isVisible(to: caller, query) ? 1 : 0) }
        }
        if after == nil {
            for watch in state.watches.boxed where watch.value.isVisible(to: caller, query) {
                views.append(state.view(watch))
                if views.count == query.limit { break }
            }
        }
        if let after {
            for watch in state.watches.boxed(after: after) where watch.value.isVisible(to: caller, query) {
                views.append(state.view(watch))
                if views.count == query.limit { break }
            }
        }
        let isWhole = query.limit.map { views.count < $0 } ?? true
        return WatchPage(
            watches: views, total: total,
            nextCursor: isWhole ? nil : cursor(behind: views.last, in: state, query, caller))
    }

    /// - Returns: nil when nothing follows the last view that the caller may see.
    private func cursor(behind view: WatchView?, in state: State, _ query: WatchQuery, _ caller: Caller) -> String? {
        guard let last = view else { return nil }
        let cursor = Cursor(kind: .watches, createdAt: last.createdAt, id: last.id)
        let isMore = state.watches.boxed(after: cursor.place).contains { $0.value.isVisible(to: caller, query) }
        return isMore ? cursor.text : nil
    }

    package nonisolated(nonsending) func watch(_ key: WatchKey, as caller: Caller) async throws(OVError) -> WatchView {
        try await store.refresh()
        let state = store.state
        return state.view(try state.watch(key, as: caller))
    }

    package func updateWatch(_ key: WatchKey, _ patch: WatchPatch, as caller: Caller)
        async throws(OVError) -> WatchView
    {
        let interval = try patch.interval.map { minutes throws(OVError) in try Interval(minutes: minutes) }
        try checkNotes(reason: patch.reason, instruction: patch.instruction)
        let view = try await store.commit { transaction throws(OVError) in
            let before = try transaction.state.changeableWatch(key, as: caller)
            var watch = before
            if let reason = patch.reason { watch.reason = reason }
            if let instruction = patch.instruction { watch.instruction = instruction }
            if let interval { watch.setInterval(interval, at: transaction.now) }
            if let isActive = patch.isActive {
                if isActive { try transaction.resume(&watch) } else { watch.pause() }
            }
            if watch != before { transaction.put(watch) }
            return transaction.state.view(watch)
        }
        board.touch()
        return view
    }

    package func deleteWatch(_ key: WatchKey, as caller: Caller) async throws(OVError) -> DeletedWatch {
        let deleted = try await store.commit { transaction throws(OVError) in
            let watch = try transaction.state.changeableWatch(key, as: caller)
            if let pending = transaction.state.pendingTask(at: watch.key), pending.watch == watch.id {
                transaction.cancelPending(at: watch.key)
            }
            transaction.dropWatch(watch.id)
            transaction.dropUnborn(watch.key)
            return DeletedWatch(id: watch.id, uri: watch.uri)
        }
        board.touch()
        return deleted
    }

    package func triggerWatch(_ key: WatchKey, acceptingDeletionsOf held: TaskID?, as caller: Caller)
        async throws(OVError) -> TriggerReceipt
    {
        try await store.refresh()
        try await reconcile()
        let id = random.nextTaskID()
        let receipt = try await store.commit { transaction throws(OVError) in
            let watch = try transaction.state.changeableWatch(key, as: caller)
            if let reason = watch.suspensionReason {
                throw OVError(
                    .failedPrecondition, "the watch is suspended: \(reason)",
                    hint: "resume it first: `ov task watch resume \(watch.uri)`")
            }
            if let held { try transaction.state.checkHeld(held, of: watch) }
            return transaction.enqueueRefresh(of: watch, id: id, acceptingDeletionsOf: held)
        }
        submit(pending: receipt.run)
        return receipt
    }

    package func triggerDueWatches(atMost bound: Int, as caller: Caller) async throws(OVError) -> DueReceipt {
        try await store.refresh()
        try await reconcile()
        let now = clock.now()
        // Most calls find nothing due: no commit then.
        let (state, random) = (store.state, random)
        let abandoned = state.pendingTasks.filter { caller.maySee($0.owner) }.map(\.id)
        var due = DueQueue(
            state.watches.values.lazy.filter { caller.maySee($0.owner) }.map { ($0.id, $0.due(asOf: now)) })
        guard !abandoned.isEmpty || due.next.map({ $0 <= now }) ?? false else {
            return DueReceipt(started: [], running: [])
        }
        var queue: [TaskID] = []
        while let watch = due.popDue(asOf: now) { queue.append(watch) }
        let candidates = queue
        let slot = try await ownerSlot()
        // Whoever calls over a network cannot claim more than this process would run at once.
        let bounds = Transaction.ClaimBounds(
            runs: caller.origin == .network ? min(bound, limits.concurrentRuns) : bound, perHost: limits.runsPerHost)
        let claimed = try await committingClaims { transaction, tasks in
            let due = transaction.claimDue(candidates, abandoned, within: bounds, slot: slot, random: random)
            tasks = due.tasks
            return due
        }
        for task in claimed.tasks { submit(claimed: task) }
        for task in claimed.early { submit(pending: task.id) }
        return DueReceipt(
            started: (claimed.tasks + claimed.early).compactMap { task in
                task.watch.map { TriggerReceipt(watch: $0, uri: task.uri, run: task.id, isCoalesced: false) }
            }, running: claimed.running)
    }

    /// - Throws: `PAYLOAD_TOO_LARGE`.
    func checkNotes(reason: String?, instruction: String?) throws(OVError) {
        for (name, text) in [("reason", reason), ("instruction", instruction)] {
            guard let text, text.utf8.count > limits.noteBytes else { continue }
            throw OVError(
                .payloadTooLarge, "\(name) is longer than \(limits.noteBytes) bytes",
                details: ["field": .string(name)])
        }
    }
}

extension WatchTask {
    fileprivate func isVisible(to caller: Caller, _ query: WatchQuery) -> Bool {
        caller.maySee(owner) && (!query.activeOnly || isActive)
    }
}

extension Transaction {
    /// - Throws: `FAILED_PRECONDITION` when there is nothing left to refresh.
    func resume(_ watch: inout WatchTask) throws(OVError) {
        guard !watch.isActive else { return }
        guard state.resources[watch.key] != nil else {
            throw OVError(
                .failedPrecondition, "the resource at \(watch.uri) was removed, and a watch does not bring it back",
                hint: "ingest it again: `ov ingest \(watch.source.location) --to \(watch.uri) "
                    + "--watch-interval \(watch.interval.minutes)`")
        }
        watch.resume(at: now)
    }

    /// Makes the one run that waits for a watch's target, or finds the one that does already.
    mutating func enqueueRefresh(of watch: WatchTask, id: TaskID, acceptingDeletionsOf held: TaskID?)
        -> TriggerReceipt
    {
        if var pending = state.pendingTask(at: watch.key) {
            if let held {
                pending.acceptedDeletions = held
                put(pending)
            }
            return TriggerReceipt(watch: watch.id, uri: watch.uri, run: pending.id, isCoalesced: true)
        }
        put(
            TaskRecord(
                id: id, kind: .watchRefresh, owner: watch.owner, uri: watch.uri, watch: watch.id, trigger: .manual,
                acceptedDeletions: held, createdAt: now))
        return TriggerReceipt(
            watch: watch.id, uri: watch.uri, run: id, isCoalesced: state.runningTask(at: watch.key) != nil)
    }

    struct ClaimedDue: Sendable {
        var tasks: [TaskRecord] = []
        /// Runs that nobody came to run, and that may start within a second.
        var early: [TaskRecord] = []
        /// Targets of due watches that are being run.
        var running: [VikingURI] = []
    }

    /// Claims runs that nobody came to run, then watches that are due, oldest first, within bounds.
    mutating func claimDue(
        _ due: [TaskID], _ abandoned: [TaskID], within bounds: ClaimBounds, slot: Int, random: some RandomSource
    ) -> ClaimedDue {
        var claimed = ClaimedDue()
        var room = HostRoom(bounds.perHost, ofSlot: slot, in: state)
        for id in abandoned where claimed.tasks.count + claimed.early.count < bounds.runs {
            guard let key = state.tasks[id]?.key, room.has(state.host(at: key)) else { continue }
            switch claim(id, slot: slot) {
            case .claimed(let task):
                claimed.tasks.append(task)
                room.take(state.host(at: key))
            case .early: claimed.early += state.tasks[id].map { [$0] } ?? []
            case .busy, .gone: break
            }
        }
        for id in due {
            guard let watch = state.watches[id], watch.isDue(asOf: now) else { continue }
            if state.runningTask(at: watch.key) != nil {
                claimed.running.append(watch.uri)
            } else if state.pendingTask(at: watch.key) == nil, claimed.tasks.count < bounds.runs,
                room.has(state.host(at: watch.key)),
                let task = claimDue(watch, id: random.nextTaskID(), slot: slot)
            {
                claimed.tasks.append(task)
                room.take(state.host(at: watch.key))
            }
        }
        return claimed
    }
}

extension State {
    /// - Throws: `INVALID_ARGUMENT` unless the run was held and is of this watch.
    fileprivate func checkHeld(_ id: TaskID, of watch: WatchTask) throws(OVError) {
        guard let task = tasks[id], task.watch == watch.id, task.result?.outcome == .held else {
            throw .invalidField(
                ["query", "accept_deletions"], "\(id) is not a held run of this watch", type: "value_error",
                hint: "`ov task watch show \(watch.uri)` names its last run")
        }
    }
}
