// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import Testing

/// The life of one watch under a clock that the test moves, with what must hold checked at every event.
struct WatchLife {
    enum Event: CaseIterable {
        case wait, downtime, setBack, scheduled, trigger, finish, pause, resume, suspend, setInterval
    }

    private(set) var watch: WatchTask
    private(set) var now: Timestamp
    /// Nil again after a clock jump, which makes every distance to it meaningless.
    private(set) var lastStart: Timestamp?
    private var isRunning = false
    private var generator: SplitMix64
    private let random: SeededRandom
    /// What the watch should have accounted for since it was last put on a grid; nil while it is not active.
    private var account: Account?
    private var permanentFailures = 0
    private var interruptions = 0

    private struct Account {
        var grid: Schedule
        var since: Timestamp
        var skipped: Int64
        var scheduledRuns: Int64 = 0
    }

    init(seed: UInt64) throws {
        generator = SplitMix64(seed: seed)
        random = SeededRandom(seed: seed &+ 1)
        now = Timestamp(milliseconds: .random(in: 1_700_000_000_000...1_900_000_000_000, using: &generator))
        watch = WatchTask(
            id: TaskID(high: 0, low: seed), owner: Caller.local.owner, role: .user,
            uri: try VikingURI(parsing: "viking://resources/docs", user: ""),
            source: Source(fetcher: "folder", location: "/srv/docs"), interval: try Self.interval(&generator),
            createdAt: now)
        openAccount()
    }

    var period: Int64 { watch.interval.period.count }

    private static func interval(_ generator: inout SplitMix64) throws -> Interval {
        switch Int.random(in: 0...3, using: &generator) {
        case 0: try Interval(minutes: .random(in: 1e-9...0.1, using: &generator))
        case 1: try Interval(minutes: .random(in: 0.1...10, using: &generator))
        case 2: try Interval(minutes: .random(in: 10...3000, using: &generator))
        default: try Interval(minutes: [1, 5, 15, 30, 60, 1440, 10_080].randomElement(using: &generator) ?? 1)
        }
    }

    // MARK: Time

    mutating func advance(_ range: ClosedRange<Int64>) {
        now = now.advanced(by: Milliseconds(.random(in: range, using: &generator)))
    }

    mutating func advance(to instant: Timestamp) { now = max(now, instant) }

    mutating func waitUntilDue(lateBy late: ClosedRange<Int64>) {
        guard let due = watch.due(asOf: now) else { return }
        advance(to: due)
        advance(late)
        // Right after a clock jump the watch is due for a moment that may have passed by now.
        if let due = watch.due(asOf: now) { advance(to: due) }
    }

    /// Sets the clock anywhere within some years, in either direction.
    mutating func jump() {
        let spans: [Int64] = [period / 2, period * 3, 86_400_000, 94_608_000_000]
        let span = spans.randomElement(using: &generator) ?? 0
        now = now.advanced(by: Milliseconds(.random(in: -span...span, using: &generator)))
        lastStart = nil
    }

    // MARK: Events

    /// Lets something of `events` happen, if it can.
    mutating func step(_ events: [Event]) throws {
        let before = watch
        let event = events.randomElement(using: &generator) ?? .wait
        switch event {
        case .wait: advance(0...period)
        case .downtime: advance(0...period * 100)
        case .setBack: jump()
        case .scheduled where !isRunning && watch.isActive:
            waitUntilDue(lateBy: 0...period)
            _ = startScheduled()
        case .trigger where !isRunning && watch.suspensionReason == nil: trigger()
        case .finish where isRunning: finish(outcome())
        case .pause:
            watch.pause()
            account = nil
        case .resume:
            let wasActive = watch.isActive
            watch.resume(at: now)
            if !wasActive { resumed() }
        case .suspend where Int.random(in: 0...9, using: &generator) == 0:
            watch.suspend(reason: "its resource was removed")
            account = nil
        case .setInterval:
            let interval = try Self.interval(&generator)
            watch.setInterval(interval, at: now)
            changedInterval(from: before)
        default: return
        }
        check(event, before)
    }

    @discardableResult
    mutating func startScheduled() -> (trigger: TaskRecord.Trigger, point: Timestamp) {
        let isRetry = watch.awaitsRetry
        #expect(watch.isDue(asOf: now))
        if let lastStart {
            #expect(now.since(lastStart).count >= 1000, "two starts are at least a second apart")
        }
        let start = watch.startScheduledRun(at: now)
        #expect((start.trigger == .retry) == isRetry)
        #expect(start.point <= now)
        if !isRetry { account?.scheduledRuns += 1 }
        started()
        return start
    }

    private mutating func trigger() {
        let before = watch
        watch.startRun(at: now)
        #expect(watch.nextRun == before.nextRun && watch.schedule == before.schedule, "a trigger moves nothing")
        started()
    }

    private mutating func started() {
        isRunning = true
        lastStart = now
    }

    mutating func finish(_ outcome: RunOutcome) {
        let before = watch
        watch.finishRun(outcome, task: TaskID(high: 1, low: 1), at: now, random: random)
        isRunning = false
        checkEnd(outcome, before)
        if !watch.isActive { account = nil }
    }

    private mutating func outcome() -> RunOutcome {
        switch Int.random(in: 0...9, using: &generator) {
        case 0: .failed(code: "X", message: "no route", retryAfter: nil)
        case 1: .failed(code: "X", message: "busy", retryAfter: .seconds(.random(in: 0...100_000, using: &generator)))
        case 2, 3: .failedPermanently(code: "X", message: "gone")
        case 4: .held(message: "too much")
        case 5: .interrupted(message: "killed")
        case 6: .cancelled
        case 7: .superseded(message: "newer")
        default: .succeeded(changed: Bool.random(using: &generator))
        }
    }

    private mutating func resumed() {
        (permanentFailures, interruptions) = (0, 0)
        let hasPassed = watch.schedule.point(after: watch.accountedThrough) <= now
        #expect(watch.isDue(asOf: now) == (hasPassed && watch.earliestStart(asOf: now) == now), "overdue is due now")
        openAccount()
    }

    private mutating func changedInterval(from before: WatchTask) {
        guard watch.interval != before.interval else { return }
        #expect(watch.anchor == before.lastScheduledPoint ?? before.createdAt)
        #expect(watch.state == before.state, "a new interval wakes nobody")
        openAccount()
    }
}

// MARK: - What must hold

extension WatchLife {
    private func check(_ event: Event, _ before: WatchTask) {
        #expect((watch.nextRun == nil) == !watch.isActive, "after \(event)")
        #expect(!watch.awaitsRetry || watch.isActive)
        #expect(watch.skippedCount >= before.skippedCount)
        if event != .setInterval { #expect(watch.schedule == before.schedule, "\(event) left the grid alone") }
        guard let due = watch.due(asOf: now), !isRunning else { return }
        let longest = watch.awaitsRetry ? max(2 * period, 365 * 86_400_000) : 2 * period
        #expect(due.since(now).count <= longest, "no watch sleeps for ever")
    }

    private mutating func checkEnd(_ outcome: RunOutcome, _ before: WatchTask) {
        #expect(watch.lastEnd == now)
        #expect(before.isActive || watch.nextRun == nil, "no run wakes a watch that was stopped")
        let delay = watch.nextRun.map { $0.since(now).count } ?? 0
        switch outcome {
        case .succeeded(let changed):
            #expect(watch.lastSuccess == now && watch.lastFailure == nil && watch.consecutiveFailures == 0)
            if changed { #expect(watch.lastChange == now) }
            (permanentFailures, interruptions) = (0, 0)
        case .failed(_, _, let retryAfter):
            (permanentFailures, interruptions) = (0, 0)
            if let retryAfter {
                #expect(delay == max(retryAfter.count, startDistance) || !before.isActive)
            } else {
                checkBackoff(delay, failures: watch.consecutiveFailures)
            }
        case .failedPermanently:
            (permanentFailures, interruptions) = (permanentFailures + 1, 0)
            if permanentFailures < 3 { checkBackoff(delay, failures: watch.consecutiveFailures) }
            #expect(permanentFailures < 3 || watch.suspensionReason != nil)
            #expect(permanentFailures >= 3 || watch.state == before.state, "only the third suspends")
        case .held:
            (permanentFailures, interruptions) = (0, 0)
            #expect(watch.state == before.state && !watch.awaitsRetry)
        case .interrupted:
            interruptions += 1
            #expect(watch.state == before.state)
            if interruptions > 1 { checkBackoff(delay, failures: interruptions) }
            if interruptions == 1, watch.isActive { #expect(delay == startDistance, "due at once") }
        case .cancelled, .superseded: #expect(watch.state == before.state && !watch.awaitsRetry)
        }
    }

    private func checkBackoff(_ delay: Int64, failures: Int) {
        guard watch.isActive else { return }
        let ceiling = max(period, 86_400_000)
        let bound = failures > 30 ? ceiling : min(60_000 << Int64(failures - 1), ceiling)
        #expect((bound / 2...bound).contains(delay), "failure \(failures)")
    }

    /// How long it takes until a run would keep its distance to the last start.
    private var startDistance: Int64 { watch.earliestStart(asOf: now).since(now).count }

    private mutating func openAccount() {
        guard watch.isActive else { return account = nil }
        account = Account(grid: watch.schedule, since: watch.accountedThrough, skipped: watch.skippedCount)
    }

    /// Every point up to the last accounted one had a scheduled run or was counted as skipped.
    func checkAccounts() {
        guard let account, watch.isActive else { return }
        let points = account.grid.countOfPoints(after: account.since, through: watch.accountedThrough)
        #expect(points == watch.skippedCount - account.skipped + account.scheduledRuns)
    }
}
