// SPDX-License-Identifier: Apache-2.0

/// The standing order to re-ingest a resource: its schedule, whether it is active, and what became of its runs.
///
/// A value: every event in its life is a mutating method in `WatchTask+Schedule.swift` or `WatchTask+Outcome.swift`
/// that takes the present instant, so that the whole life can be tested without waiting.
package struct WatchTask: Hashable, Sendable {
    package let id: TaskID
    package let owner: Owner
    /// The role under which it was created.
    package let role: Role
    package let uri: VikingURI
    package let createdAt: Timestamp
    package var source: Source
    package var reason: String
    package var instruction: String
    package var interval: Interval
    package var state: State

    // The schedule.

    /// Where the grid is anchored.
    package var anchor: Timestamp
    /// Points of the grid up to here have had their run, or were skipped.
    package var accountedThrough: Timestamp
    /// The point for which the last scheduled run started.
    package var lastScheduledPoint: Timestamp?
    /// When the last run started, whoever asked for it.
    package var lastStart: Timestamp?
    /// When it is due next; nil unless active.
    package var nextRun: Timestamp?
    /// Whether `nextRun` is an attempt after a failure and not a point of the grid.
    package var awaitsRetry = false
    package var skippedCount: Int64 = 0
    package var lastSkip: Skip?

    // What became of its runs.

    /// When the last run ended, good or bad.
    package var lastEnd: Timestamp?
    package var lastTask: TaskID?
    package var lastStatus: TaskRecord.Status?
    package var lastSuccess: Timestamp?
    package var lastChange: Timestamp?
    package var lastFailure: Failure?
    package var consecutiveFailures = 0
    package var consecutivePermanentFailures = 0
    package var consecutiveInterruptions = 0

    package enum State: Hashable, Sendable {
        case active
        case paused
        /// The system stopped it, and says why. Only resuming wakes it.
        case suspended(reason: String)
    }

    /// Points of the schedule that had no run of their own.
    package struct Skip: Hashable, Sendable {
        package enum Cause: String, Hashable, Sendable {
            /// The previous run was still going.
            case running
            /// Nothing ran that schedules: one catch-up run stands for all of them.
            case missed
            /// Something was there that schedules, but it had no room for another run: the next one stands for all.
            case overload
            /// The watch was waiting to try again after a failure.
            case backoff
        }

        package let at: Timestamp
        package let cause: Cause

        package init(at: Timestamp, cause: Cause) {
            self.at = at
            self.cause = cause
        }
    }

    package struct Failure: Hashable, Sendable {
        package let code: String
        package let message: String
        package let at: Timestamp

        package init(code: String, message: String, at: Timestamp) {
            self.code = code
            self.message = message
            self.at = at
        }
    }

    /// A new watch: active, its grid anchored at its creation, the first point one period later.
    package init(
        id: TaskID, owner: Owner, role: Role, uri: VikingURI, source: Source, interval: Interval, reason: String = "",
        instruction: String = "", createdAt: Timestamp
    ) {
        self.id = id
        self.owner = owner
        self.role = role
        self.uri = uri
        self.source = source
        self.interval = interval
        self.reason = reason
        self.instruction = instruction
        self.createdAt = createdAt
        state = .active
        anchor = createdAt
        accountedThrough = createdAt
        nextRun = Schedule(anchor: createdAt, period: interval.period).point(after: createdAt)
    }

    package var key: ResourceKey { ResourceKey(account: owner.account, uri: uri) }

    package var isActive: Bool { state == .active }

    package var suspensionReason: String? {
        if case .suspended(let reason) = state { reason } else { nil }
    }
}
