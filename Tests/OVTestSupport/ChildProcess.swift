// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem
import Synchronization

/// A program that runs beside the test: its own process group, nothing to read, its output kept in files.
///
/// Its output needs nobody who drains a pipe, so it never waits for us, and what it has said can be read while it runs.
/// Starting it and reading from it block for a moment; waiting for it is done on threads of its own.
package final class ChildProcess: Sendable {
    package let processID: pid_t
    package let name: String
    private let output: Descriptor
    private let errors: Descriptor
    private let start: ContinuousClock.Instant
    /// Set under the lock before the process is reaped, so that no signal ever goes to another that got its number.
    private let hasEnded = Mutex(false)

    /// What to run, and how.
    package struct Command: Sendable {
        package var executable: String
        package var arguments: [String]
        package var environment: [String: String]
        /// Takes the place of the file for standard output, such as a pipe that the test reads.
        package var output: Descriptor?

        package init(
            _ executable: String, _ arguments: [String], environment: [String: String] = [:],
            output: Descriptor? = nil
        ) {
            self.executable = executable
            self.arguments = arguments
            self.environment = environment
            self.output = output
        }
    }

    /// How a process ended, and what it said.
    package struct Result: Sendable {
        /// The command line, for messages.
        package let name: String
        /// The exit status; nil when a signal ended it.
        package let status: Int32?
        package let signal: Int32?
        package let output: [UInt8]
        package let errors: String
        package let duration: Duration
        /// The most memory that it had resident at once, in bytes. Linux counts what its parent had resident when it
        /// was started, too.
        package let peakMemory: Int64
        /// Whether it was killed because it took too long.
        package fileprivate(set) var timedOut = false

        package var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// Threads that do nothing but wait for processes.
    private static let waiters = ThreadPool(count: 96)

    /// - Throws: `SystemError` when the program cannot be started.
    package init(_ command: Command) throws {
        name = ([command.executable.split(separator: "/").last.map(String.init) ?? ""] + command.arguments)
            .joined(separator: " ")
        output = try command.output ?? Self.namelessFile()
        errors = try Self.namelessFile()
        start = .now
        processID = try Self.spawn(command, output: output, errors: errors)
    }

    deinit { signal(SIGKILL) }

    /// Sends a signal, unless the process has ended.
    package func signal(_ number: Int32) {
        hasEnded.withLock { ended in if !ended { kill(processID, number) } }
    }

    /// What it has written to standard error by now.
    package func errorsSoFar() throws -> String { String(decoding: try Self.contents(of: errors), as: UTF8.self) }

    /// Waits for its end, once. When that does not come in time it is killed, and the result says so.
    package func wait(atMost limit: Duration = .seconds(120)) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask(executorPreference: Self.waiters) { try self.reap() }
            group.addTask {
                try? await Task.sleep(for: limit)
                return nil
            }
            var timedOut = false
            while let next = try await group.next() {
                if var result = next {
                    result.timedOut = timedOut
                    group.cancelAll()
                    return result
                }
                timedOut = true
                self.signal(SIGKILL)
            }
            throw CancellationError()
        }
    }

    private func reap() throws -> Result {
        var information = siginfo_t()
        while waitid(P_PID, id_t(processID), &information, Int32(WEXITED) | Int32(WNOWAIT)) != 0 {
            guard errno == EINTR else { throw SystemError.last("wait for", name) }
        }
        let duration = ContinuousClock.now - start
        var (status, usage) = (Int32(0), rusage())
        let reaped = hasEnded.withLock { ended in
            ended = true
            return wait4(processID, &status, 0, &usage)
        }
        guard reaped == processID else { throw SystemError.last("wait for", name) }
        let signal = status & 0x7F
        return Result(
            name: name, status: signal == 0 ? status >> 8 & 0xFF : nil, signal: signal == 0 ? nil : signal,
            output: try Self.contents(of: output),
            errors: String(decoding: try Self.contents(of: errors), as: UTF8.self),
            duration: duration, peakMemory: Int64(usage.ru_maxrss) * 1024)
    }

    // MARK: Files

    /// A file without a name, which is gone when it is closed.
    private static func namelessFile() throws -> Descriptor {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        let path = "\(base)/ov-output-\(getpid())-\(UInt64.random(in: 0...(.max)))"
        let file = try Descriptor(opening: path, O_RDWR | O_CREAT | O_EXCL)
        unlink(path)
        return file
    }

    /// Nothing for what is not a file, such as a pipe.
    private static func contents(of file: Descriptor) throws -> [UInt8] {
        let status = try file.status()
        return status.kind == .file ? try file.read(Int(status.size), at: 0) : []
    }
}

// MARK: - Starting

extension ChildProcess {
    private static func spawn(_ command: Command, output: Descriptor, errors: Descriptor) throws -> pid_t {
        var (actions, attributes) = (posix_spawn_file_actions_t(), posix_spawnattr_t())
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.number, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors.number, STDERR_FILENO)
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var processID: pid_t = 0
        let variables = command.environment.map { "\($0.key)=\($0.value)" }
        let failure = withCStrings([command.executable] + command.arguments) { arguments in
            withCStrings(variables) { environment in
                posix_spawn(&processID, command.executable, &actions, &attributes, arguments, environment)
            }
        }
        guard failure == 0 else { throw SystemError(errno: failure, operation: "start", path: command.executable) }
        return processID
    }

    /// Calls `body` with a list of C strings that ends with a null pointer.
    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let pointers = strings.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }
}

/// The folder of the running program, where what is built with it lies too.
package func productFolder() throws -> String {
    let location = try Descriptor(opening: "/proc/self/exe", O_RDONLY)
    let path = String(decoding: try location.resolvedPath(), as: UTF8.self)
    return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
}
