// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVAPI
import OVCore
import OVEngine
import OVSystem
import OVTestSupport
import Synchronization

extension Benchmark {
    static let commits = Benchmark(name: "commits", summary: "durable updates of watches, in one process") { report in
        for count in [64, 1000, 100_000] {
            let folder = try TemporaryFolder()
            try await SeededStore.fill(folder.path("home"), watches: count)
            let load = CommitLoad(engine: try await SeededStore.engine(folder.path("home")), watches: count)
            var (raw, one, many) = ([Double](), [Double](), [Double]())
            // In turns, so that a disk that changes its mind changes it for all.
            for _ in 0..<5 {
                raw.append(try appendsPerSecond(in: folder))
                one.append(try await load.commitsPerSecond(writers: 1))
                many.append(try await load.commitsPerSecond(writers: 64))
            }
            report.figure("\(count) watches: append + fdatasync of the machine", raw.median, "/s")
            report.figure("\(count) watches: 1 writer", one.median, "/s", target: "near the machine's")
            report.figure("\(count) watches: 64 writers", many.median, "/s", target: ">= 5 x one writer")
        }
    }

    /// What the disk allows: appending as many bytes as a commit has, each time with a sync.
    private static func appendsPerSecond(in folder: TemporaryFolder) throws -> Double {
        try folder.write("raw", "")
        let file = try Descriptor(opening: folder.path("raw"), O_WRONLY)
        let bytes = [UInt8](repeating: 120, count: 400)
        let start = ContinuousClock.now
        var count = 0
        while ContinuousClock.now - start < .seconds(1) {
            try file.write(bytes)
            try file.synchronize()
            count += 1
        }
        return Double(count) / (ContinuousClock.now - start).seconds
    }
}

/// Writers that update watches as fast as they are acknowledged.
private struct CommitLoad: Sendable {
    let engine: Engine
    let watches: Int

    func commitsPerSecond(writers: Int) async throws -> Double {
        let total = Mutex(0)
        let start = ContinuousClock.now
        let end = start + .seconds(1)
        try await withThrowingTaskGroup(of: Int.self) { group in
            // A reason that a watch has already would be no change, and no commit.
            let round = UInt32.random(in: 0...(.max))
            for writer in 0..<writers { group.addTask { try await write(writer, in: round, until: end) } }
            for try await count in group { total.withLock { $0 += count } }
        }
        return Double(total.withLock { $0 }) / (ContinuousClock.now - start).seconds
    }

    private func write(_ writer: Int, in round: UInt32, until end: ContinuousClock.Instant) async throws(OVError) -> Int
    {
        var count = 0
        while ContinuousClock.now < end {
            try await update(writer + count * 64, "update \(round).\(writer).\(count)")
            count += 1
        }
        return count
    }

    private func update(_ number: Int, _ reason: String) async throws(OVError) {
        let uri = try SeededStore.uri(number % watches)
        _ = try await engine.updateWatch(WatchKey(uri: uri.text), WatchPatch(reason: reason), as: .local)
    }
}
