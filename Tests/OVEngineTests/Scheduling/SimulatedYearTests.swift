// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSimulation
import OVTestSupport
import OVTestTraits
import Testing

/// The argument is the seed: a failure names it. `Benchmarks year` has a hundred times as many watches.
@Suite("A year with many watches", .inTurn, .timeLimit(.minutes(20)))
struct SimulatedYearTests {
    @Test(
        "nothing runs twice at once or too often, nothing is forgotten, and every point is accounted for",
        arguments: [1])
    func year(seed: UInt64) async throws {
        let folder = try TemporaryFolder()
        var year = SimulatedYear()
        (year.watches, year.hosts, year.hours, year.seed) = (100, 5, 48...2000, seed)
        let outcome = try await year.run(home: folder.path("home"))
        #expect(outcome.faults.prefix(10) == [])
        #expect(outcome.sight.mostByHost == year.runsPerHost)
        // Those that are gone.
        #expect(outcome.suspended == 2)
        // Otherwise it was no year.
        #expect(outcome.processes > 5)
        #expect(outcome.sight.fetches > 2000)
        for trigger in [TaskRecord.Trigger.schedule, .catchUp, .retry, .manual] {
            #expect(outcome.starts[trigger, default: 0] > 0, "\(trigger)")
        }
        #expect(outcome.skipped > 0)
    }

    @Test("of many watches that are due at once all run, in order, and no host sees more than its bound")
    func rush() async throws {
        let folder = try TemporaryFolder()
        var rush = SimulatedRush()
        (rush.watches, rush.hosts) = (400, 3)
        let outcome = try await rush.run(home: folder.path("home"))
        #expect(outcome.faults == [])
        #expect(outcome.fetches == rush.watches)
        #expect(outcome.most == rush.bound)
        #expect(outcome.mostByHost == rush.boundPerHost)
        // No slot is ever empty while somebody waits who may have it.
        let shortest = rush.fetch.count * Int64(rush.watches / rush.bound)
        #expect(outcome.simulated.count >= shortest)
        #expect(outcome.simulated.count <= shortest + 1100)
        let lags = outcome.lags.map(\.count)
        #expect(lags.count == rush.watches)
        #expect(lags.max().map { $0 <= outcome.simulated.count } == true)
    }
}
