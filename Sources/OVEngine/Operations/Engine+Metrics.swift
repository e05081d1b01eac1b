// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

extension Engine {
    package func metrics(as caller: Caller) async throws(OVError) -> MetricsSnapshot {
        let status = try await status(as: caller)
        var snapshot = MetricsSnapshot()
        snapshot.active = status.activeWatches
        snapshot.paused = status.pausedWatches
        snapshot.suspended = status.suspendedWatches
        snapshot.failingWatches = status.failingWatches
        snapshot.dueWatches = status.dueWatches
        snapshot.pendingRuns = status.pendingTasks
        snapshot.runningRuns = status.runningTasks
        snapshot.resources = status.resources
        snapshot.documents = status.documents
        snapshot.documentBytes = status.documentBytes
        snapshot.isWhole = caller.role == .root
        if snapshot.isWhole { addWhole(status, to: &snapshot) }
        let now = clock.now()
        for watch in store.state.watches.values where watch.isActive && caller.maySee(watch.owner) {
            let age = now.since(watch.lastSuccess ?? watch.createdAt)
            snapshot.stalestSuccess = max(snapshot.stalestSuccess ?? .zero, age)
        }
        return snapshot
    }

    private func addWhole(_ status: StatusReport, to snapshot: inout MetricsSnapshot) {
        snapshot.stateBytes = status.stateBytes
        snapshot.packBytes = status.packBytes
        snapshot.sequence = status.sequence
        snapshot.ended = endings.counts
        let schedule = tally.report
        snapshot.scheduledStarts = schedule.started
        snapshot.lateStarts = schedule.late
        snapshot.skippedPoints = schedule.skipped
        snapshot.startLags = schedule.lags
    }
}
