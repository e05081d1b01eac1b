// SPDX-License-Identifier: Apache-2.0

import OVTestSupport

extension Benchmark {
    static let places = Benchmark(name: "places", summary: "the same command in its process, over the socket, over TCP")
    { report in
        for (count, words) in [(0, ["task", "watch", "ls"]), (10_000, ["task", "watch", "ls", "-o", "json"])] {
            let folder = try TemporaryFolder()
            if count > 0 { try await SeededStore.fill(folder.path("home"), watches: count) }
            let product = try Product(home: folder.path("home"))
            print("  ov \(words.joined(separator: " ")), \(count) watches")
            report.figure("in process", try await median(product, words), "ms")
            let served = try await ServedStore(product, ["--no-scheduler"])
            report.figure("over the socket", try await median(product, words), "ms", target: count == 0 ? "< 15" : nil)
            let elsewhere = try Product(home: folder.path("elsewhere"))
            report.figure("over TCP", try await median(elsewhere, words + ["--server", served.url]), "ms")
            try await served.stop()
        }
    }

    private static func median(_ product: Product, _ words: [String]) async throws -> Double {
        var times: [Double] = []
        for _ in 0..<21 { times.append(try await product.run(words).duration.milliseconds) }
        return times.median
    }
}
