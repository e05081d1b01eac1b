// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

/// Times in these tests are seconds after the creation of a watch that runs every minute.
@Suite(.inTurn) struct WatchTaskTests {
    static let creation = Timestamp(milliseconds: 1_780_000_000_123)
    static let random = SeededRandom(seed: 7)
    static let run = TaskID(high: 1, low: 2)

    private static func at(_ seconds: Double) -> Timestamp {
        creation.advanced(by: Milliseconds(Int64((seconds * 1000).rounded())))
    }

    static func watch(minutes: Double = 1) throws -> WatchTask {
        WatchTask(
            id: TaskID(high: 0, low: 1), owner: Caller.local.owner, role: .user,
            uri: try VikingURI(parsing: "viking://resources/docs", user: ""),
            source: Source(fetcher: "folder", location: "/srv/docs"), interval: try Interval(minutes: minutes),
            createdAt: creation)
    }

    private static func finish(
        _ watch: inout WatchTask, _ seconds: Double, _ outcome: RunOutcome = .succeeded(changed: false)
    ) {
        watch.finishRun(outcome, task: run, at: at(seconds), random: random)
    }

    // MARK: The grid

    @Test("A new watch is due one period after its creation")
    func firstPoint() throws {
        let watch = try Self.watch()
        #expect(watch.nextRun == Self.at(60))
        #expect(!watch.isDue(asOf: Self.at(59.999)))
        #expect(watch.isDue(asOf: Self.at(60)))
    }

    @Test("A run that starts late and takes long leaves the grid where it was")
    func noDrift() throws {
        var watch = try Self.watch()
        let start = watch.startScheduledRun(at: Self.at(63.7))
        #expect(start.trigger == .schedule && start.point == Self.at(60))
        Self.finish(&watch, 145, .succeeded(changed: true))
        #expect(watch.nextRun == Self.at(180))
        #expect(watch.skippedCount == 1 && watch.lastSkip?.cause == .running)
        #expect(watch.lastEnd == Self.at(145) && watch.lastSuccess == Self.at(145) && watch.lastChange == Self.at(145))
    }

    @Test("A run that somebody asked for does not move the grid")
    func triggered() throws {
        var watch = try Self.watch()
        watch.startRun(at: Self.at(20))
        Self.finish(&watch, 25)
        #expect(watch.nextRun == Self.at(60))
        #expect(watch.skippedCount == 0 && watch.lastChange == nil)
    }

    @Test("After downtime there is one catch-up run, and the rest is counted as missed")
    func catchUp() throws {
        var watch = try Self.watch()
        let start = watch.startScheduledRun(at: Self.at(3605))
        #expect(start.trigger == .catchUp)
        #expect(watch.skippedCount == 59 && watch.lastSkip == .init(at: Self.at(3605), cause: .missed))
        Self.finish(&watch, 3606)
        #expect(watch.nextRun == Self.at(3660))
    }

    @Test(
        "Points that somebody has seen pass were not missed: there was no room", arguments: [-60.0, 3480, 3540, 3541])
    func overload(attentiveSince: Double) throws {
        var watch = try Self.watch()
        let start = watch.startScheduledRun(at: Self.at(3605), attentiveSince: Self.at(attentiveSince))
        #expect(start.trigger == .catchUp)
        #expect(watch.skippedCount == 59)
        // The last one that was skipped says why.
        #expect(watch.lastSkip?.cause == (attentiveSince <= 3540 ? .overload : .missed))
    }

    @Test("A run that somebody asks for after downtime is the catch-up")
    func triggeredAfterDowntime() throws {
        var watch = try Self.watch()
        watch.startRun(at: Self.at(605))
        #expect(watch.skippedCount == 10 && watch.lastSkip?.cause == .missed)
        Self.finish(&watch, 606)
        #expect(watch.nextRun == Self.at(660) && watch.skippedCount == 10)
    }

    @Test("Two starts are a second apart, even where the grid asks for less")
    func oneSecond() throws {
        var watch = try Self.watch(minutes: 1e-9)
        #expect(watch.nextRun == Self.at(1))
        watch.startRun(at: Self.at(1.9))
        Self.finish(&watch, 1.95)
        #expect(watch.nextRun == Self.at(2.9))
        watch.pause()
        watch.resume(at: Self.at(1.97))
        #expect(watch.nextRun == Self.at(2.9))
        #expect(watch.earliestStart(asOf: Self.at(2)) == Self.at(2.9))
        #expect(watch.earliestStart(asOf: Self.at(5)) == Self.at(5))
    }

    // MARK: Pausing and changing

    @Test("Pausing keeps the cadence, resuming an overdue watch makes it due once, now")
    func pauseAndResume() throws {
        var watch = try Self.watch()
        watch.pause()
        #expect(watch.nextRun == nil && !watch.isDue(asOf: Self.at(9999)) && watch.state == .paused)
        watch.resume(at: Self.at(610))
        #expect(watch.nextRun == Self.at(610))
        #expect(watch.startScheduledRun(at: Self.at(610)).trigger == .schedule)
        Self.finish(&watch, 611)
        #expect(watch.nextRun == Self.at(660))
        #expect(watch.skippedCount == 0, "what passed while it was paused was not missed")
    }

    @Test("Resuming before the next point leaves that point")
    func shortPause() throws {
        var watch = try Self.watch()
        watch.pause()
        watch.resume(at: Self.at(30))
        #expect(watch.nextRun == Self.at(60))
        watch.resume(at: Self.at(90))
        #expect(watch.nextRun == Self.at(60), "resuming what is active changes nothing")
    }

    @Test("A paused watch that is triggered stays paused and skips nothing")
    func triggeredWhilePaused() throws {
        var watch = try Self.watch()
        watch.pause()
        watch.startRun(at: Self.at(600))
        Self.finish(&watch, 700, .failed(code: "X", message: "no route", retryAfter: nil))
        #expect(watch.state == .paused && watch.nextRun == nil && watch.skippedCount == 0)
    }

    @Test("A new interval anchors at the last scheduled point; the same one again changes nothing")
    func newInterval() throws {
        var watch = try Self.watch()
        _ = watch.startScheduledRun(at: Self.at(60.4))
        Self.finish(&watch, 61)
        let before = watch
        watch.setInterval(watch.interval, at: Self.at(70))
        #expect(watch == before)
        watch.setInterval(try Interval(minutes: 10), at: Self.at(70))
        #expect(watch.anchor == Self.at(60) && watch.nextRun == Self.at(660))
        watch.setInterval(try Interval(minutes: 0.5), at: Self.at(155))
        #expect(watch.nextRun == Self.at(155), "a point that has passed is due once, now")
        _ = watch.startScheduledRun(at: Self.at(155))
        Self.finish(&watch, 156)
        #expect(watch.nextRun == Self.at(180) && watch.skippedCount == 0)
    }

    @Test("A new interval before the first run anchors at creation")
    func newIntervalAtFirst() throws {
        var watch = try Self.watch()
        watch.setInterval(try Interval(minutes: 5), at: Self.at(30))
        #expect(watch.anchor == Self.creation && watch.nextRun == Self.at(300))
    }

    @Test("A new interval does not wake a paused watch, and is what it resumes with")
    func newIntervalWhilePaused() throws {
        var watch = try Self.watch()
        watch.pause()
        watch.setInterval(try Interval(minutes: 5), at: Self.at(30))
        #expect(watch.state == .paused && watch.nextRun == nil)
        watch.resume(at: Self.at(40))
        #expect(watch.nextRun == Self.at(300))
    }

    @Test("A new interval whose point has passed does not wait for an attempt after a failure")
    func newIntervalWhileFailing() throws {
        var watch = try Self.watch(minutes: 600)
        watch.startRun(at: Self.at(0))
        Self.finish(&watch, 1, .failed(code: "X", message: "busy", retryAfter: .hours(5)))
        watch.setInterval(try Interval(minutes: 30), at: Self.at(60))
        #expect(watch.nextRun == Self.at(18_001), "nothing is due, so the source's wish holds")
        watch.setInterval(try Interval(minutes: 1), at: Self.at(125))
        #expect(watch.nextRun == Self.at(125))
    }
}
