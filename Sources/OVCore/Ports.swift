// SPDX-License-Identifier: Apache-2.0

/// Where time comes from. The product uses the system's; tests advance their own.
package protocol WallClock: Sendable {
    /// The present instant. It may jump in either direction: the user sets it, or a machine wakes from sleep.
    func now() -> Timestamp

    /// Returns after `duration` of waiting, or throws `CancellationError` as soon as the task is cancelled.
    func sleep(for duration: Milliseconds) async throws
}

/// Where identities and jitter come from.
package protocol RandomSource: Sendable {
    func nextTaskID() -> TaskID

    /// A number drawn uniformly from `range`, both ends included.
    func uniform(in range: ClosedRange<Int64>) -> Int64
}
