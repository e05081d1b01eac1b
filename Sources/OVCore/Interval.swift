// SPDX-License-Identifier: Apache-2.0

/// How often a watch refreshes: minutes as the user gave them, any finite number above zero up to ten years.
package struct Interval: Hashable, Sendable {
    package static let maximumMinutes = 5_256_000.0

    package let minutes: Double

    /// - Throws: `INVALID_ARGUMENT` when `minutes` is outside the range.
    package init(minutes: Double) throws(OVError) {
        guard minutes.isFinite else {
            throw .invalidField(["watch_interval"], "watch_interval must be a finite number of minutes", type: "finite")
        }
        guard minutes > 0 else {
            throw .invalidField(
                ["watch_interval"], "watch_interval must be greater than 0; to stop a watch, set is_active=false",
                type: "greater_than", hint: "pause it: `ov task watch pause KEY`, or send is_active=false")
        }
        guard minutes <= Self.maximumMinutes else {
            throw .invalidField(
                ["watch_interval"], "watch_interval must be at most 5256000 minutes (ten years)",
                type: "less_than_equal")
        }
        self.minutes = minutes
    }

    /// The distance of two points of the schedule: the interval in whole milliseconds, but at least one second.
    package var period: Milliseconds { Milliseconds(max(1000, Int64((minutes * 60_000).rounded()))) }
}
