// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

@Suite(.inTurn) struct ChildProgramTests {
    private let supervisor: Supervisor
    private let marked = MarkedProcesses()

    init() throws { supervisor = Supervisor(executable: try productFolder() + "/ov") }

    private func shell(_ script: String, input: [UInt8] = [], idleLimit: Duration = .seconds(60))
        -> ChildProgram.Command
    {
        ChildProgram.Command(
            "/bin/sh", ["-c", script], environment: marked.environment, input: input, idleLimit: idleLimit)
    }

    private func output(_ command: ChildProgram.Command, atMost limit: Int = 1 << 26) async throws
        -> (bytes: [UInt8], outcome: ChildProgram.Outcome)
    {
        try await ChildProgram.output(of: command, under: supervisor, atMost: limit)
    }

    /// Starts a script that says a line when it is ready, and reads that.
    private func whenReady(
        _ script: String, _ body: @escaping @Sendable (ChildProgram) async throws -> Void
    ) async throws {
        try await ChildProgram.run(shell(script), under: supervisor) { program in
            #expect(try await program.read() == Array("ready\n".utf8))
            try await body(program)
        }
    }

    // MARK: - Input and output

    @Test func givesWhatAProgramWrites() async throws {
        let (bytes, outcome) = try await output(shell("echo out; echo err >&2"))
        #expect(bytes == Array("out\n".utf8))
        #expect(outcome.end == .exited(status: 0))
        #expect(outcome.errors == Array("err\n".utf8))
    }

    @Test func neitherSideWaitsForTheOther() async throws {
        let input = (0..<(6 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let (bytes, outcome) = try await output(shell("tee /dev/stderr", input: input))
        #expect(bytes == input)
        #expect(outcome.isSuccess)
    }

    @Test func aProgramNeedNotReadItsInput() async throws {
        let (bytes, outcome) = try await output(shell("echo done", input: [UInt8](repeating: 1, count: 1 << 20)))
        #expect(bytes == Array("done\n".utf8))
        #expect(outcome.isSuccess)
    }

    @Test func withoutInputThereIsAnEndToRead() async throws {
        #expect(try await output(shell("cat; echo end")).bytes == Array("end\n".utf8))
    }

    @Test(
        arguments: [
            ("exit 0", .exited(status: 0)), ("exit 3", .exited(status: 3)), ("exit 255", .exited(status: 255)),
            ("kill -TERM $$", .killed(signal: SIGTERM)), ("kill -KILL $$", .killed(signal: SIGKILL)),
            ("kill -PIPE $$", .killed(signal: SIGPIPE)), ("exec 1>&- 2>&-; exit 4", .exited(status: 4)),
        ] as [(String, ChildProgram.Outcome.End)])
    func saysHowAProgramEnded(_ script: String, _ end: ChildProgram.Outcome.End) async throws {
        #expect(try await output(shell(script)).outcome.end == end)
    }

    @Test func keepsTheBeginningAndTheEndOfWhatIsSaidOnStandardError() async throws {
        let script = "echo first >&2; head -c 3000000 /dev/zero >&2; echo last >&2"
        let errors = try await output(shell(script)).outcome.errors
        #expect(errors.starts(with: Array("first\n".utf8)))
        #expect(errors.suffix(5) == Array("last\n".utf8)[...])
        #expect(errors.count < 3 * ChildProgram.keptErrors)
        let left = 3_000_011 - 2 * ChildProgram.keptErrors
        #expect(String(decoding: errors, as: UTF8.self).contains("\n… \(left) bytes left out …\n"))
    }

    @Test(arguments: [0, 9, 10, 11, 20, 21, 300]) func keepsWhatFitsWhole(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        for step in [1, 7, 1000] {
            var kept = KeptOutput(bound: 10)
            for start in stride(from: 0, to: count, by: step) { kept.append(bytes[start..<min(count, start + step)]) }
            #expect(count <= 20 ? kept.bytes == bytes : kept.bytes.starts(with: bytes.prefix(10)))
            #expect(kept.bytes.suffix(10) == bytes.suffix(10))
        }
    }

    @Test func stopsAProgramThatWritesTooMuch() async throws {
        await #expect(throws: ChildProgram.Failure.tooMuchOutput(limit: 1000)) {
            try await output(shell("cat /dev/zero"), atMost: 1000)
        }
        #expect(marked.current.isEmpty)
    }

    // MARK: - What a program finds

    @Test func inheritsNoVariable() async throws {
        let command = ChildProgram.Command("/usr/bin/env", [], environment: ["ONE": "1", "TWO": "a=b"])
        let lines = try await output(command).bytes.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
        #expect(lines.sorted() == ["ONE=1", "TWO=a=b"])
    }

    @Test func inheritsNoDescriptorSignalMaskOrIgnoredSignal() async throws {
        let file = try Descriptor(opening: "/dev/null", O_RDONLY)
        let leaking = fcntl(file.number, F_DUPFD, 200)
        defer { close(leaking) }
        let (bytes, _) = try await output(
            shell("ls /proc/$$/fd; ls /proc/$PPID/fd; grep -E '^Sig(Blk|Ign)' /proc/self/status; ps -o tty= $$"))
        let words = String(decoding: bytes, as: UTF8.self).split { $0 == "\n" || $0 == "\t" }.map(String.init)
        #expect(!words.contains(String(leaking)))
        #expect(words.prefix(4) == ["0", "1", "2", "0"], "its own, then the supervisor's")
        let masks = words.filter { $0.utf8.count == 16 }.compactMap { UInt64($0, radix: 16) }
        // The C library keeps the first two signals beyond these for itself.
        #expect(masks.map { $0 & 0x7FFF_FFFF } == [0, 0], "\(words)")
        #expect(words.last == "?")
    }

    @Test func runsInTheFolderThatIsNamed() async throws {
        var command = shell("pwd")
        command.workingDirectory = "/usr/bin"
        #expect(try await output(command).bytes == Array("/usr/bin\n".utf8))
    }

    @Test(
        arguments: [
            ("/nowhere/program", nil, ENOENT), ("/etc/passwd", nil, EACCES), ("/usr", nil, EACCES),
            ("/bin/true", "/nowhere", ENOENT), ("/bin/true\0", nil, EINVAL),
        ] as [(String, String?, Int32)])
    func saysWhyAProgramCannotBeStarted(_ path: String, _ folder: String?, _ reason: Int32) async throws {
        let error = await #expect(throws: ChildProgram.Failure.self) {
            try await output(ChildProgram.Command(path, [], workingDirectory: folder))
        }
        guard case .notStarted(let error) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error == SystemError(errno: reason, operation: "start", path: folder ?? path))
    }

    @Test func saysWhenThereIsNoSupervisor() async throws {
        let error = SystemError(errno: ENOENT, operation: "start", path: "/nowhere/ov")
        await #expect(throws: ChildProgram.Failure.notStarted(error)) {
            try await ChildProgram.output(of: shell(""), under: Supervisor(executable: "/nowhere/ov"), atMost: 1)
        }
    }

    // MARK: - Its end

    @Test func endsAProgramThatDoesNothing() async throws {
        await #expect(throws: ChildProgram.Failure.idle(.milliseconds(50))) {
            try await output(shell("echo one; sleep 1000 & sleep 1000", idleLimit: .milliseconds(50)))
        }
        #expect(marked.current.isEmpty)
    }

    @Test func whatIsSaidOnStandardErrorIsASignOfLife() async throws {
        let script = "for i in 1 2 3 4 5 6 7 8; do sleep 0.25; echo . >&2; done; echo done"
        #expect(try await output(shell(script, idleLimit: .seconds(1))).bytes == Array("done\n".utf8))
    }

    @Test func endsWithTheTaskThatRunsIt() async throws {
        let (readiness, ready) = AsyncStream<Void>.makeStream()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await whenReady("setsid sleep 1000 & echo ready; sleep 1000") { program in
                    ready.yield()
                    _ = try await program.read()
                    Issue.record("the program went on")
                }
            }
            for await _ in readiness { break }
            #expect(!marked.current.isEmpty)
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
        #expect(marked.current.isEmpty)
    }

    @Test func isNotEvenStartedInACancelledTask() async throws {
        await withThrowingTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask { _ = try await output(shell("echo")) }
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
    }

    @Test func endsWhenItsUserFails() async throws {
        struct Failure: Error {}
        await #expect(throws: Failure.self) {
            try await whenReady("echo ready; sleep 1000") { _ in throw Failure() }
        }
        #expect(marked.current.isEmpty)
    }

    @Test func endsWhenItsUserHasEnough() async throws {
        try await whenReady("echo ready; sleep 1000") { _ in }
        #expect(marked.current.isEmpty)
    }

    @Test(arguments: ["exit 7", "sleep 1000"]) func leavesNoDaemonBehind(_ end: String) async throws {
        let folder = try TemporaryFolder()
        try #require(mkfifo(folder("up"), 0o600) == 0)
        let daemon = "setsid sh -c 'setsid sh -c \"echo > \(folder("up")); exec sleep 1000\" & exit' &"
        try await whenReady("trap '' TERM HUP; \(daemon) read up < \(folder("up")); echo ready; \(end)") { program in
            guard end != "sleep 1000" else { return }
            let outcome = try await program.finish()
            #expect(outcome.end == .exited(status: 7))
        }
        #expect(marked.current.isEmpty)
    }

    @Test func outrunsProgramsThatStartOneAnother() async throws {
        let folder = try TemporaryFolder()
        // Each starts its successor in a session of its own, and ends. The rest is for the tests beside this one, which
        // six chains without it would keep from the processors.
        let chain = folder("chain")
        let file = try Descriptor(opening: chain, O_WRONLY | O_CREAT, mode: 0o700)
        try file.write(Array("exec 0<&- 1>&- 2>&-\nsleep 0.02\nsetsid sh \(chain) &\n".utf8))
        try await whenReady("for i in 1 2 3 4 5 6; do sh \(chain) & done; echo ready; sleep 1000") { _ in }
        #expect(marked.current.isEmpty)
    }

    @Test func manyRunAtOnce() async throws {
        let texts = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<40 { group.addTask { try await output(shell("cat", input: [1, 2, 3])).bytes } }
            return try await group.reduce(into: [[UInt8]]()) { $0.append($1) }
        }
        #expect(texts == Array(repeating: [1, 2, 3], count: 40))
    }
}
