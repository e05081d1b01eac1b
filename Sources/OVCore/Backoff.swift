// SPDX-License-Identifier: Apache-2.0

/// How long a watch that fails waits before its next attempt.
package enum Backoff {
    /// A delay drawn uniformly from [b/2, b], b = min(1 min × 2^(failures − 1), max(interval, 24 h)).
    /// - Parameter failures: how many runs in a row have failed, at least one.
    package static func delay(afterFailures failures: Int, period: Milliseconds, random: some RandomSource)
        -> Milliseconds
    {
        let ceiling = max(period, .hours(24))
        let exponent = min(max(failures, 1) - 1, 24)
        let bound = min(Milliseconds.minutes(1 << Int64(exponent)), ceiling)
        return Milliseconds(random.uniform(in: bound.count / 2...bound.count))
    }
}
