// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore
import Synchronization

extension Engine {
    /// For how long the size of all packs is taken for what it was: to measure it, each of them has to be looked at.
    private static let usageAge = Milliseconds.minutes(1)

    package func metrics(as caller: Caller) async throws(OVError) -> MetricsSnapshot {
        try await store.refresh()
        let now = clock.now()
        guard caller.role == .root else { return try await ownPart(of: caller, now) }
        var snapshot = wholeStore(now)
        snapshot.runs = endings.figures
        let schedule = tally.report
        snapshot.scheduledStarts = schedule.started
        snapshot.lateStarts = schedule.late
        snapshot.skippedPoints = schedule.skipped
        snapshot.startLag = schedule.lagHistogram
        snapshot.queuedRuns = dispatcher.load.waiting
        snapshot.isScheduled = try await store.schedulerLabel() != nil
        snapshot.startedAt = startedAt
        snapshot.now = now
        snapshot.stateBytes = await store.stateFileLength
        snapshot.packBytes = try await packBytes(now)
        snapshot.sequence = store.state.sequence
        return snapshot
    }

    /// What root sees is what the census has, whatever the number of watches.
    private func wholeStore(_ now: Timestamp) -> MetricsSnapshot {
        var snapshot = MetricsSnapshot()
        let (figures, state) = (census.figures(of: store, now: now), store.state)
        snapshot.active = figures.watches.active
        snapshot.paused = figures.watches.paused
        snapshot.suspended = figures.watches.suspended
        snapshot.failingWatches = figures.watches.failing
        snapshot.dueWatches = figures.due
        snapshot.stalestSuccess = figures.stalest.map { max(.zero, now.since($0)) }
        snapshot.resources = state.resources.count
        snapshot.documents = figures.documents
        snapshot.documentBytes = figures.documentBytes
        snapshot.runningRuns = state.runningTasks.reduce(0) { count, _ in count + 1 }
        for task in state.pendingTasks { snapshot.countPending(task, now) }
        return snapshot
    }

    private func ownPart(of caller: Caller, _ now: Timestamp) async throws(OVError) -> MetricsSnapshot {
        var snapshot = MetricsSnapshot()
        let status = try await status(as: caller)
        snapshot.isWhole = false
        snapshot.active = status.activeWatches
        snapshot.paused = status.pausedWatches
        snapshot.suspended = status.suspendedWatches
        snapshot.failingWatches = status.failingWatches
        snapshot.dueWatches = status.dueWatches
        snapshot.runningRuns = status.runningTasks
        snapshot.resources = status.resources
        snapshot.documents = status.documents
        snapshot.documentBytes = status.documentBytes
        for task in store.state.pendingTasks where caller.maySee(task.owner) { snapshot.countPending(task, now) }
        for watch in store.state.watches.values where watch.isActive && caller.maySee(watch.owner) {
            let age = now.since(watch.lastSuccess ?? watch.createdAt)
            snapshot.stalestSuccess = max(snapshot.stalestSuccess ?? .zero, age)
        }
        return snapshot
    }

    private func packBytes(_ now: Timestamp) async throws(OVError) -> Int64 {
        if let known = packUsage.withLock({ $0 }), known.at <= now, now.since(known.at) < Self.usageAge {
            return known.bytes
        }
        let usage = try await store.packUsage()
        packUsage.withLock { $0 = (now, usage.bytes) }
        return usage.bytes
    }
}

extension MetricsSnapshot {
    fileprivate mutating func countPending(_ task: TaskRecord, _ now: Timestamp) {
        pendingRuns += 1
        longestWait = max(longestWait ?? .zero, now.since(task.createdAt))
    }
}
