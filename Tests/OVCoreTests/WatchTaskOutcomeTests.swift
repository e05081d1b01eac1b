// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestTraits
import Testing

/// Times in these tests are seconds after the creation of a watch that runs every minute.
@Suite(.inTurn) struct WatchTaskOutcomeTests {
    private static func at(_ seconds: Int64) -> Timestamp { WatchTaskTests.creation.advanced(by: .seconds(seconds)) }

    private static func end(_ watch: inout WatchTask, _ outcome: RunOutcome, at seconds: Int64) {
        watch.finishRun(outcome, task: WatchTaskTests.run, at: at(seconds), random: WatchTaskTests.random)
    }

    /// Starts a run at a second and ends it in the next one.
    private static func run(_ watch: inout WatchTask, _ outcome: RunOutcome, at seconds: Int64) {
        watch.startRun(at: at(seconds))
        end(&watch, outcome, at: seconds + 1)
    }

    private static let transient = RunOutcome.failed(code: "X", message: "no route", retryAfter: nil)
    private static let permanent = RunOutcome.failedPermanently(code: "X", message: "gone")
    private static let interrupted = RunOutcome.interrupted(message: "killed")

    @Test("A transient failure is tried again after its backoff, and a success clears it")
    func transientFailure() throws {
        var watch = try WatchTaskTests.watch(minutes: 60)
        for failures in 1...5 {
            let second = Int64(failures * 10)
            Self.run(&watch, Self.transient, at: second)
            let bound = Int64(60 << (failures - 1))
            let delay = try #require(watch.nextRun).since(Self.at(second + 1)).count
            #expect((bound * 500...bound * 1000).contains(delay))
            #expect(watch.awaitsRetry && watch.consecutiveFailures == failures)
        }
        #expect(watch.lastFailure == .init(code: "X", message: "no route", at: Self.at(51)))
        #expect(watch.lastSuccess == nil && watch.lastStatus == .failed)
        Self.run(&watch, .succeeded(changed: false), at: 100)
        #expect(watch.consecutiveFailures == 0 && watch.lastFailure == nil && watch.lastStatus == .completed)
        #expect(watch.nextRun == Self.at(3600) && !watch.awaitsRetry)
    }

    @Test("The points that pass while a failure waits are skipped for that reason")
    func backoffSkips() throws {
        var watch = try WatchTaskTests.watch()
        Self.run(&watch, .failed(code: "X", message: "busy", retryAfter: .seconds(300)), at: 60)
        #expect(watch.nextRun == Self.at(361))
        let start = watch.startScheduledRun(at: Self.at(361))
        #expect(start.trigger == .retry && start.point == Self.at(361))
        #expect(watch.lastSkip == .init(at: Self.at(361), cause: .backoff))
        Self.end(&watch, .succeeded(changed: true), at: 362)
        #expect(watch.nextRun == Self.at(420))
    }

    @Test("Retry-After of days is honoured, and one that never ends is cut off")
    func retryAfter() throws {
        var watch = try WatchTaskTests.watch()
        Self.run(&watch, .failed(code: "X", message: "busy", retryAfter: .days(30)), at: 0)
        #expect(watch.due(asOf: Self.at(2)) == Self.at(1).advanced(by: .days(30)))
        Self.run(&watch, .failed(code: "X", message: "busy", retryAfter: Milliseconds(.max)), at: 10)
        #expect(watch.nextRun == Self.at(11).advanced(by: .days(365)))
        Self.run(&watch, .failed(code: "X", message: "busy", retryAfter: .zero), at: 20)
        #expect(watch.nextRun == Self.at(21))
    }

    @Test("Three permanent failures in a row suspend the watch, and resuming clears it")
    func suspension() throws {
        var watch = try WatchTaskTests.watch()
        Self.run(&watch, Self.permanent, at: 0)
        Self.run(&watch, Self.permanent, at: 10)
        #expect(watch.isActive)
        Self.run(&watch, Self.permanent, at: 20)
        #expect(watch.suspensionReason?.contains("gone") == true && watch.nextRun == nil && !watch.isActive)
        watch.pause()
        #expect(watch.suspensionReason != nil, "pausing does not hide why")
        watch.resume(at: Self.at(30))
        #expect(watch.isActive && watch.nextRun == Self.at(60))
        Self.run(&watch, Self.permanent, at: 61)
        #expect(watch.isActive, "counting starts anew")
    }

    @Test(
        "What shows that the source is still there starts the count anew",
        arguments: [
            .succeeded(changed: false), .held(message: "too much"),
            .failed(code: "X", message: "slow", retryAfter: nil),
        ] as [RunOutcome])
    func notInARow(outcome: RunOutcome) throws {
        var watch = try WatchTaskTests.watch()
        for (index, end) in [Self.permanent, Self.permanent, outcome, Self.permanent, Self.permanent].enumerated() {
            Self.run(&watch, end, at: Int64(index * 10))
        }
        #expect(watch.isActive)
    }

    @Test("A watch that was suspended while it ran keeps its reason")
    func keepsReason() throws {
        var watch = try WatchTaskTests.watch()
        Self.run(&watch, Self.permanent, at: 0)
        Self.run(&watch, Self.permanent, at: 10)
        watch.startRun(at: Self.at(20))
        watch.suspend(reason: "its resource was removed")
        Self.end(&watch, Self.permanent, at: 21)
        #expect(watch.suspensionReason == "its resource was removed")
    }

    @Test("Held runs are failures that never suspend and wait for the next point")
    func held() throws {
        var watch = try WatchTaskTests.watch()
        for count in 0..<10 { Self.run(&watch, .held(message: "would remove 9 of 10"), at: Int64(count * 5)) }
        #expect(watch.isActive && watch.nextRun == Self.at(60) && watch.consecutiveFailures == 10)
        #expect(watch.lastFailure?.code == "MASS_DELETION_HELD")
    }

    @Test("An interrupted run is due at once, a second in a row backs off")
    func interruptions() throws {
        var watch = try WatchTaskTests.watch(minutes: 60)
        Self.run(&watch, Self.interrupted, at: 10)
        #expect(watch.nextRun == Self.at(11) && watch.awaitsRetry)
        Self.run(&watch, Self.interrupted, at: 11)
        let delay = try #require(watch.nextRun).since(Self.at(12)).count
        #expect((60_000...120_000).contains(delay))
        Self.run(&watch, .succeeded(changed: false), at: 100)
        Self.run(&watch, Self.interrupted, at: 200)
        #expect(watch.nextRun == Self.at(201), "a success forgives")
        #expect(watch.lastFailure?.code == "INTERRUPTED")
    }

    @Test("A run that was stopped or overtaken goes back to the grid without a failure")
    func withoutVerdict() throws {
        var watch = try WatchTaskTests.watch()
        Self.run(&watch, .cancelled, at: 10)
        #expect(watch.lastStatus == .cancelled && watch.nextRun == Self.at(60) && watch.consecutiveFailures == 0)
        Self.run(&watch, .superseded(message: "newer"), at: 20)
        #expect(watch.lastStatus == .failed && watch.nextRun == Self.at(60) && watch.lastFailure == nil)
        #expect(watch.lastEnd == Self.at(21) && watch.lastTask == WatchTaskTests.run)
    }

    // MARK: Clocks that jump

    @Test("A clock set back by years leaves no watch waiting for the old future", arguments: [1, 86_400, 315_360_000])
    func setBack(seconds: Int64) throws {
        var watch = try WatchTaskTests.watch()
        _ = watch.startScheduledRun(at: Self.at(60))
        Self.end(&watch, .succeeded(changed: false), at: 61)
        let now = Self.at(61 - seconds)
        let due = try #require(watch.due(asOf: now))
        #expect(due.since(now) <= .minutes(2))
        let start = watch.startScheduledRun(at: max(due, now))
        #expect(start.point <= max(due, now))
        watch.finishRun(
            .succeeded(changed: false), task: WatchTaskTests.run, at: max(due, now), random: WatchTaskTests.random)
        let next = try #require(watch.nextRun)
        #expect(next.since(max(due, now)) <= .minutes(1) && next > max(due, now))
        #expect(next.since(Self.at(0)).count % 60_000 == 0, "still the same grid")
    }

    @Test("A clock set back while a failure waits does not prolong the wait for ever")
    func setBackWhileFailing() throws {
        var watch = try WatchTaskTests.watch()
        Self.run(&watch, .failed(code: "X", message: "busy", retryAfter: .hours(1)), at: 0)
        #expect(watch.isDue(asOf: Self.at(-86_400)))
        #expect(!watch.isDue(asOf: Self.at(-10)))
    }

    @Test("A clock set back during a run keeps the watch going")
    func setBackDuringRun() throws {
        var watch = try WatchTaskTests.watch()
        watch.startRun(at: Self.at(50))
        Self.end(&watch, .succeeded(changed: false), at: -1_000_000)
        let next = try #require(watch.nextRun)
        #expect(next > Self.at(-1_000_000) && next.since(Self.at(-1_000_000)) <= .minutes(1))
    }

    @Test("A clock that steps back over a point does not run that point twice")
    func smallStep() throws {
        var watch = try WatchTaskTests.watch()
        _ = watch.startScheduledRun(at: Self.at(60))
        watch.finishRun(
            .succeeded(changed: false), task: WatchTaskTests.run, at: Self.at(60).advanced(by: Milliseconds(-5)),
            random: WatchTaskTests.random)
        #expect(watch.nextRun == Self.at(120))
    }

    @Test("A clock set forward by years and back again costs two runs, not years")
    func forwardAndBack() throws {
        var watch = try WatchTaskTests.watch()
        #expect(watch.startScheduledRun(at: Self.at(315_360_000)).trigger == .catchUp)
        Self.end(&watch, .succeeded(changed: false), at: 315_360_001)
        #expect(watch.isDue(asOf: Self.at(100)))
        _ = watch.startScheduledRun(at: Self.at(100))
        Self.end(&watch, .succeeded(changed: false), at: 101)
        #expect(watch.nextRun == Self.at(120) && !watch.isDue(asOf: Self.at(102)))
        watch.setInterval(try Interval(minutes: 2), at: Self.at(103))
        let next = try #require(watch.nextRun)
        #expect(next > Self.at(103) && next.since(Self.at(103)) <= .minutes(2))
    }
}
