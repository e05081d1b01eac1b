// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVTestSupport

/// The load generator `wrk`, of the Debian package of that name.
struct Wrk {
    static let program = "/usr/bin/wrk"

    struct Outcome {
        let perSecond: Double
        let medianMilliseconds: Double
        let percentile99Milliseconds: Double
        /// Answers that were none, or bad ones.
        let failures: Double
    }

    /// A program in Lua for what is not a plain `GET`.
    var script: String?
    var seconds = 3

    static var isThere: Bool { access(program, X_OK) == 0 }

    func run(_ url: String, connections: Int) async throws -> Outcome {
        let folder = try TemporaryFolder()
        var words = ["-t1", "-c\(connections)", "-d\(seconds)s", "--timeout", "30s", "--latency"]
        // What wrk prints itself is for people; a last line is for us.
        let report = """
            done = function(summary, latency, requests)
              local e = summary.errors
              io.write(string.format("OUTCOME %f %f %f %d\\n", summary.requests / (summary.duration / 1e6),
                latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
                e.connect + e.read + e.write + e.status + e.timeout))
            end
            """
        try folder.write("load.lua", (script ?? "") + "\n" + report + "\n")
        words += ["-s", folder.path("load.lua"), url]
        let result = try await succeeding(
            ChildProcess.Command(Self.program, words, environment: ["PATH": "/usr/bin:/bin"]))
        let line = result.text.split(separator: "\n").last { $0.hasPrefix("OUTCOME") }
        let figures = line?.split(separator: " ").dropFirst().compactMap { Double($0) } ?? []
        guard figures.count == 4 else { throw BenchmarkFailure(description: "wrk said: \(result.text)") }
        return Outcome(
            perSecond: figures[0], medianMilliseconds: figures[1], percentile99Milliseconds: figures[2],
            failures: figures[3])
    }
}
