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
    /// Runs that this process has ended since it started, by outcome.
    package var endedRuns: [(outcome: String, count: Int)] {
        ended.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
    package var ended: [String: Int] = [:]
    /// Watches that this process has started because they were due, and those of them that started over a minute late.
    package var scheduledStarts: Int64 = 0
    package var lateStarts: Int64 = 0
    /// Points of schedules that had no run of their own, as far as this process knows.
    package var skippedPoints: Int64 = 0
    /// How much later than they were due the last ones started, in no order.
    package var startLags: [Milliseconds] = []
    package var resources = 0
    package var documents = 0
    package var documentBytes: Int64 = 0
    package var stateBytes: Int64 = 0
    package var packBytes: Int64 = 0
    /// Number of the last commit.
    package var sequence: UInt64 = 0

    package init() {}
}
