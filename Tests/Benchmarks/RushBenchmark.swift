// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVStore
import OVTestSupport

extension Benchmark {
    /// The simulated one shows that nothing is lost; this one what it costs in earnest.
    static let serveRush = Benchmark(
        name: "serve-rush", summary: "2,000 watches due in one second, from a server that takes 50 ms"
    ) { report in
        for (bound, hosts) in [(4, 8), (64, 64)] {
            print("  at most \(bound) at once, \(hosts) hosts")
            let site = LocalSite(answer: #"{"a":1}"#, delay: .milliseconds(50))
            try await site.run { port in
                try await Rush(watches: 2000, hosts: hosts, bound: bound, port: port).measure(report, site.log)
            }
        }
    }
}

private struct Rush {
    let watches: Int
    let hosts: Int
    let bound: Int
    let port: Int

    func measure(_ report: Report, _ log: LocalSite.Log) async throws {
        let folder = try TemporaryFolder()
        let home = folder.path("home")
        let due = try await fill(home)
        let product = try Product(home: home)
        let served = try await ServedStore(
            product, ["--max-concurrency", "\(bound)"])
        let lags = try await lags(since: due, served)
        report.figure("watches that ran", Double(lags.count), "", target: "\(watches)")
        report.figure(
            "most requests of one host at once", Double(log.all.values.map(\.most).max() ?? 0), "", target: "2")
        for (name, share) in [("median", 0.5), ("95th percentile", 0.95), ("last", 1.0)] where !lags.isEmpty {
            let index = min(lags.count - 1, Int(Double(lags.count) * share))
            report.figure("due to start, \(name)", lags.sorted()[index], "s")
        }
        let room = min(bound, hosts * 2)
        report.figure("all of them, if nothing but the server took time", Double(watches) * 0.05 / Double(room), "s")
        try await served.stop()
    }

    /// All watches due at the same moment, some seconds from now.
    private func fill(_ home: String) async throws -> Timestamp {
        let store = try await Store.open(
            home: home, clock: SystemClock(), random: SystemRandomSource(), limits: Limits(), role: "benchmark")
        let interval = try Interval(minutes: 60)
        let due = SystemClock().now().advanced(by: .seconds(3))
        let made = due.advanced(by: Milliseconds(-Milliseconds.minutes(60).count))
        var all: [WatchTask] = []
        for number in 0..<watches {
            let host = "127.0.\(number % hosts).1"
            all.append(
                WatchTask(
                    id: SystemRandomSource().nextTaskID(), owner: Caller.local.owner, role: .root,
                    uri: try SeededStore.uri(number),
                    source: Source(
                        fetcher: "url", location: "http://\(host):\(port)/\(number).json",
                        options: Source.Options(allowsPrivateNetworks: true)),
                    interval: interval, createdAt: made))
        }
        let batch = all
        try await store.commit { transaction in
            for watch in batch {
                transaction.put(
                    Resource(uri: watch.uri, owner: watch.owner, source: watch.source, createdAt: watch.createdAt))
                transaction.put(watch)
            }
        }
        return due
    }

    /// How many seconds after it was due each run began.
    private func lags(since due: Timestamp, _ served: ServedStore) async throws -> [Double] {
        let end = ContinuousClock.now + .seconds(180)
        while ContinuousClock.now < end {
            let status = try await served.get("/api/v1/watches?limit=1&active_only=true")
            let pending = try await served.get("/api/v1/system/status")
            let rest = pending["result"]?["watches"]?["due"]?.integer ?? 0
            let running = pending["result"]?["tasks"]?["running"]?.integer ?? 0
            if SystemClock().now() > due, rest == 0, running == 0, status["status"]?.string == "ok" { break }
            // A rest between two questions, so that asking does not take what is measured.
            try await Task.sleep(for: .milliseconds(200))
        }
        var (lags, cursor): ([Double], String?) = ([], nil)
        repeat {
            let target = "/api/v1/tasks?limit=200&pagination=cursor" + (cursor.map { "&cursor=\($0)" } ?? "")
            let page = try await served.get(target)["result"]
            for task in page?["items"]?.array ?? [] {
                guard let start = task["started_at"]?.string.flatMap({ Timestamp($0) }) else { continue }
                lags.append(Double(start.since(due).count) / 1000)
            }
            cursor = page?["next_cursor"]?.string
        } while cursor != nil
        return lags
    }
}
