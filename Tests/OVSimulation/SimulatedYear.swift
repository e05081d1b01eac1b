// SPDX-License-Identifier: Apache-2.0

import Logging
import OVAPI
import OVCore
import OVEngine
import OVIngest
import OVStore
import OVTestSupport

/// A store with many watches over a long time: processes come and go, sources fail, clocks are set, people interfere.
/// All of it is the product, but for the time and the sources.
package struct SimulatedYear: Sendable {
    package var watches = 10_000
    package var hosts = 100
    package var days = 365
    /// The shortest and the longest interval.
    package var hours = 6.0...2000.0
    package var concurrentRuns = 16
    package var runsPerHost = 2
    package var seed: UInt64 = 1
    /// How often somebody triggers, pauses, resumes, or changes something, each day.
    package var interferences = 3

    package init() {}

    package struct Outcome: Sendable {
        package var faults: [String] = []
        package var starts: [TaskRecord.Trigger: Int] = [:]
        package var sight = SimulatedSources.Sight()
        package var longestLag = Milliseconds.zero
        package var processes = 0
        package var suspended = 0
        package var skipped: Int64 = 0
        package var skips: [WatchTask.Skip.Cause: Int] = [:]
    }

    /// - Parameter home: a folder that is not there yet.
    package func run(home: String) async throws -> Outcome {
        var course = try await SimulatedCourse(self, home: home)
        try await course.run()
        return try await course.outcome()
    }

    static func uri(_ number: Int) throws(OVError) -> VikingURI {
        try VikingURI(parsing: "viking://resources/part-\(number / 1000)/page-\(number)", user: "default")
    }

    /// Every fiftieth source is gone.
    func watch(_ number: Int, at now: Timestamp, _ generator: inout SplitMix64) throws -> WatchTask {
        let suffix = number % 50 == 49 ? "-gone" : ""
        // As many short intervals as long ones, on a scale of ratios.
        let ratio = hours.upperBound / hours.lowerBound
        var interval = hours.lowerBound
        let steps = Int.random(in: 0...100, using: &generator)
        for _ in 0..<steps { interval *= Self.root(of: ratio) }
        let minutes = min(interval, hours.upperBound) * 60
        let age = Milliseconds(Int64(Double.random(in: 0..<1, using: &generator) * minutes * 60_000))
        return WatchTask(
            id: TaskID.random(using: &generator), owner: Caller.local.owner, role: .user, uri: try Self.uri(number),
            source: Source(fetcher: "sim", location: "sim://host-\(number % hosts)/page-\(number)\(suffix)"),
            interval: try Interval(minutes: minutes), createdAt: now.advanced(by: Milliseconds(-age.count)))
    }

    /// The hundredth root, near enough for spreading numbers.
    private static func root(of ratio: Double) -> Double {
        var (low, high) = (1.0, 2.0)
        for _ in 0..<50 {
            let middle = (low + high) / 2
            var power = 1.0
            for _ in 0..<100 { power *= middle }
            if power < ratio { low = middle } else { high = middle }
        }
        return low
    }
}
