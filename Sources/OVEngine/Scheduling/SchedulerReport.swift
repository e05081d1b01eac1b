// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import Synchronization

/// What the scheduler of this process is doing, for metrics.
package struct SchedulerReport: Hashable, Sendable {
    /// A start that comes later than this after its time is late: as exactly as users give intervals, in minutes.
    package static let lateAfter = Milliseconds.minutes(1)
    /// How many of the last starts are kept.
    package static let keptLags = 256

    /// Whether this process is the one that schedules, and since when it has missed no point.
    package var isScheduling = false
    package var attentiveSince: Timestamp?
    /// Watches that have a time, and the first of these times.
    package var scheduled = 0
    package var next: Timestamp?
    /// Runs that go on, and runs and due watches that wait for room.
    package var running = 0
    package var waiting = 0

    // Since the process began.

    /// Watches that were started because they were due.
    package var started: Int64 = 0
    /// Those of them that started late. Late is not skipped: the point has its run.
    package var late: Int64 = 0
    /// Points of schedules that had no run of their own, as `skipped_count` has them.
    package var skipped: Int64 = 0
    /// How much later than they were due the last ones started, oldest first.
    package var lags: [Milliseconds] = []
    /// The same of all of them, in seconds.
    package var lagHistogram = MetricsSnapshot().startLag

    package init() {}
}

/// Counts what the runs of this process have to do with schedules.
final class RunTally: Sendable {
    private struct Storage {
        var report = SchedulerReport()
        /// Where the next lag goes once the list is full.
        var position = 0
    }

    private let storage = Mutex(Storage())

    func noteStart(lag: Milliseconds, skipped: Int64) {
        storage.withLock { storage in
            storage.report.started += 1
            storage.report.skipped += skipped
            storage.report.lagHistogram.add(lag.seconds)
            if lag > SchedulerReport.lateAfter { storage.report.late += 1 }
            if storage.report.lags.count < SchedulerReport.keptLags {
                storage.report.lags.append(lag)
            } else {
                storage.report.lags[storage.position] = lag
                storage.position = (storage.position + 1) % SchedulerReport.keptLags
            }
        }
    }

    func noteSkipped(_ count: Int64) { storage.withLock { $0.report.skipped += count } }

    /// The counts, the rest of the report untouched.
    var report: SchedulerReport {
        storage.withLock { storage in
            var report = storage.report
            report.lags = Array(storage.report.lags[storage.position...] + storage.report.lags[..<storage.position])
            return report
        }
    }
}
