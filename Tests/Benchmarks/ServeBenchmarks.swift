// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport

extension Benchmark {
    static let serve = Benchmark(name: "serve", summary: "REST under wrk, beside a constant route of the same library")
    {
        report in
        guard Wrk.isThere else { return print("  skipped: no \(Wrk.program)") }
        for count in [100, 10_000, 100_000] {
            print("  \(count) watches")
            try await ServedLoad(watches: count).measure(report)
        }
    }

    static let serveIdle = Benchmark(name: "serve-idle", summary: "ov serve with 100,000 watches, nothing due") {
        report in
        let folder = try TemporaryFolder()
        try await SeededStore.fill(folder.path("home"), watches: 100)
        let product = try Product(home: folder.path("home"))
        let small = try await ServedStore(product)
        _ = try await small.get("/ready")
        let least = try small.usage().resident
        try await small.stop()
        let large = try TemporaryFolder()
        try await SeededStore.fill(large.path("home"), watches: 100_000)
        let served = try await ServedStore(try Product(home: large.path("home")))
        _ = try await served.get("/ready")
        // What starting leaves to do is no idling; then the time over which it is measured.
        try await Task.sleep(for: .seconds(3))
        let before = try served.usage()
        try await Task.sleep(for: .seconds(30))
        let after = try served.usage()
        report.figure("processor time of 30 s", (after.processor - before.processor) * 1000, "ms", target: "under 30")
        report.figure("memory per watch", (after.resident - least) / 100_000, "bytes")
        try await served.stop()
    }
}

/// The requests of the benchmark `serve`, on a store of some size.
private struct ServedLoad {
    let watches: Int

    func measure(_ report: Report) async throws {
        let folder = try TemporaryFolder()
        let home = folder.path("home")
        try await SeededStore.fill(home, watches: watches)
        try folder.write("tiny/a.md", "# A\n")
        let product = try Product(home: home)
        let live = "viking://resources/live"
        _ = try await product.run("ingest", folder.path("tiny"), "--to", live, "--watch-interval", "600")
        let served = try await ServedStore(product)
        let uri = try SeededStore.uri(watches / 2).text
        let watch = try await served.get("/api/v1/watches?to_uri=\(uri)")
        guard let id = watch["result"]?["task_id"]?.string else { throw BenchmarkFailure(description: "\(watch)") }
        let answer = JSONWriter.text(of: watch)
        try await LocalSite(answer: answer, delay: .zero).run { port in
            for connections in [1, 16, 64] {
                let base = try await Wrk().run("http://127.0.0.1:\(port)/constant", connections: connections)
                show(report, "constant route, \(answer.utf8.count) bytes", connections, base)
                let byID = try await Wrk().run("\(served.url)/api/v1/watches/\(id)", connections: connections)
                show(report, "GET by id", connections, byID)
                report.figure("  times the constant route", base.perSecond / byID.perSecond, "", target: "at most 1.5")
                let byURI = try await Wrk().run("\(served.url)/api/v1/watches?to_uri=\(uri)", connections: connections)
                show(report, "GET by URI", connections, byURI)
            }
        }
        for connections in [1, 16, 64] {
            let page = try await Wrk().run("\(served.url)/api/v1/watches?limit=100", connections: connections)
            show(report, "list, limit=100", connections, page)
        }
        // A list of 100,000 is 100 MB; more than a few at once would measure the memory of this machine.
        let readers = watches > 10_000 ? 1 : 16
        show(report, "list all", readers, try await Wrk().run("\(served.url)/api/v1/watches", connections: readers))
        for connections in [1, 16, 64] {
            let patch = try await Wrk(script: patchScript).run(served.url, connections: connections)
            show(report, "PATCH, durable", connections, patch)
        }
        for connections in [1, 16] {
            let trigger = try await Wrk(script: #"wrk.method = "POST""#).run(
                "\(served.url)/api/v1/watches/trigger?to_uri=\(live)", connections: connections)
            show(report, "trigger", connections, trigger)
        }
        try await served.stop()
    }

    private func show(_ report: Report, _ name: String, _ connections: Int, _ outcome: Wrk.Outcome) {
        report.figure("\(name), \(connections) connections", outcome.perSecond, "/s")
        report.figure("  median", outcome.medianMilliseconds, "ms")
        report.figure("  99th percentile", outcome.percentile99Milliseconds, "ms")
        if outcome.failures > 0 { report.figure("  failures", outcome.failures, "", target: "0") }
    }

    /// Another watch and another text with each request.
    private var patchScript: String {
        """
        local number = 0
        request = function()
          number = number + 1
          local watch = (number * 7919) % \(watches)
          local uri = string.format("viking://resources/team-%d/docs-%d", math.floor(watch / 1000), watch)
          return wrk.format("PATCH", "/api/v1/watches?to_uri=" .. uri, {["Content-Type"] = "application/json"},
            string.format('{"reason":"changed %d times"}', number))
        end
        """
    }
}
