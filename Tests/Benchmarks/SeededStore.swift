// SPDX-License-Identifier: Apache-2.0

import Logging
import OVAPI
import OVCore
import OVEngine
import OVStore

/// A store with as many watches as a benchmark asks for.
enum SeededStore {
    static func uri(_ number: Int) throws(OVError) -> VikingURI {
        try VikingURI(parsing: "viking://resources/team-\(number / 1000)/docs-\(number)", user: "default")
    }

    /// Fills a home that is not there yet, in a few large commits.
    static func fill(_ home: String, watches count: Int) async throws {
        let store = try await Store.open(
            home: home, clock: SystemClock(), random: SystemRandomSource(), limits: Limits(), role: "benchmark")
        var watches: [WatchTask] = []
        for number in 0..<count {
            watches.append(try watch(number))
            guard watches.count == 10_000 || number == count - 1 else { continue }
            let batch = watches
            watches = []
            try await store.commit { transaction in
                for watch in batch {
                    transaction.put(
                        Resource(uri: watch.uri, owner: watch.owner, source: watch.source, createdAt: watch.createdAt))
                    transaction.put(watch)
                }
            }
        }
    }

    private static func watch(_ number: Int) throws -> WatchTask {
        let source = Source(fetcher: "folder", location: "/srv/team-\(number / 1000)/documents/docs-\(number)")
        return WatchTask(
            id: SystemRandomSource().nextTaskID(), owner: Caller.local.owner, role: .user, uri: try uri(number),
            source: source, interval: try Interval(minutes: Double(30 + number % 1000)), reason: "watched by team",
            createdAt: SystemClock().now())
    }

    static func engine(_ home: String) async throws -> Engine {
        try await Engine.open(
            home: home, limits: Limits(), role: "benchmark",
            dependencies: .standard(home: home, environment: [:], logger: Logger(label: "benchmark")))
    }
}
