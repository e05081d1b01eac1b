// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVStore

/// The life of a run, as far as it is committed.
extension Transaction {
    enum Claim: Sendable {
        case claimed(TaskRecord)
        /// Another run is going on at its target.
        case busy
        /// Its watch was started less than a second ago; this is when it may start again.
        case early(Timestamp)
        /// It is no longer pending.
        case gone
    }

    /// Takes a pending run for the holder of an owner slot, unless its target is being run.
    mutating func claim(_ id: TaskID, slot: Int) -> Claim {
        guard var task = state.tasks[id], task.status == .pending else { return .gone }
        guard state.runningTask(at: task.key) == nil else { return .busy }
        guard let resource = state.resources[task.key] else {
            finish(task, as: .cancelled, error: nil)
            return .gone
        }
        if task.scheduledFor == nil, let watch = watch(of: task) {
            let start = watch.earliestStart(asOf: now)
            guard start <= now else { return .early(start) }
        }
        task.status = .running
        task.stage = .fetching
        task.lease = TaskRecord.Lease(slot: slot, token: token, baseRevision: resource.revision)
        task.startedAt = now
        task.updatedAt = now
        put(task)
        // A scheduled run has told its watch already, when it was made.
        if task.scheduledFor == nil, var watch = watch(of: task) {
            watch.startRun(at: now)
            put(watch)
        }
        return .claimed(task)
    }

    /// Rises with every claim, also with those of one commit.
    private var token: UInt64 { (sequence << 20) | UInt64(recordCount & 0xFFFFF) }

    /// The watch that a run is about. One that was made while the ingest was on its way has the same source.
    func watch(of task: TaskRecord) -> WatchTask? {
        guard let id = task.watch else { return state.watch(at: task.key) }
        return state.watches[id]
    }

    /// Makes a run of a watch that is due, and claims it.
    /// - Parameter attentiveSince: see `WatchTask.startScheduledRun`.
    mutating func claimDue(_ watch: WatchTask, id: TaskID, slot: Int, attentiveSince: Timestamp? = nil)
        -> TaskRecord?
    {
        var watch = watch
        let (trigger, point) = watch.startScheduledRun(at: now, attentiveSince: attentiveSince)
        put(watch)
        put(
            TaskRecord(
                id: id, kind: .watchRefresh, owner: watch.owner, uri: watch.uri, watch: watch.id, trigger: trigger,
                scheduledFor: point, createdAt: now))
        guard case .claimed(let task) = claim(id, slot: slot) else { return nil }
        return task
    }

    /// Writes the final state of a run and forgets old ones.
    mutating func finish(
        _ task: TaskRecord, as status: TaskRecord.Status, result: TaskRecord.Result? = nil, error: TaskRecord.Failure?
    ) {
        var task = task
        task.status = status
        task.lease = nil
        task.result = result
        task.error = error
        task.finishedAt = now
        task.updatedAt = now
        put(task)
    }

    /// Ends a run whose owner is gone.
    mutating func interrupt(_ task: TaskRecord, random: some RandomSource) {
        let wasCancelled = task.status == .cancelling
        let failure = RunFailure.interrupted
        finish(task, as: wasCancelled ? .cancelled : .failed, error: wasCancelled ? nil : failure)
        guard var watch = watch(of: task) else { return dropUnborn(task.key) }
        watch.finishRun(
            wasCancelled ? .cancelled : .interrupted(message: failure.message), task: task.id, at: now, random: random)
        put(watch)
    }

    /// Removes a resource that never had a revision, that nothing watches, and that no run is about to fill: all that
    /// is left of a first ingest that failed.
    mutating func dropUnborn(_ key: ResourceKey) {
        guard let resource = state.resources[key], resource.revision == 0, state.watch(at: key) == nil,
            state.pendingTask(at: key) == nil, state.runningTask(at: key) == nil
        else { return }
        dropResource(key)
    }

    /// Cancels what waits for a target.
    mutating func cancelPending(at target: ResourceKey) {
        guard let task = state.pendingTask(at: target) else { return }
        finish(task, as: .cancelled, error: nil)
    }

    /// Drops the records of old runs: of a watch those beyond its bound, of all the oldest beyond age and number.
    mutating func prune(after task: TaskRecord, limits: Limits) {
        if let watch = task.watch {
            let runs = state.tasks(ofWatch: watch)
            for id in runs.prefix(max(0, runs.count - limits.tasksPerWatch))
            where state.tasks[id]?.status.isFinal == true {
                dropTask(id)
            }
        }
        forgetOldRemovals(limits)
        let oldest = now.advanced(by: Milliseconds(-limits.taskAge.count))
        // Two a run keep up with the one that the run adds.
        for old in Array(state.tasks.values.prefix(2)) where old.status.isFinal && old.id != task.id {
            if old.createdAt < oldest || state.tasks.count > limits.tasks { dropTask(old.id) }
        }
    }
}
