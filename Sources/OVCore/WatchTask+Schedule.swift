// SPDX-License-Identifier: Apache-2.0

extension WatchTask {
    package var schedule: Schedule { Schedule(anchor: anchor, period: interval.period) }

    /// When the watch is due as the clock stands now; nil unless it is active.
    ///
    /// Normally `nextRun`. But nothing is ever scheduled further ahead than a period, or than its failure asked for:
    /// if it is by more than another period, the clock was set back since, and the watch would wait for the old
    /// future. Then it is due at once, which puts it on the grid again.
    package func due(asOf now: Timestamp) -> Timestamp? {
        guard let nextRun else { return nil }
        let wait = awaitsRetry ? nextRun.since(lastEnd ?? now) : interval.period
        return nextRun.since(now).count > wait.count + interval.period.count ? earliestStart(asOf: now) : nextRun
    }

    package func isDue(asOf now: Timestamp) -> Bool { due(asOf: now).map { $0 <= now } ?? false }

    /// Notes that a scheduled run starts: its point, and the ones it stands for, are accounted for.
    /// - Parameter attentiveSince: since when somebody has been looking out for points; nil when nobody was. A point
    ///   that was seen and had no run is not one that was missed.
    /// - Returns: how the run came about, and the point it was scheduled for.
    package mutating func startScheduledRun(at now: Timestamp, attentiveSince: Timestamp? = nil)
        -> (trigger: TaskRecord.Trigger, point: Timestamp)
    {
        noteClockJump(at: now)
        let due = due(asOf: now) ?? now
        let passed = schedule.countOfPoints(after: accountedThrough, through: now)
        let trigger: TaskRecord.Trigger = awaitsRetry ? .retry : passed > 1 ? .catchUp : .schedule
        if awaitsRetry {
            skip(passed, at: now, cause: .backoff)
        } else {
            let last = schedule.point(atOrBefore: now)
            let isSeen = attentiveSince.map { last.advanced(by: Milliseconds(-interval.period.count)) >= $0 } ?? false
            skip(passed - 1, at: now, cause: isSeen ? .overload : .missed)
            lastScheduledPoint = last
        }
        account(through: now)
        lastStart = now
        awaitsRetry = false
        nextRun = isActive ? nextPoint(asOf: now) : nil
        return (trigger, min(due, now))
    }

    /// Notes that a run starts that somebody asked for. The schedule stays as it is; points that nothing has run for
    /// by now are covered by this run, and count as skipped.
    package mutating func startRun(at now: Timestamp) {
        noteClockJump(at: now)
        if isActive {
            let passed = schedule.countOfPoints(after: accountedThrough, through: now)
            skip(passed, at: now, cause: awaitsRetry ? .backoff : .missed)
        }
        account(through: now)
        lastStart = now
    }

    /// Gives the watch another interval. The grid is anchored anew at the last scheduled point, or at creation; a
    /// point that has passed by then makes an active watch due once, now. The same value changes nothing.
    package mutating func setInterval(_ interval: Interval, at now: Timestamp) {
        guard interval != self.interval else { return }
        self.interval = interval
        anchor = lastScheduledPoint ?? createdAt
        accountedThrough = anchor
        noteClockJump(at: now)
        guard isActive else { return }
        forgiveAllButLast(at: now)
        // An attempt after a failure keeps its time, unless the user's wish makes the watch due before it.
        if !awaitsRetry || schedule.point(after: accountedThrough) <= now {
            awaitsRetry = false
            nextRun = nextPoint(asOf: now)
        }
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
        noteClockJump(at: now)
        forgiveAllButLast(at: now)
        nextRun = nextPoint(asOf: now)
    }

    package mutating func suspend(reason: String) {
        state = .suspended(reason: reason)
        nextRun = nil
        awaitsRetry = false
    }

    /// The first instant, not before `now`, at which a run keeps the distance of one second to the last start.
    package func earliestStart(asOf now: Timestamp) -> Timestamp {
        // A start that lies well ahead was noted by a clock that was set back since.
        guard let lastStart, lastStart.since(now) <= .seconds(1) else { return now }
        return max(now, lastStart.advanced(by: .seconds(1)))
    }
}

// MARK: - Points

extension WatchTask {
    /// The next point that is not accounted for, or now if it has passed.
    private func nextPoint(asOf now: Timestamp) -> Timestamp {
        max(schedule.point(after: accountedThrough), earliestStart(asOf: now))
    }

    /// Goes on with the grid after a run: points that passed while it ran are skipped, and counted.
    mutating func returnToGrid(at now: Timestamp) {
        noteClockJump(at: now)
        if isActive {
            skip(schedule.countOfPoints(after: accountedThrough, through: now), at: now, cause: .running)
        }
        account(through: now)
        awaitsRetry = false
        nextRun = isActive ? nextPoint(asOf: now) : nil
    }

    /// Points up to `now` need no run any more. Never takes back what was accounted for: a clock that steps back by
    /// some milliseconds must not run a point twice.
    private mutating func account(through now: Timestamp) {
        accountedThrough = max(accountedThrough, schedule.point(atOrBefore: now))
    }

    /// Points that passed while nothing was scheduled (paused, or on another grid) were not missed: of several, the
    /// last one alone is due.
    private mutating func forgiveAllButLast(at now: Timestamp) {
        let last = schedule.point(atOrBefore: now)
        accountedThrough = max(accountedThrough, last.advanced(by: Milliseconds(-interval.period.count)))
    }

    /// What lies more than a period ahead was accounted for by a clock that was set back since, and has yet to come.
    private mutating func noteClockJump(at now: Timestamp) {
        if accountedThrough.since(now) > interval.period { accountedThrough = schedule.point(atOrBefore: now) }
    }

    private mutating func skip(_ count: Int64, at now: Timestamp, cause: Skip.Cause) {
        guard count > 0 else { return }
        skippedCount &+= count
        lastSkip = Skip(at: now, cause: cause)
    }
}
