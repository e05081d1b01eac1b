// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem
import OVTestSupport

/// One group of figures, measured together because they share their data.
struct Benchmark: Sendable {
    let name: String
    let summary: String
    let measure: @Sendable (Report) async throws -> Void
}

/// Runs the benchmarks that were named, or all of them.
struct BenchmarkRun {
    /// Peak memory first: Linux counts what a process's parent had resident when it started it.
    static let all: [Benchmark] = [
        .peakMemory, .start, .places, .watchList, .commits, .ingest, .changes, .search, .git, .site, .due, .stateLoad,
        .idle,
        .rush, .year, .serve, .serveIdle, .serveRush,
    ]

    let names: [String]

    /// - Returns: the exit status.
    func run() async -> Int32 {
        for name in names where !Self.all.contains(where: { $0.name == name }) {
            print("Benchmarks: there is no benchmark '\(name)'; these are:")
            for benchmark in Self.all { print("  \(benchmark.name): \(benchmark.summary)") }
            return 2
        }
        let report = Report()
        for benchmark in Self.all where names.isEmpty || names.contains(benchmark.name) {
            report.heading("\(benchmark.name): \(benchmark.summary)")
            do {
                try await benchmark.measure(report)
            } catch {
                print("  failed: \(error)")
                return 1
            }
        }
        return 0
    }
}

/// What is printed: a line for each figure, as soon as it is known.
struct Report: Sendable {
    func heading(_ text: String) {
        print("\n\(text)")
        fflush(nil)
    }

    /// - Parameter target: what the figure should be, in words; nil for one that is only there to compare with.
    func figure(_ name: String, _ value: Double, _ unit: String, target: String? = nil) {
        let label = name + String(repeating: " ", count: max(1, 58 - name.count))
        let number = Self.text(of: value)
        let column = String(repeating: " ", count: max(0, 10 - number.count)) + number + " " + unit
        let goal = target.map { String(repeating: " ", count: max(2, 24 - column.count)) + "target: \($0)" } ?? ""
        print("  \(label)\(column)\(goal)")
        fflush(nil)
    }

    /// Three significant digits or more.
    private static func text(of value: Double) -> String {
        if value >= 100 { return String(Int(value.rounded())) }
        let digits = value >= 10 ? 1 : value >= 1 ? 2 : 3
        let factor = pow(10, Double(digits))
        let scaled = Int((value * factor).rounded())
        let fraction = String(scaled % Int(factor))
        return "\(scaled / Int(factor))." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
    var milliseconds: Double { seconds * 1000 }
}

extension [Double] {
    /// The middle value; of an even number the higher one of the two.
    var median: Double { isEmpty ? .nan : sorted()[count / 2] }
}

/// How long `body` takes.
func timed<Result>(_ body: () async throws -> Result) async rethrows -> (result: Result, duration: Duration) {
    let start = ContinuousClock.now
    let result = try await body()
    return (result, ContinuousClock.now - start)
}
