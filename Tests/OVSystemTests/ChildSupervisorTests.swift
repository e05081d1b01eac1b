// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

/// The supervisor as a process, started by something else than `ChildProgram`.
@Suite(.inTurn) struct ChildSupervisorTests {
    private let marked = MarkedProcesses()
    private let folder: TemporaryFolder
    private let executable: String

    init() throws {
        folder = try TemporaryFolder()
        executable = try productFolder() + "/ov"
    }

    /// A shell that starts a supervised script and holds its lifeline, after the script has said that it is ready.
    private func start(_ script: String) async throws -> ChildProcess {
        try #require(mkfifo(folder("lifeline"), 0o600) == 0)
        try #require(mkfifo(folder("ready"), 0o600) == 0)
        let file = try Descriptor(opening: folder("script"), O_WRONLY | O_CREAT, mode: 0o600)
        try file.write(Array(script.utf8))
        let holder = try ChildProcess(
            .init(
                "/bin/sh",
                [
                    "-c",
                    """
                    cd \(folder.path)
                    \(executable) --supervise 3 -- /bin/sh script 3<lifeline &
                    echo $! > supervisor
                    exec 4>lifeline
                    wait $!
                    """,
                ], environment: marked.environment))
        try await withTaskExecutorPreference(ThreadPool(count: 1)) {
            let readiness = try Descriptor(opening: folder("ready"), O_RDONLY)
            var byte: UInt8 = 0
            #expect(read(readiness.number, &byte, 1) == 1)
        }
        return holder
    }

    /// Whether all marked processes go away, which takes them a moment.
    private func allEnd() async throws -> Bool {
        let deadline = ContinuousClock.now.advanced(by: .seconds(60))
        while ContinuousClock.now < deadline {
            if marked.current.isEmpty { return true }
            // A rest between two looks: their end tells nobody.
            try await Task.sleep(for: .milliseconds(2))
        }
        return false
    }

    private static let family = """
        trap '' HUP INT TERM QUIT
        setsid sh -c 'setsid sleep 1000 & sleep 1000' &
        sleep 1000 &
        echo > ready
        sleep 1000
        """

    @Test func whatAKilledProcessHadStartedEndsWithIt() async throws {
        let holder = try await start(Self.family)
        #expect(marked.current.count >= 5)
        holder.signal(SIGKILL)
        #expect(try await allEnd())
        _ = try await holder.wait()
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP]) func aSignalEndsEverything(_ signal: Int32) async throws {
        let holder = try await start(Self.family)
        let text = try Descriptor(opening: folder("supervisor"), O_RDONLY).read(16, at: 0)
        let supervisor = try #require(pid_t(String(decoding: text.dropLast(), as: UTF8.self)))
        kill(supervisor, signal)
        #expect(try await holder.wait().status == 128 + signal)
        #expect(try await allEnd())
    }

    @Test func aSignalForTheTerminalsGroupDoesNotReachIt() async throws {
        let holder = try await start(Self.family)
        let text = try Descriptor(opening: folder("supervisor"), O_RDONLY).read(16, at: 0)
        let supervisor = try #require(pid_t(String(decoding: text.dropLast(), as: UTF8.self)))
        #expect(getsid(supervisor) == supervisor)
        #expect(getpgid(supervisor) != getpgid(holder.processID))
        holder.signal(SIGKILL)
        #expect(try await allEnd())
        _ = try await holder.wait()
    }

    @Test(arguments: [
        ["--supervise"], ["--supervise", "3", "--"], ["--supervise", "1", "--", "/bin/true"],
        ["--supervise", "x", "--", "/bin/true"], ["--supervise", "3", "/bin/true", "x"],
    ]) func startsNothingWhenItIsCalledWrongly(_ arguments: [String]) async throws {
        let result = try await ChildProcess(.init(executable, arguments)).wait()
        #expect(result.output.isEmpty && result.signal == nil)
    }

    @Test func aProgramThatIsNotThereIsAFailure() async throws {
        try #require(mkfifo(folder("lifeline"), 0o600) == 0)
        let script = "\(executable) --supervise 3 -- /nowhere 3<>\(folder("lifeline"))"
        #expect(try await ChildProcess(.init("/bin/sh", ["-c", script])).wait().status == 127)
    }

    @Test func findsItsChildrenInBothWays() async throws {
        let child = try ChildProcess(.init("/bin/sleep", ["1000"]))
        #expect(ProcessChildren.searched().contains(child.processID))
        // What the kernel lists belongs to the calling thread, of which this process has many.
        let listed = try #require(ProcessChildren.listed())
        #expect(Set(listed).isSubset(of: ProcessChildren.searched() + listed.filter { kill($0, 0) != 0 }))
        child.signal(SIGKILL)
        _ = try await child.wait()
    }
}
