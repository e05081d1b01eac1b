// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem
import OVTestSupport

extension Benchmark {
    static let git = Benchmark(name: "git", summary: "a repository of 10,000 files, about 100 MB, beside git clone") {
        report in
        let folder = try TemporaryFolder()
        var corpus = TextCorpus(seed: 3)
        let bytes = try corpus.fill(folder, "tree", files: 10_000)
        report.figure("the files", Double(bytes) / 1e6, "MB")
        var samples = ComparisonWithClone(folder: folder)
        try await samples.prepare()
        for _ in 0..<5 { try await samples.measure() }
        let bound = samples.clone.median + 2 * samples.folderIngest.median
        report.figure("git clone --depth 1", samples.clone.median, "s")
        report.figure("ov ingest of the folder", samples.folderIngest.median, "s")
        report.figure("ov ingest of the repository, first", samples.first.median, "s", target: "<= \(rounded(bound)) s")
        report.figure("the same, unmoved", samples.unmoved.median, "s")
        report.figure("the same, 200 commits later", samples.moved.median, "s")
        report.figure("peak memory of the first", samples.memory.median, "MB")
    }

    private static func rounded(_ seconds: Double) -> String { String((seconds * 100).rounded() / 100) }
}

/// One repository, cloned and ingested in turns; what was written before is on the disk when the clock starts.
private struct ComparisonWithClone {
    let folder: TemporaryFolder
    var (clone, folderIngest, first, unmoved, moved, memory) = (
        [Double](), [Double](), [Double](), [Double](), [Double](), [Double]()
    )

    init(folder: TemporaryFolder) { self.folder = folder }

    private var tree: String { folder.path("tree") }

    func prepare() async throws {
        try await git("-C", tree, "init", "-q")
        try await git("-C", tree, "add", "-A")
        try await commit("first")
        sync()
    }

    private func commit(_ message: String) async throws {
        try await git(
            "-C", tree, "-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "gc.auto=0", "commit", "-q", "-a",
            "-m", message)
    }

    mutating func measure() async throws {
        clone.append(try await git("clone", "-q", "--depth", "1", "file://\(tree)", folder.path("clone")))
        try folder.remove("clone")
        sync()
        folderIngest.append(try await ingest(tree, "viking://resources/folder").duration.seconds)
        try folder.remove("home")
        sync()
        let result = try await ingestRepository()
        first.append(result.duration.seconds)
        memory.append(Double(result.peakMemory) / 1e6)
        unmoved.append(try await ingestRepository().duration.seconds)
        for number in 0..<200 {
            try folder.append("tree/part-\(number % 100)/note-\(number % 100 * 100).md", "line\n")
            try await commit("edit \(number)")
        }
        sync()
        moved.append(try await ingestRepository().duration.seconds)
        try folder.remove("home")
        sync()
    }

    private func ingestRepository() async throws -> ChildProcess.Result {
        try await ingest("git+file://\(tree)", "viking://resources/repository")
    }

    private func ingest(_ source: String, _ target: String) async throws -> ChildProcess.Result {
        try await Product(home: folder.path("home")).run("ingest", source, "--to", target, "-q")
    }

    /// - Returns: how long it took, in seconds.
    @discardableResult
    private func git(_ words: String...) async throws -> Double {
        let environment = ["HOME": folder.path, "GIT_CONFIG_NOSYSTEM": "1", "PATH": "/usr/bin:/bin"]
        return try await succeeding(ChildProcess.Command("/usr/bin/git", words, environment: environment))
            .duration.seconds
    }
}
