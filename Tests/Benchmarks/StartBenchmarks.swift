// SPDX-License-Identifier: Apache-2.0

import OVTestSupport

extension Benchmark {
    static let start = Benchmark(name: "start", summary: "whole processes that have next to nothing to do") { report in
        let folder = try TemporaryFolder()
        let product = try Product(home: folder.path("home"))
        var (version, list) = ([Double](), [Double]())
        for _ in 0..<31 {
            version.append(try await product.run("version").duration.milliseconds)
            list.append(try await product.run("task", "watch", "ls").duration.milliseconds)
        }
        report.figure("ov version", version.median, "ms", target: "< 20 ms")
        report.figure("ov task watch ls, empty home", list.median, "ms", target: "< 20 ms")
    }

    static let watchList = Benchmark(name: "list", summary: "ov task watch ls -o json, whole process") { report in
        for count in [1000, 10_000, 100_000] {
            let folder = try TemporaryFolder()
            try await SeededStore.fill(folder.path("home"), watches: count)
            let product = try Product(home: folder.path("home"))
            var (json, memory) = ([Double](), [Double]())
            for _ in 0..<7 {
                let result = try await product.run("task", "watch", "ls", "-o", "json")
                json.append(result.duration.milliseconds)
                memory.append(Double(result.peakMemory) / 1e6)
            }
            let target = count == 100_000 ? "< 600 ms" : nil
            report.figure("\(count) watches", json.median, "ms", target: target)
            report.figure("  per watch", json.median * 1000 / Double(count), "µs")
            report.figure("  peak memory", memory.median, "MB")
        }
    }
}
