// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVStore

/// A watch that the scheduler has found due and that starts once there is room.
struct DueStart: Sendable {
    enum Settlement: Sendable {
        /// It has started, or is not due any more.
        case settled
        /// The store could not be written.
        case failed
    }

    let watch: TaskID
    /// When it was due.
    let due: Timestamp
    /// Since when the scheduler has seen every point; see `WatchTask.startScheduledRun`.
    let attentiveSince: Timestamp
    /// Called once, when what became of it is committed.
    let settle: @Sendable (Settlement) -> Void
}

extension Transaction {
    struct ClaimedStart: Sendable {
        let task: TaskRecord
        /// How much later than it was due it starts.
        let lag: Milliseconds
        /// Points of the schedule that the start stands for besides its own.
        let skipped: Int64
    }

    /// Starts a watch, unless it was started, stopped or postponed while it waited for room.
    mutating func claim(_ start: DueStart, id: TaskID, slot: Int) -> ClaimedStart? {
        guard let watch = state.watches[start.watch], let due = watch.due(asOf: now), due <= now,
            state.runningTask(at: watch.key) == nil, state.pendingTask(at: watch.key) == nil,
            let task = claimDue(watch, id: id, slot: slot, attentiveSince: start.attentiveSince)
        else { return nil }
        let skipped = state.watches[watch.id].map { $0.skippedCount - watch.skippedCount } ?? 0
        return ClaimedStart(task: task, lag: max(.zero, now.since(due)), skipped: skipped)
    }
}
