// SPDX-License-Identifier: Apache-2.0

import Logging
import OVAPI
import OVCore
import OVEngine
import OVIngest
import OVStore
import OVTestSupport

/// How a simulated year goes.
struct SimulatedCourse {
    private static let start = Timestamp(milliseconds: 1_780_000_000_000)

    private let year: SimulatedYear
    private let home: String
    private let clock: SimulatedClock
    private let sources: SimulatedSources
    private let random: SeededRandom
    private let pulse: AsyncStream<Void>
    private let pulseInput: AsyncStream<Void>.Continuation
    private var generator: SplitMix64
    private var ledger: Ledger
    private var processes = 0
    private var hasJumped = false

    init(_ year: SimulatedYear, home: String) async throws {
        self.year = year
        self.home = home
        let (pulse, input) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        (self.pulse, pulseInput) = (pulse, input)
        clock = SimulatedClock(Self.start) { input.yield() }
        sources = SimulatedSources(clock: clock, seed: year.seed)
        random = SeededRandom(seed: year.seed)
        generator = SplitMix64(seed: year.seed &+ 7)
        ledger = Ledger(calmFrom: Self.start)
        try await fill()
    }

    private var end: Timestamp { Self.start.advanced(by: .days(Int64(year.days))) }

    private mutating func fill() async throws {
        let store = try await openStore()
        var batch: [WatchTask] = []
        for number in 0..<year.watches {
            batch.append(try year.watch(number, at: Self.start, &generator))
            guard batch.count == 5000 || number == year.watches - 1 else { continue }
            let watches = batch
            batch = []
            try await store.commit { transaction in
                for watch in watches {
                    transaction.put(
                        Resource(uri: watch.uri, owner: watch.owner, source: watch.source, createdAt: watch.createdAt))
                    transaction.put(watch)
                }
            }
        }
    }

    private func openStore() async throws -> Store {
        try await Store.open(
            home: home, files: UnsyncedFileSystem(), clock: clock, random: random, limits: limits, role: "simulation")
    }

    private var limits: Limits {
        var limits = Limits()
        (limits.concurrentRuns, limits.runsPerHost) = (year.concurrentRuns, year.runsPerHost)
        limits.tasksPerWatch = 3
        return limits
    }

    private func openEngine() async throws -> Engine {
        try await Engine.open(
            home: home, limits: limits, role: "simulation",
            dependencies: Engine.Dependencies(
                clock: clock, random: random, files: UnsyncedFileSystem(),
                pipeline: { [sources] threads, _ in
                    IngestPipeline(
                        fetchers: FetcherRegistry([sources]), converters: [MarkdownConverter()], threads: threads)
                },
                logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }))
    }

    // MARK: Processes

    mutating func run() async throws {
        while clock.elapsed < end {
            let life = Milliseconds.hours(Int64.random(in: 100...1000, using: &generator))
            try await live(until: min(end, clock.elapsed.advanced(by: life)))
            let pause = Milliseconds.minutes(Int64.random(in: 1...6000, using: &generator))
            clock.advance(by: pause)
        }
    }

    /// One process from its start to its end, which may be a bad one.
    private mutating func live(until end: Timestamp) async throws {
        processes += 1
        ledger.startOver()
        calmDown()
        let engine = try await openEngine()
        let scheduler = Scheduler(engine: engine, longestSleep: .minutes(30))
        let endsWell = generator.once(in: 2)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await engine.run() }
            group.addTask { try await SimulatedClock.$role.withValue(.scheduler) { try await scheduler.run() } }
            group.addTask { [pulseInput] in
                while !Task.isCancelled {
                    let version = scheduler.loadBell.version
                    pulseInput.yield()
                    await scheduler.loadBell.change(after: version)
                }
            }
            while clock.elapsed < end {
                try await interfere(engine)
                try await pass(until: min(end, clock.elapsed.advanced(by: .hours(24))), scheduler, engine)
                ledger.checkDue(engine.state, at: clock.now())
            }
            if endsWell { scheduler.stop() }
            group.cancelAll()
            try await group.waitForAll()
            ledger.read(engine.state)
        }
    }

    /// Lets time pass, from one waking to the next.
    private mutating func pass(until end: Timestamp, _ scheduler: Scheduler, _ engine: Engine) async throws {
        while clock.elapsed < end {
            await rest(scheduler)
            ledger.read(engine.state)
            let rest = end.since(clock.elapsed)
            clock.advance(by: min(rest, clock.untilNextWaking ?? rest))
        }
        await rest(scheduler)
        ledger.read(engine.state)
    }

    /// Returns when nothing happens any more unless time passes.
    private func rest(_ scheduler: Scheduler) async {
        var pulses = pulse.makeAsyncIterator()
        while !scheduler.isAtRest || clock.sleepers(.scheduler) == 0
            || scheduler.report.running != clock.sleepers(.fetch)
        {
            await pulses.next()
        }
    }

    private mutating func calmDown() { ledger.calmFrom = clock.now().advanced(by: Ledger.recovery) }

    // MARK: People

    private mutating func interfere(_ engine: Engine) async throws {
        for _ in 0..<year.interferences {
            let uri = try SimulatedYear.uri(Int.random(in: 0..<year.watches, using: &generator))
            let key = WatchKey(uri: uri.text)
            let watch = try await engine.watch(key, as: .local).watch
            switch Int.random(in: 0...9, using: &generator) {
            case 0...3:
                guard watch.suspensionReason == nil else { continue }
                _ = try await engine.triggerWatch(key, acceptingDeletionsOf: nil, as: .local)
            case 4: try await update(watch, WatchPatch(isActive: false), engine)
            case 5...7: try await update(watch, WatchPatch(isActive: true), engine)
            case 8: try await update(watch, WatchPatch(interval: watch.interval.minutes * 1.5), engine)
            default: jump()
            }
        }
    }

    private mutating func update(_ watch: WatchTask, _ patch: WatchPatch, _ engine: Engine) async throws {
        ledger.touch(watch.id)
        _ = try await engine.updateWatch(WatchKey(uri: watch.uri.text), patch, as: .local)
    }

    /// Sets the clock, or wakes from a long sleep; back only in the second half, after which points may come twice.
    private mutating func jump() {
        guard generator.once(in: 10) else { return }
        let isLate = clock.elapsed > Self.start.advanced(by: .days(Int64(year.days) / 2))
        if isLate, !hasJumped { hasJumped = true }
        let least: Int64 = isLate ? -2000 : 0
        clock.jump(by: .minutes(Int64.random(in: least...2000, using: &generator)))
        sources.forgetStarts()
        calmDown()
    }

    // MARK: The end

    mutating func outcome() async throws -> SimulatedYear.Outcome {
        let state = try await openStore().state
        if !hasJumped { ledger.checkAccounts(state) }
        let sight = sources.seen
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
