// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestSupport
import Synchronization

/// Sources `sim://HOST/NAME` whose fetches take simulated time, and fail now and then as their seed says.
package final class SimulatedSources: Fetcher {
    package struct Habits: Sendable {
        package var shortest = Milliseconds(1)
        /// The longest of the usual fetches.
        package var usual = Milliseconds(900)
        /// One in so many takes up to a hundred times as long; nil for none.
        package var slowOnceIn: Int? = 200
        /// One in so many fails, each third of these with a word when to come back.
        package var failsOnceIn: Int? = 25
        /// Sources that are gone, by the end of their names.
        package var goneSuffix = "-gone"

        package init() {}
    }

    /// What was seen of the fetches. A fault is in words.
    package struct Sight: Sendable {
        package var fetches = 0
        package var running: [String: Timestamp] = [:]
        package var runningByHost: [String: Int] = [:]
        package var lastStarts: [String: Timestamp] = [:]
        package var mostByHost = 0
        package var most = 0
        package var faults: [String] = []
    }

    package let name = "sim"
    package let version = 1
    package let arguments: [(name: String, help: String)] = []

    private let clock: SimulatedClock
    private let habits: Habits
    private let sight = Mutex(Sight())
    private let generator: Mutex<SplitMix64>

    package init(clock: SimulatedClock, seed: UInt64, habits: Habits = Habits()) {
        self.clock = clock
        self.habits = habits
        generator = Mutex(SplitMix64(seed: seed))
    }

    package var seen: Sight { sight.withLock { $0 } }

    /// After the clock was set, distances to earlier starts mean nothing.
    package func forgetStarts() { sight.withLock { $0.lastStarts = [:] } }

    package func recognise(_ text: String, in context: SourceContext) async throws(OVError) -> RecognisedSource? {
        text.hasPrefix("sim://") ? RecognisedSource(location: text, suggestedName: "sim") : nil
    }

    package func fetch(_ request: FetchRequest, into sink: any DocumentSink) async throws -> FetchSummary {
        let location = request.source.location
        let host = request.source.host ?? ""
        begin(location, host)
        defer { end(location, host) }
        let (duration, failure, edition) = fate(of: location)
        try await SimulatedClock.$role.withValue(.fetch) { try await clock.sleep(for: duration) }
        if let failure { throw failure }
        let text = "# \(location)\n\nEdition \(edition)\n"
        try await sink.deliver(
            FetchedDocument(path: "", bytes: Array(text.utf8), name: "page.md", validator: nil))
        return FetchSummary(shape: .single)
    }

    private func fate(of location: String) -> (Milliseconds, FetchError?, Int) {
        generator.withLock { generator in
            var duration = Int64.random(in: habits.shortest.count...habits.usual.count, using: &generator)
            if let rarity = habits.slowOnceIn, generator.once(in: rarity) { duration *= 100 }
            // Most documents never change, and some do now and then.
            let edition = generator.once(in: 50) ? Int.random(in: 1...9, using: &generator) : 0
            var failure: FetchError?
            if location.hasSuffix(habits.goneSuffix) {
                failure = .permanent(cause: "source_gone", "it is gone")
            } else if let rarity = habits.failsOnceIn, generator.once(in: rarity) {
                let retryAfter = generator.once(in: 3) ? Milliseconds.minutes(40) : nil
                failure = FetchError(.transient(retryAfter: retryAfter), cause: "unreachable", "no route")
            }
            return (Milliseconds(duration), failure, edition)
        }
    }

    private func begin(_ location: String, _ host: String) {
        let elapsed = clock.elapsed
        sight.withLock { sight in
            if sight.running[location] != nil { sight.faults.append("\(location) runs twice at once") }
            if let last = sight.lastStarts[location], elapsed.since(last).count < 1000 {
                sight.faults.append("\(location) starts \(elapsed.since(last).count) ms after its last start")
            }
            sight.fetches += 1
            sight.running[location] = elapsed
            sight.lastStarts[location] = elapsed
            sight.runningByHost[host, default: 0] += 1
            sight.mostByHost = max(sight.mostByHost, sight.runningByHost[host] ?? 0)
            sight.most = max(sight.most, sight.running.count)
        }
    }

    private func end(_ location: String, _ host: String) {
        sight.withLock { sight in
            sight.running[location] = nil
            sight.runningByHost[host, default: 0] -= 1
        }
    }
}
