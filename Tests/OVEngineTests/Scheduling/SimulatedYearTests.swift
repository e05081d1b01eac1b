// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSimulation
import OVTestSupport
import Testing

/// The argument is the seed: a failure names it. `Benchmarks year` has a hundred times as many watches.
@Suite("A year with many watches", .timeLimit(.minutes(2)))
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
}
