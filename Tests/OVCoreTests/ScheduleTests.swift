// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@Suite(.inTurn) struct ScheduleTests {
    private func schedule(_ anchor: Int64, _ period: Int64) -> Schedule {
        Schedule(anchor: Timestamp(milliseconds: anchor), period: Milliseconds(period))
    }

    @Test(
        "Points are anchor + k × period on both sides of the anchor",
        arguments: [
            (0, 0, 1000), (1, 0, 1000), (999, 0, 1000), (1000, 1000, 2000), (1001, 1000, 2000),
            (-1, -1000, 0), (-1000, -1000, 0), (-1001, -2000, -1000),
        ] as [(Int64, Int64, Int64)])
    func points(instant: Int64, before: Int64, after: Int64) {
        let grid = schedule(0, 1000)
        #expect(grid.point(atOrBefore: Timestamp(milliseconds: instant)).milliseconds == before)
        #expect(grid.point(after: Timestamp(milliseconds: instant)).milliseconds == after)
    }

    @Test("Between any two instants lie as many points as stepping finds", arguments: 0..<300 as Range<UInt64>)
    func properties(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let anchor = Int64.random(in: 0...4_000_000_000_000, using: &random)
        let period = Int64.random(in: 1000...100_000_000, using: &random)
        let grid = schedule(anchor, period)
        let start = Timestamp(milliseconds: anchor + Int64.random(in: -50 * period...50 * period, using: &random))
        let end = start.advanced(by: Milliseconds(Int64.random(in: 0...100 * period, using: &random)))

        var (point, count): (Timestamp, Int64) = (grid.point(after: start), 0)
        while point <= end {
            let next = grid.point(after: point)
            #expect(next.since(point).count == period, "points are exactly one period apart")
            #expect(grid.point(atOrBefore: point) == point)
            #expect((point.milliseconds - anchor).quotientAndRemainder(dividingBy: period).remainder == 0)
            (point, count) = (next, count + 1)
        }
        #expect(grid.countOfPoints(after: start, through: end) == count)
        #expect(grid.countOfPoints(after: end, through: start) == 0)
        #expect(grid.point(atOrBefore: start) <= start && start < grid.point(after: start))
    }

    @Test("The ends of time are answered, not trapped on")
    func extremes() {
        let longest = 5_256_000 * 60_000 as Int64
        for period in [1000, longest] {
            for anchor in [Timestamp.earliest, .latest] {
                let grid = Schedule(anchor: anchor, period: Milliseconds(period))
                #expect(grid.point(after: .earliest) > .earliest)
                #expect(grid.point(atOrBefore: .latest) <= .latest)
                #expect(grid.countOfPoints(after: .earliest, through: .latest) > 0)
            }
        }
    }
}
