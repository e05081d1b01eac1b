// SPDX-License-Identifier: Apache-2.0

internal import COVSystem
import Glibc
internal import Synchronization

/// How programs are started that must not outlive this process.
package struct Supervisor: Hashable, Sendable {
    /// The executable that is called with `--supervise`, see `ChildSupervisor`.
    package let executable: String

    package init(executable: String) { self.executable = executable }

    /// The running program itself, also when its file has been replaced.
    package static let ownExecutable = Supervisor(executable: "/proc/self/exe")
}

/// A running supervisor with its program: ended and waited for at the latest when the last reference goes away.
final class SupervisedProcess: Sendable {
    /// Our end of the lifeline: hung up when the supervisor has ended, and with it all that it answers for.
    let lifeline: Descriptor
    private let process: pid_t
    /// As `waitpid` gives it. The lock is held while it is waited for, so that nobody waits twice.
    private let status = Mutex<Int32?>(nil)

    /// - Parameter descriptors: standard input, output and error of the program.
    /// - Throws: `SystemError` when the supervisor cannot be started.
    init(_ command: ChildProgram.Command, under supervisor: Supervisor, descriptors: [Descriptor])
        throws(SystemError)
    {
        let words = [supervisor.executable, ChildSupervisor.option, "3", "--", command.executable] + command.arguments
        let variables = command.environment.map { "\($0.key)=\($0.value)" }
        guard !(words + variables + [command.workingDirectory ?? ""]).contains(where: { $0.utf8.contains(0) }) else {
            throw SystemError(errno: EINVAL, operation: "start", path: command.executable)
        }
        let (own, other) = try Self.socketPair()
        lifeline = own
        var process: pid_t = 0
        let failure = withCStrings(words) { words in
            withCStrings(variables) { variables in
                ov_spawn(
                    &process, supervisor.executable, words, variables, (descriptors + [other]).map(\.number), 4,
                    command.workingDirectory, 1)
            }
        }
        guard failure == 0 else {
            // Neither says which it was, so the folder is looked at again.
            let path = command.workingDirectory.flatMap { (try? FileStatus(of: $0)) == nil ? $0 : nil }
            throw SystemError(errno: failure, operation: "start", path: path ?? supervisor.executable)
        }
        self.process = process
    }

    deinit {
        cut()
        _ = wait()
    }

    /// Lets the supervisor end everything. Returns at once.
    func cut() { shutdown(lifeline.number, Int32(SHUT_WR)) }

    /// Waits for the end, which does not come by itself unless the program ends. As `waitpid` gives it.
    func wait() -> Int32 {
        status.withLock { known in
            if let known { return known }
            var status: Int32 = 0
            let result = retryingInterrupts { waitpid(process, &status, 0) }
            known = result == process ? status : SIGKILL
            return known ?? SIGKILL
        }
    }

    private static func socketPair() throws(SystemError) -> (Descriptor, Descriptor) {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw .last("create", "a pair of sockets") }
        return (Descriptor(adopting: ends[0], path: "lifeline"), try above(ends[1], "lifeline"))
    }

    /// A pipe of which no end is inherited.
    static func pipe(_ name: String) throws(SystemError) -> (reading: Descriptor, writing: Descriptor) {
        var ends: [Int32] = [-1, -1]
        guard ov_pipe(&ends) == 0 else { throw .last("create", "a pipe") }
        let reading = Descriptor(adopting: ends[0], path: name)
        let writing = Descriptor(adopting: ends[1], path: name)
        return (try above(reading), try above(writing))
    }

    private static func above(_ number: Int32, _ path: String) throws(SystemError) -> Descriptor {
        try above(Descriptor(adopting: number, path: path))
    }

    /// The same file under a number that is none of the four which a child gets one after the other, so that none is
    /// overwritten before it is used. Matters only in a process that was started with standard descriptors closed.
    private static func above(_ descriptor: Descriptor) throws(SystemError) -> Descriptor {
        guard descriptor.number < 4 else { return descriptor }
        let number = fcntl(descriptor.number, F_DUPFD_CLOEXEC, 4)
        guard number >= 0 else { throw .last("duplicate", descriptor.path) }
        return Descriptor(adopting: number, path: descriptor.path)
    }
}

/// Calls `body` with a list of C strings that ends with a null pointer.
private func withCStrings<Result>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
    let pointers = strings.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers + [nil])
}
