// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestTraits
import Testing

@Suite(.inTurn) struct BackoffTests {
    private func bounds(_ failures: Int, _ period: Milliseconds) -> ClosedRange<Int64> {
        let lower = Backoff.delay(afterFailures: failures, period: period, random: ExtremeRandom(upper: false))
        let upper = Backoff.delay(afterFailures: failures, period: period, random: ExtremeRandom(upper: true))
        return lower.count...upper.count
    }

    @Test(
        "The bound doubles from a minute and the delay is at least half of it",
        arguments: [(1, 1), (2, 2), (3, 4), (5, 16), (11, 1024), (12, 1440), (100, 1440), (Int.max, 1440)]
            as [(Int, Int64)])
    func doubles(failures: Int, minutes: Int64) {
        #expect(bounds(failures, .minutes(30)) == minutes * 30_000...minutes * 60_000)
    }

    @Test("A watch that runs less often than daily waits for its interval at most")
    func longInterval() {
        #expect(bounds(50, .days(30)).upperBound == Milliseconds.days(30).count)
        #expect(bounds(50, .days(3650)).upperBound == Milliseconds.days(3650).count)
        #expect(bounds(1, .days(30)).upperBound == Milliseconds.minutes(1).count)
    }

    @Test("No count of failures is no reason to trap", arguments: [0, -1, Int.min])
    func nonsense(failures: Int) {
        #expect(bounds(failures, .seconds(1)) == 30_000...60_000)
    }
}
