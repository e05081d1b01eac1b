// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVEngine
import OVStore
import OVTestSupport

/// Many watches that are due in the same second, on a few hosts.
package struct SimulatedRush: Sendable {
    package var watches = 2000
    package var hosts = 8
    package var bound = 4
    package var boundPerHost = 2
    /// How long a fetch takes.
    package var fetch = Milliseconds(50)

    package init() {}

    package struct Outcome: Sendable {
        package var fetches = 0
        package var most = 0
        package var mostByHost = 0
        /// From the first that could be due to the end of the last.
        package var simulated = Milliseconds.zero
        /// From due to start, of every run.
        package var lags: [Milliseconds] = []
        package var faults: [String] = []
    }

    /// - Parameter home: a folder that is not there yet.
    package func run(home: String) async throws -> Outcome {
        let start = Timestamp(milliseconds: 1_780_000_000_000)
        var limits = Limits()
        (limits.concurrentRuns, limits.runsPerHost) = (bound, boundPerHost)
        var habits = SimulatedSources.Habits()
        (habits.shortest, habits.usual, habits.slowOnceIn, habits.failsOnceIn) = (fetch, fetch, nil, nil)
        let machine = SimulatedMachine(home: home, limits: limits, start: start, seed: 1, habits: habits)
        try await machine.fill(try watches(at: start))
        var outcome = Outcome()
        try await machine.process { engine, scheduler in
            await machine.pass(until: start.advanced(by: .hours(1)), scheduler) {}
            // Nothing but the rush: as long as something waits.
            while true {
                await machine.rest(scheduler)
                let report = scheduler.report
                if report.waiting == 0 && report.running == 0 { break }
                machine.clock.advance(toNextWakingWithin: .seconds(1))
            }
            outcome.simulated = Milliseconds(machine.clock.now().since(start.advanced(by: .hours(1))).count + 999)
            outcome.lags = engine.state.tasks.values.compactMap { task in
                guard let point = task.scheduledFor else { return nil }
                return task.startedAt?.since(point)
            }
        }
        let seen = machine.sources.seen
        (outcome.fetches, outcome.most, outcome.mostByHost) = (seen.fetches, seen.most, seen.mostByHost)
        outcome.faults = seen.faults
        return outcome
    }

    /// All within one second, an hour after `start`.
    private func watches(at start: Timestamp) throws -> [WatchTask] {
        var generator = SplitMix64(seed: 5)
        return try (0..<watches).map { number in
            WatchTask(
                id: TaskID.random(using: &generator), owner: Caller.local.owner, role: .user,
                uri: try SimulatedYear.uri(number),
                source: Source(fetcher: "sim", location: "sim://host-\(number % hosts)/page-\(number)"),
                interval: try Interval(minutes: 60),
                createdAt: start.advanced(by: Milliseconds(Int64.random(in: -999...0, using: &generator))))
        }
    }
}
