// SPDX-License-Identifier: Apache-2.0

import Logging
import OVCore
import OVEngine
import OVIngest
import OVStore
import OVTestSupport

/// A home, sources and a clock, and a way to let time pass for the process that is at work on them.
struct SimulatedMachine: Sendable {
    let home: String
    let limits: Limits
    let clock: SimulatedClock
    let sources: SimulatedSources
    let random: SeededRandom
    private let pulse: AsyncStream<Void>
    private let pulseInput: AsyncStream<Void>.Continuation

    init(home: String, limits: Limits, start: Timestamp, seed: UInt64, habits: SimulatedSources.Habits) {
        self.home = home
        self.limits = limits
        let (pulse, input) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        (self.pulse, pulseInput) = (pulse, input)
        clock = SimulatedClock(start) { input.yield() }
        sources = SimulatedSources(clock: clock, seed: seed, habits: habits)
        random = SeededRandom(seed: seed)
    }

    func openStore() async throws -> Store {
        try await Store.open(
            home: home, files: UnsyncedFileSystem(), clock: clock, random: random, limits: limits, role: "simulation")
    }

    func openEngine() async throws -> Engine {
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

    /// Puts watches and their resources into the store.
    func fill(_ watches: [WatchTask]) async throws {
        let store = try await openStore()
        for start in stride(from: 0, to: watches.count, by: 5000) {
            let batch = watches[start..<min(start + 5000, watches.count)]
            try await store.commit { transaction in
                for watch in batch {
                    transaction.put(
                        Resource(uri: watch.uri, owner: watch.owner, source: watch.source, createdAt: watch.createdAt))
                    transaction.put(watch)
                }
            }
        }
    }

    /// Runs a process while `body` goes on, then ends it as if it were killed, but for the last words.
    func process(_ body: (Engine, Scheduler) async throws -> Void) async throws {
        let engine = try await openEngine()
        let scheduler = Scheduler(engine: engine, longestSleep: .minutes(30))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await engine.run() }
            group.addTask { try await SimulatedClock.$role.withValue(.scheduler) { try await scheduler.run() } }
            group.addTask {
                while !Task.isCancelled {
                    let version = scheduler.loadBell.version
                    pulseInput.yield()
                    await scheduler.loadBell.change(after: version)
                }
            }
            try await body(engine, scheduler)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Returns when nothing happens any more unless time passes.
    func rest(_ scheduler: Scheduler) async {
        var pulses = pulse.makeAsyncIterator()
        while !scheduler.isAtRest || clock.sleepers(.scheduler) == 0
            || scheduler.report.running != clock.sleepers(.fetch)
        {
            await pulses.next()
        }
    }

    /// Lets time pass, from one waking to the next, with a look whenever nothing happens any more.
    func pass(until end: Timestamp, _ scheduler: Scheduler, _ look: () -> Void) async {
        while true {
            await rest(scheduler)
            look()
            let rest = end.since(clock.elapsed)
            guard rest > .zero else { return }
            clock.advance(toNextWakingWithin: rest)
        }
    }
}
