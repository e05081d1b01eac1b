// SPDX-License-Identifier: Apache-2.0

/// A grid of instants, anchor + k × period for whole k: when a watch is due.
///
/// Runs never move it: one that starts late or takes long, or one that somebody asked for, leaves every later point
/// where it was. So a watch does not drift, and neither a clock that jumps nor years of downtime need special care:
/// the point after any instant is one division away.
package struct Schedule: Hashable, Sendable {
    package let anchor: Timestamp
    package let period: Milliseconds

    /// - Precondition: `period` is at least one second, which `Interval` guarantees.
    package init(anchor: Timestamp, period: Milliseconds) {
        precondition(period >= .seconds(1), "a period is at least one second")
        self.anchor = anchor
        self.period = period
    }

    /// The first point later than `instant`.
    package func point(after instant: Timestamp) -> Timestamp {
        anchor.advanced(by: Milliseconds((index(at: instant) + 1) * period.count))
    }

    /// The last point that is not later than `instant`.
    package func point(atOrBefore instant: Timestamp) -> Timestamp {
        anchor.advanced(by: Milliseconds(index(at: instant) * period.count))
    }

    /// How many points lie later than `start` and not later than `end`; zero when `end` is not later.
    package func countOfPoints(after start: Timestamp, through end: Timestamp) -> Int64 {
        end > start ? index(at: end) - index(at: start) : 0
    }

    /// The k of the last point that is not later than `instant`, rounded towards the past on both sides of the anchor.
    private func index(at instant: Timestamp) -> Int64 {
        let (quotient, remainder) = instant.since(anchor).count.quotientAndRemainder(dividingBy: period.count)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
