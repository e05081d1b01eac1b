// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Numbers for monitoring, at one moment.
package struct MetricsSnapshot: Hashable, Sendable {
    /// Whether the numbers of the store and of the process as a whole are among them, which only root may see: they
    /// tell what other accounts do.
    package var isWhole = true
    /// How many watch tasks there are of each status.
    package var watches: KeyValuePairs<String, Int> { ["active": active, "paused": paused, "suspended": suspended] }
    package var active = 0
    package var paused = 0
    package var suspended = 0
    package var failingWatches = 0
    package var dueWatches = 0
    /// How long ago the last success of an active watch was, of the one for which that is longest; the time since it
    /// was made for one that never succeeded. Nil without active watches.
    package var stalestSuccess: Milliseconds?
    package var pendingRuns = 0
    package var runningRuns = 0
    /// How long the run has waited that waits for longest; nil when none does.
    package var longestWait: Milliseconds?
    /// Runs and due watches that wait in this process for room.
    package var queuedRuns = 0
    package var runs = RunFigures()
    /// Watches that this process has started because they were due, and those of them that started over a minute late.
    package var scheduledStarts: Int64 = 0
    package var lateStarts: Int64 = 0
    /// Points of schedules that had no run of their own, as far as this process knows.
    package var skippedPoints: Int64 = 0
    /// How many seconds later than they were due they started.
    package var startLag = Histogram(bounds: RunFigures.lagBounds)
    /// Whether some process schedules; nil when the caller has no business with the store as a whole.
    package var isScheduled: Bool?
    package var startedAt: Timestamp?
    package var now = Timestamp(milliseconds: 0)
    package var resources = 0
    package var documents = 0
    package var documentBytes: Int64 = 0
    package var stateBytes: Int64 = 0
    package var packBytes: Int64 = 0
    /// Number of the last commit.
    package var sequence: UInt64 = 0

    package init() {}
}

/// How the runs of a process have ended since it started.
package struct RunFigures: Hashable, Sendable {
    /// Seconds.
    static let lagBounds: [Double] = [0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200, 86_400]
    private static let durationBounds: [Double] = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600]
    /// From 1 KiB to 1 GiB.
    private static let byteBounds: [Double] = [0x1p10, 0x1p14, 0x1p17, 0x1p20, 0x1p23, 0x1p26, 0x1p30]

    /// By outcome.
    package var ended: [String: Int] = [:]
    /// Seconds from start to end.
    package var duration = Histogram(bounds: durationBounds)
    /// Bytes of the documents of those that went well.
    package var bytes = Histogram(bounds: byteBounds)

    package init() {}
}
