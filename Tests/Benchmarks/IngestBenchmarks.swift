// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem
import OVTestSupport

extension Benchmark {
    static let ingest = Benchmark(name: "ingest", summary: "a folder of 10,000 files, about 100 MB, beside git") {
        report in
        let folder = try TemporaryFolder()
        var corpus = TextCorpus(seed: 1)
        let bytes = try corpus.fill(folder, "tree", files: 10_000)
        report.figure("the folder", Double(bytes) / 1e6, "MB")
        var samples = ComparisonWithGit()
        for _ in 0..<5 { try await samples.measure(folder) }
        report.figure("git add -A", samples.gitAdd.median, "s")
        report.figure("ov ingest, first", samples.first.median, "s", target: "<= git add -A")
        report.figure("git status", samples.gitStatus.median, "s")
        report.figure("ov ingest, unchanged", samples.unchanged.median, "s", target: "<= 3 x git status")
        report.figure("ov ingest, 100 of them changed", samples.edited.median, "s")
        report.figure("ov ingest, peak memory", samples.memory.median, "MB")
    }

    static let peakMemory = Benchmark(name: "memory", summary: "peak memory of ov ingest on a folder of 1 GB") {
        report in
        let folder = try TemporaryFolder()
        var corpus = TextCorpus(seed: 2)
        let bytes = try corpus.fill(folder, "tree", files: 100_000)
        sync()
        let product = try Product(home: folder.path("home"))
        let result = try await product.run("ingest", folder.path("tree"), "--to", "viking://resources/big", "-q")
        report.figure("the folder", Double(bytes) / 1e9, "GB")
        report.figure("ov ingest, first", result.duration.seconds, "s")
        report.figure("peak memory", Double(result.peakMemory) / 1e6, "MB", target: "< 250 MB")
        let again = try await product.run("ingest", folder.path("tree"), "--to", "viking://resources/big", "-q")
        report.figure("ov ingest, unchanged", again.duration.seconds, "s")
        report.figure("peak memory, unchanged", Double(again.peakMemory) / 1e6, "MB", target: "< 250 MB")
    }
}

/// The same tree, taken in by both in turns. What was written before is on the disk when the clock starts.
private struct ComparisonWithGit {
    var (gitAdd, gitStatus, first, unchanged, edited, memory) = (
        [Double](), [Double](), [Double](), [Double](), [Double](), [Double]()
    )
    private var round = 0

    mutating func measure(_ folder: TemporaryFolder) async throws {
        round += 1
        _ = try await git(folder, "init", "-q")
        sync()
        gitAdd.append(try await git(folder, "add", "-A").duration.seconds)
        sync()
        gitStatus.append(try await git(folder, "status", "--porcelain").duration.seconds)
        try folder.remove("git")
        sync()
        let result = try await ingest(folder)
        first.append(result.duration.seconds)
        memory.append(Double(result.peakMemory) / 1e6)
        sync()
        unchanged.append(try await ingest(folder).duration.seconds)
        for number in 0..<100 { try folder.append("tree/part-\(number)/note-\(number * 100).md", "round \(round)\n") }
        sync()
        edited.append(try await ingest(folder).duration.seconds)
        try folder.remove("home")
    }

    private func ingest(_ folder: TemporaryFolder) async throws -> ChildProcess.Result {
        try await Product(home: folder.path("home"))
            .run("ingest", folder.path("tree"), "--to", "viking://resources/tree", "-q")
    }

    private func git(_ folder: TemporaryFolder, _ words: String...) async throws -> ChildProcess.Result {
        let environment = ["HOME": folder.path, "GIT_CONFIG_NOSYSTEM": "1", "PATH": "/usr/bin:/bin"]
        return try await succeeding(
            ChildProcess.Command(
                "/usr/bin/git",
                ["-C", folder.path("tree"), "--git-dir", folder.path("git"), "--work-tree", folder.path("tree")]
                    + words,
                environment: environment))
    }
}
