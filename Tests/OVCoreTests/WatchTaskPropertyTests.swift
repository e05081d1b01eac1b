// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestTraits
import Testing

/// Long random lives of a watch, checked after every event. The argument is the seed: a failure names it.
@Suite(.inTurn) struct WatchTaskPropertyTests {
    @Test("A watch keeps its promises whatever happens to it", arguments: 0..<400 as Range<UInt64>)
    func anyLife(seed: UInt64) throws {
        var life = try WatchLife(seed: seed)
        for _ in 0..<300 { try life.step(WatchLife.Event.allCases) }
    }

    @Test("Without clock jumps every point is run or counted as skipped, once", arguments: 400..<800 as Range<UInt64>)
    func accounting(seed: UInt64) throws {
        var life = try WatchLife(seed: seed)
        for _ in 0..<300 {
            try life.step(WatchLife.Event.allCases.filter { $0 != .setBack })
            life.checkAccounts()
        }
    }

    @Test(
        "A healthy watch runs on every point of one grid, however late and long its runs",
        arguments: 800..<1000 as Range<UInt64>)
    func noDrift(seed: UInt64) throws {
        var life = try WatchLife(seed: seed)
        let grid = life.watch.schedule
        for _ in 0..<200 {
            let due = try #require(life.watch.nextRun)
            #expect(grid.point(atOrBefore: due) == due || due == life.lastStart?.advanced(by: .seconds(1)))
            life.waitUntilDue(lateBy: 0...life.period / 2)
            let start = life.startScheduled()
            #expect(start.trigger == .schedule || due != grid.point(atOrBefore: due))
            life.advance(0...life.period * 3)
            life.finish(.succeeded(changed: true))
            #expect(life.watch.schedule == grid)
        }
    }

    @Test("Any downtime is followed by exactly one run", arguments: 1000..<1200 as Range<UInt64>)
    func oneCatchUp(seed: UInt64) throws {
        var life = try WatchLife(seed: seed)
        for _ in 0..<50 {
            let before = life.watch.skippedCount
            let unaccounted = life.watch.accountedThrough
            life.advance(life.period * 2...life.period * 5000)
            #expect(life.watch.isDue(asOf: life.now))
            let missed = life.watch.schedule.countOfPoints(after: unaccounted, through: life.now)
            let start = life.startScheduled()
            #expect(start.trigger == (missed > 1 ? .catchUp : .schedule))
            #expect(life.watch.skippedCount - before == missed - 1)
            life.finish(.succeeded(changed: false))
            #expect(!life.watch.isDue(asOf: life.now), "one run, not one for each point")
            #expect(try #require(life.watch.nextRun).since(life.now).count <= max(life.period, 1000))
        }
    }

    @Test(
        "After a clock jump in either direction the watch is soon back on its grid",
        arguments: 1200..<1500 as Range<UInt64>)
    func clockJumps(seed: UInt64) throws {
        var life = try WatchLife(seed: seed)
        for _ in 0..<40 {
            life.jump()
            let due = try #require(life.watch.due(asOf: life.now))
            #expect(due.since(life.now).count <= 2 * life.period, "no watch waits for a future that will not come")
            if due > life.now { life.advance(to: due) }
            _ = life.startScheduled()
            life.finish(.succeeded(changed: false))
            let next = try #require(life.watch.nextRun)
            #expect(next > life.now && next.since(life.now).count <= 2 * life.period)
            #expect(life.watch.schedule.point(atOrBefore: next) == next || next.since(life.now).count <= 1000)
        }
    }
}
