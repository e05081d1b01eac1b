// SPDX-License-Identifier: Apache-2.0

extension WatchTask {
    package var schedule: Schedule { Schedule(anchor: anchor, period: interval.period) }

    /// When the watch is due as the clock stands now; nil unless it is active.
    ///
    /// Normally `nextRun`. A clock that was set back by more than a period would leave the watch waiting for the old
    /// future, so then it is the next point of the grid, which extends in both directions.
    package func due(asOf now: Timestamp) -> Timestamp? {
        guard let nextRun else { return nil }
        let horizon = awaitsRetry ? max(interval.period, .hours(24)) : interval.period
        return nextRun.since(now).count > 2 * horizon.count ? schedule.point(after: now) : nextRun
    }

    package func isDue(asOf now: Timestamp) -> Bool { due(asOf: now).map { $0 <= now } ?? false }

    /// Notes that a scheduled run starts: its point, and the ones it stands for, are accounted for.
    /// - Returns: how the run came about, and the point it was scheduled for.
    package mutating func startScheduledRun(at now: Timestamp) -> (trigger: TaskRecord.Trigger, point: Timestamp) {
        let due = due(asOf: now) ?? now
        let point = schedule.point(atOrBefore: now)
        let passed = schedule.countOfPoints(after: accountedThrough, through: now)
        let trigger: TaskRecord.Trigger = awaitsRetry ? .retry : passed > 1 ? .catchUp : .schedule
        if awaitsRetry {
            skip(passed, at: now, cause: .backoff)
        } else {
            skip(passed - 1, at: now, cause: .missed)
            if passed > 0 { lastScheduledPoint = point }
        }
        startRun(at: now)
        accountedThrough = max(point, anchor)
        nextRun = isActive ? schedule.point(after: now) : nil
        awaitsRetry = false
        return (trigger, min(due, now))
    }

    /// Notes that a run starts that somebody asked for. The schedule stays as it is.
    package mutating func startRun(at now: Timestamp) { lastStart = now }

    /// Gives the watch another interval. The grid is anchored anew at the last scheduled point, or at creation; a
    /// point that has passed by then makes an active watch due once, now. The same value changes nothing.
    package mutating func setInterval(_ interval: Interval, at now: Timestamp) {
        guard interval != self.interval else { return }
        self.interval = interval
        anchor = lastScheduledPoint ?? createdAt
        accountedThrough = anchor
        if isActive && !awaitsRetry { nextRun = nextPoint(asOf: now) }
    }

    /// Stops the schedule and keeps the cadence. A watch that was suspended stays so: pausing must not hide why.
    package mutating func pause() {
        guard isActive else { return }
        state = .paused
        nextRun = nil
        awaitsRetry = false
    }

    /// Starts the schedule again, with failures forgiven. Overdue is due once, now.
    package mutating func resume(at now: Timestamp) {
        guard !isActive else { return }
        state = .active
        (consecutivePermanentFailures, consecutiveInterruptions) = (0, 0)
        nextRun = nextPoint(asOf: now)
    }

    package mutating func suspend(reason: String) {
        state = .suspended(reason: reason)
        nextRun = nil
        awaitsRetry = false
    }

    /// The next point that is not accounted for, or now if it has passed.
    private func nextPoint(asOf now: Timestamp) -> Timestamp {
        max(schedule.point(after: accountedThrough), now)
    }

    /// Goes on with the grid after a run: points that passed while it ran are skipped, and counted.
    mutating func returnToGrid(at now: Timestamp) {
        skip(schedule.countOfPoints(after: accountedThrough, through: now), at: now, cause: .running)
        accountedThrough = max(accountedThrough, schedule.point(atOrBefore: now))
        awaitsRetry = false
        guard isActive else { return }
        let earliest = lastStart.map { $0.advanced(by: .seconds(1)) } ?? now
        nextRun = max(schedule.point(after: now), earliest)
    }

    private mutating func skip(_ count: Int64, at now: Timestamp, cause: Skip.Cause) {
        guard count > 0 else { return }
        skippedCount &+= count
        lastSkip = Skip(at: now, cause: cause)
    }
}
