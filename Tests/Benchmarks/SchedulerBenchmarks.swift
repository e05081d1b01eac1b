// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging
import OVCore
import OVEngine
import OVSimulation
import OVStore
import OVSystem
import OVTestSupport

extension Benchmark {
    static let year = Benchmark(name: "year", summary: "a simulated year with 10,000 watches") { report in
        let folder = try TemporaryFolder()
        var year = SimulatedYear()
        // A month to half a year: a few runs of each.
        (year.hours, year.interferences) = (700...4000, 10)
        let (outcome, duration) = try await timed { try await year.run(home: folder.path("home")) }
        report.figure("the year", duration.seconds, "s")
        report.figure("runs", Double(outcome.sight.fetches), "")
        report.figure("one run", duration.milliseconds * 1000 / Double(outcome.sight.fetches), "µs")
        report.figure("processes", Double(outcome.processes), "")
        report.figure("most runs of one host at once", Double(outcome.sight.mostByHost), "", target: "2")
        report.figure("what did not hold", Double(outcome.faults.count), "", target: "0")
        for fault in outcome.faults.prefix(10) { print("  \(fault)") }
    }

    static let rush = Benchmark(name: "rush", summary: "2,000 watches due in the same second, 50 ms each") { report in
        var rush = SimulatedRush()
        rush.watches = 2000
        let folder = try TemporaryFolder()
        let outcome = try await rush.run(home: folder.path("home"))
        report.figure("watches that ran", Double(outcome.fetches), "", target: "2000")
        report.figure("most at once", Double(outcome.most), "", target: "4")
        report.figure("most at once of one host", Double(outcome.mostByHost), "", target: "2")
        // Four at a time of fifty milliseconds each: 25 s of the simulated clock without any loss.
        report.figure("all of them, simulated", outcome.simulated.seconds, "s", target: "25 to 26")
        for (name, share) in [("median", 0.5), ("95th percentile", 0.95), ("last", 1.0)] {
            let index = min(outcome.lags.count - 1, Int(Double(outcome.lags.count) * share))
            guard index >= 0 else { continue }
            report.figure("due to start, \(name)", outcome.lags.sorted()[index].seconds, "s")
        }
    }

    static let idle = Benchmark(name: "idle", summary: "100,000 watches that are due in half an hour") { report in
        let folder = try TemporaryFolder()
        let home = folder.path("home")
        try await SeededStore.fill(home, watches: 100_000)
        let engine = try await SeededStore.engine(home)
        let before = try residentBytes()
        let scheduler = Scheduler(engine: engine)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await engine.run() }
            group.addTask { try await scheduler.run() }
            while !scheduler.isAtRest { try await Task.sleep(for: .milliseconds(1)) }
            report.figure("memory per watch", Double(try residentBytes() - before) / 100_000, "bytes")
            report.figure("scheduled", Double(scheduler.report.scheduled), "", target: "100000")
            let used = processorTime()
            try await Task.sleep(for: .seconds(20))
            report.figure("processor time of 20 s", (processorTime() - used) * 1000, "ms", target: "under 20")
            scheduler.stop()
            engine.finish()
            try await group.waitForAll()
        }
    }

    private static func processorTime() -> Double {
        var usage = rusage()
        getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        let microseconds = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(microseconds) / 1e6
    }
}
