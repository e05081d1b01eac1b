// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVStore
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

/// Processes that are asked to end, or whose reader goes away.
@Suite(.inTurn) struct SignalTests {
    private static let target = "viking://resources/long"

    /// An ingest that takes minutes, so that even a busy machine finds it at work: gigabytes that take no room on the
    /// disk.
    private func startLongIngest(_ ov: Installation) async throws -> ChildProcess {
        try ov.folder.write("home/config.json", #"{"limits": {"bytes_per_ingest": 1099511627776}}"#)
        for number in 0..<1500 { try ov.folder.makeSparseFile("long/\(number).bin", size: 30 << 20 + Int64(number)) }
        let process = try ov.start(
            ["ingest", ov.folder.path("long"), "--to", Self.target, "--watch-interval", "600"])
        // Looked for in this process, which is quicker than the ingest however busy the machine is; and stopped, so
        // that it is still at it when the signal comes.
        try await ov.poll("the ingest does not begin") {
            let store = try await Store.open(
                home: ov.home, clock: SystemClock(), random: SystemRandomSource(), limits: Limits(), role: "test")
            // Progress is committed after a while, by when signals are caught.
            return store.state.runningTasks.contains { $0.progress.documents > 0 }
        }
        process.signal(SIGSTOP)
        return process
    }

    @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
    func anIngestThatIsInterruptedIsCancelled(signal: Int32, status: Int32) async throws {
        let ov = try Installation()
        let process = try await startLongIngest(ov)
        process.signal(signal)
        process.signal(SIGCONT)
        let result = try await process.wait(atMost: .seconds(60))
        #expect(result.status == status && !result.timedOut, "\(result.summary)")
        let tasks = try await ov.json("task", "list").array ?? []
        #expect(tasks.compactMap { $0["status"]?.string } == ["cancelled"])
        #expect(try await ov.watch(Self.target)["running_task_id"] == .null)
        #expect(try await ov.run("ls", Self.target).status == 1, "nothing was published")
        try await ov.checkStore()
        // Somebody who interrupts has not asked for the watch to go.
        #expect(try await ov.json("task", "watch", "ls")["total"]?.integer == 1)
    }

    @Test func aSecondSignalEndsAtOnce() async throws {
        let ov = try Installation()
        let process = try await startLongIngest(ov)
        process.signal(SIGINT)
        process.signal(SIGCONT)
        process.signal(SIGINT)
        let result = try await process.wait(atMost: .seconds(60))
        #expect(result.status == 130 && !result.timedOut, "\(result.summary)")
        try await ov.checkStore()
    }

    @Test func aTimeoutGivesUpWaitingAndNamesTheTask() async throws {
        let ov = try Installation()
        for number in 0..<100 { try ov.folder.makeSparseFile("long/\(number).bin", size: 30 << 20 + Int64(number)) }
        let result = try await ov.run("ingest", ov.folder.path("long"), "--to", Self.target, "--timeout", "0.2")
        #expect(result.status == 1 && result.errors.contains("ov task status"), "\(result.summary)")
        try await ov.checkStore()
    }

    @Test(arguments: [["ls", "-r"], ["tree"], ["task", "list", "-o", "json"], ["read", "\(target)/0.md"]])
    func aReaderThatGoesAwayIsNoReasonToComplain(words: [String]) async throws {
        let ov = try Installation()
        for number in 0..<50 { try ov.folder.write("long/\(number).md", "# \(number)\n") }
        try await ov.succeed("ingest", ov.folder.path("long"), "--to", Self.target)
        let result = try await ov.start(words, output: try pipeWithoutReader(ov)).wait()
        #expect(result.errors.isEmpty && !result.timedOut, "\(result.summary)")
        // As the shell shows it, whether the process noticed itself or the signal ended it.
        #expect(result.status == 141 || result.signal == SIGPIPE, "\(result.summary)")
    }

    private func pipeWithoutReader(_ ov: Installation) throws -> Descriptor {
        try ov.folder.makeFIFO("output")
        let reader = try Descriptor(opening: ov.folder.path("output"), O_RDONLY | O_NONBLOCK)
        return try withExtendedLifetime(reader) { try Descriptor(opening: ov.folder.path("output"), O_WRONLY) }
    }
}
