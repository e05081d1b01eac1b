// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVEngine
import OVStore
import OVTestSupport

/// How a simulated year goes.
struct SimulatedCourse {
    private static let start = Timestamp(milliseconds: 1_780_000_000_000)

    private let year: SimulatedYear
    private let machine: SimulatedMachine
    private var generator: SplitMix64
    private var ledger = Ledger(calmFrom: SimulatedCourse.start)
    private var processes = 0
    private var clockWasSetBack = false

    init(_ year: SimulatedYear, home: String) async throws {
        self.year = year
        var limits = Limits()
        (limits.concurrentRuns, limits.runsPerHost) = (year.concurrentRuns, year.runsPerHost)
        limits.tasksPerWatch = 3
        machine = SimulatedMachine(
            home: home, limits: limits, start: Self.start, seed: year.seed, habits: SimulatedSources.Habits())
        generator = SplitMix64(seed: year.seed &+ 7)
        var watches: [WatchTask] = []
        for number in 0..<year.watches { watches.append(try year.watch(number, at: Self.start, &generator)) }
        try await machine.fill(watches)
    }

    private var clock: SimulatedClock { machine.clock }
    private var end: Timestamp { Self.start.advanced(by: .days(Int64(year.days))) }

    // MARK: Processes

    mutating func run() async throws {
        while clock.elapsed < end {
            let life = Milliseconds.hours(Int64.random(in: 100...1000, using: &generator))
            try await live(until: min(end, clock.elapsed.advanced(by: life)))
            clock.advance(by: .minutes(Int64.random(in: 1...6000, using: &generator)))
        }
    }

    /// One process from its start to its end, which may be in the middle of its runs.
    private mutating func live(until end: Timestamp) async throws {
        processes += 1
        ledger.startOver()
        calmDown()
        let endsWell = generator.once(in: 2)
        try await machine.process { engine, scheduler in
            while clock.elapsed < end {
                for _ in 0..<year.interferences {
                    try await interfere(engine)
                    await machine.rest(scheduler)
                    ledger.read(engine.state)
                }
                let evening = min(end, clock.elapsed.advanced(by: .hours(24)))
                await machine.pass(until: evening, scheduler) { ledger.read(engine.state) }
                ledger.checkDue(engine.state, at: clock.now())
            }
            if endsWell { scheduler.stop() }
        }
        // What it said last, another one knows.
        let state = try await machine.openStore().state
        ledger.startOver()
        ledger.read(state)
    }

    private mutating func calmDown() { ledger.calmFrom = clock.now().advanced(by: Ledger.recovery) }

    // MARK: People

    private mutating func interfere(_ engine: Engine) async throws {
        let uri = try SimulatedYear.uri(Int.random(in: 0..<year.watches, using: &generator))
        let key = WatchKey(uri: uri.text)
        let watch = try await engine.watch(key, as: .local)
        switch Int.random(in: 0...9, using: &generator) {
        case 0...3:
            guard watch.suspensionReason == nil else { return }
            _ = try await engine.triggerWatch(key, acceptingDeletionsOf: nil, as: .local)
        case 4: try await update(watch, WatchPatch(isActive: false), engine)
        case 5...7: try await update(watch, WatchPatch(isActive: true), engine)
        case 8: try await update(watch, WatchPatch(interval: watch.interval.minutes * 1.5), engine)
        default: jump()
        }
    }

    private mutating func update(_ watch: WatchView, _ patch: WatchPatch, _ engine: Engine) async throws {
        ledger.touch(watch.id)
        _ = try await engine.updateWatch(WatchKey(uri: watch.uri.text), patch, as: .local)
    }

    /// Sets the clock, or wakes from a long sleep; back only in the second half, after which points may come twice.
    private mutating func jump() {
        guard generator.once(in: 10) else { return }
        let isLate = clock.elapsed > Self.start.advanced(by: .days(Int64(year.days) / 2))
        let minutes = Int64.random(in: (isLate ? -2000 : 0)...2000, using: &generator)
        if minutes < 0 { clockWasSetBack = true }
        clock.jump(by: .minutes(minutes))
        machine.sources.forgetStarts()
        calmDown()
    }

    // MARK: The end

    mutating func outcome() async throws -> SimulatedYear.Outcome {
        let state = try await machine.openStore().state
        if !clockWasSetBack { ledger.checkAccounts(state) }
        let sight = machine.sources.seen
        var outcome = SimulatedYear.Outcome(faults: ledger.faults + sight.faults, starts: ledger.starts, sight: sight)
        (outcome.longestLag, outcome.processes) = (ledger.longestLag, processes)
        for watch in state.watches.values {
            outcome.skipped += watch.skippedCount
            if let skip = watch.lastSkip { outcome.skips[skip.cause, default: 0] += 1 }
            if watch.suspensionReason != nil { outcome.suspended += 1 }
        }
        return outcome
    }
}
