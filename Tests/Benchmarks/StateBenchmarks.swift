// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVEngine
import OVStore
import OVSystem
import OVTestSupport

extension Benchmark {
    static let due = Benchmark(name: "due", summary: "what is due among 1,000,000 schedules") { report in
        let count = 1_000_000
        let ids = (0..<count).map { _ in SystemRandomSource().nextTaskID() }
        var generator = SplitMix64(seed: 3)
        let times = (0..<count).map { _ in
            Timestamp(milliseconds: 1_700_000_000_000 + Int64.random(in: 0...86_400_000, using: &generator))
        }
        let (queue, building) = await timed { DueQueue(zip(ids, times).lazy.map { (id: $0.0, due: $0.1) }) }
        report.figure("building the queue", building.milliseconds, "ms")
        var due = queue
        let rounds = 100_000
        let (first, looking) = await timed { () -> Timestamp? in
            var next: Timestamp?
            for _ in 0..<rounds { next = due.next }
            return next
        }
        report.figure("when the next one is due", looking.seconds * 1e6 / Double(rounds), "µs", target: "microseconds")
        guard let first else { throw BenchmarkFailure(description: "a full queue says that nothing is due") }
        let end = first.advanced(by: .days(1))
        let (_, taking) = await timed {
            for _ in 0..<rounds {
                guard let id = due.popDue(asOf: end) else { continue }
                due.set(id, due: end.advanced(by: .minutes(Int64.random(in: 1...1000, using: &generator))))
            }
        }
        report.figure(
            "taking one and setting its next time", taking.seconds * 1e6 / Double(rounds), "µs", target: "microseconds")
    }

    static let stateLoad = Benchmark(name: "load", summary: "opening a store of 100,000 watches") { report in
        let folder = try TemporaryFolder()
        let home = folder.path("home")
        try await SeededStore.fill(home, watches: 100_000)
        var times: [Double] = []
        var growth: [Double] = []
        for _ in 0..<7 {
            let before = try residentBytes()
            let (store, duration) = try await timed {
                try await Store.open(
                    home: home, clock: SystemClock(), random: SystemRandomSource(), limits: Limits(), role: "benchmark")
            }
            times.append(duration.milliseconds)
            growth.append(Double(try residentBytes() - before) / 1e6)
            guard store.state.watches.count == 100_000 else {
                throw BenchmarkFailure(description: "watches are missing")
            }
        }
        let size = try FileStatus(of: home + "/state.json.gz").size
        report.figure("the state file", Double(size) / 1e6, "MB")
        report.figure("opening it", times.median, "ms")
        // Later ones reuse what the allocator kept of earlier ones.
        report.figure("memory of the first", growth.first ?? 0, "MB")
    }

    static func residentBytes() throws -> Int {
        let file = try Descriptor(opening: "/proc/self/statm", O_RDONLY)
        let fields = String(decoding: try file.read(200, at: 0), as: UTF8.self).split(separator: " ")
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * sysconf(Int32(_SC_PAGESIZE))
    }
}
