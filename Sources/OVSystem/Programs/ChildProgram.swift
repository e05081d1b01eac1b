// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A program that runs for us: nothing that it starts outlives it, this process, or the task that runs it.
///
///     let text = try await ChildProgram.run(command, under: supervisor) { program in
///         while case let bytes = try await program.read(), !bytes.isEmpty { … }
///         return try await program.finish()
///     }
///
/// Each has a thread of its own, on which it waits; so neither the caller's threads nor other programs are held up,
/// however many run. It is for one task at a time.
package actor ChildProgram {
    package struct Command: Sendable {
        /// Absolute: no search path is asked.
        package var executable: String
        package var arguments: [String]
        /// All of it: nothing is inherited.
        package var environment: [String: String]
        /// This process's, when nil.
        package var workingDirectory: String?
        /// Standard input, whole.
        package var input: [UInt8]
        /// For how long it may neither read nor write before it is ended.
        package var idleLimit: Duration

        package init(
            _ executable: String, _ arguments: [String], environment: [String: String] = [:],
            workingDirectory: String? = nil, input: [UInt8] = [], idleLimit: Duration = .seconds(30)
        ) {
            self.executable = executable
            self.arguments = arguments
            self.environment = environment
            self.workingDirectory = workingDirectory
            self.input = input
            self.idleLimit = idleLimit
        }
    }

    package enum Failure: Error, Hashable, Sendable {
        /// It could not be started.
        case notStarted(SystemError)
        /// It neither read nor wrote for longer than it may.
        case idle(Duration)
        /// It wrote more than the caller is ready to take, in bytes.
        case tooMuchOutput(limit: Int)
    }

    /// How it ended, and what it said on standard error.
    package struct Outcome: Hashable, Sendable {
        package enum End: Hashable, Sendable {
            case exited(status: Int32)
            case killed(signal: Int32)
        }

        package let end: End
        /// Where it is long, its beginning and its end.
        package let errors: [UInt8]

        package var isSuccess: Bool { end == .exited(status: 0) }
    }

    /// Bytes of standard error that are kept: so many of the beginning, and so many of the end.
    package static let keptErrors = 8 << 10

    private let executor: ThreadExecutor
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let process: SupervisedProcess
    private let executable: String
    private var pump: ProgramPump

    /// - Throws: `Failure.notStarted`.
    private init(_ command: Command, under supervisor: Supervisor) throws(Failure) {
        do {
            let input = try SupervisedProcess.pipe("standard input")
            let output = try SupervisedProcess.pipe("standard output")
            let errors = try SupervisedProcess.pipe("standard error")
            process = try SupervisedProcess(
                command, under: supervisor, descriptors: [input.reading, output.writing, errors.writing])
            pump = try ProgramPump(
                input: input.writing, output: output.reading, errors: errors.reading, lifeline: process.lifeline,
                pending: command.input, idleLimit: command.idleLimit)
        } catch {
            throw .notStarted(error)
        }
        executable = command.executable
        executor = ThreadExecutor()
    }

    /// Starts a program, and has ended it when this returns, however it returns.
    /// - Throws: `Failure`, `CancellationError`, what `body` throws.
    package static func run<Result: Sendable>(
        _ command: Command, under supervisor: Supervisor,
        _ body: @Sendable (ChildProgram) async throws -> Result
    ) async throws -> Result {
        try Task.checkCancellation()
        let program = try ChildProgram(command, under: supervisor)
        do {
            let result = try await body(program)
            await program.end()
            return result
        } catch {
            await program.end()
            throw error
        }
    }

    /// Runs a program to its end and takes all that it writes.
    /// - Throws: `Failure`, `CancellationError`.
    package static func output(of command: Command, under supervisor: Supervisor, atMost limit: Int) async throws
        -> (bytes: [UInt8], outcome: Outcome)
    {
        try await run(command, under: supervisor) { program in
            var bytes: [UInt8] = []
            while case let part = try await program.read(), !part.isEmpty {
                guard bytes.count + part.count <= limit else { throw Failure.tooMuchOutput(limit: limit) }
                bytes += part
            }
            return (bytes, try await program.finish())
        }
    }

    /// The next bytes of standard output, as soon as there are any; empty at its end.
    /// - Throws: `Failure`, `CancellationError`.
    package func read(atMost count: Int = 1 << 16) async throws -> [UInt8] {
        try await untilCancelled { try self.pump.read(atMost: count) }
    }

    /// Waits for the end. What is still written to standard output is thrown away.
    /// - Throws: `Failure`, `CancellationError`.
    package func finish() async throws -> Outcome {
        try await untilCancelled { while try !self.pump.read(atMost: 1 << 16).isEmpty {} }
        try await untilCancelled { try self.pump.drain() }
        let status = process.wait()
        if let failure = pump.reportedFailure {
            throw Failure.notStarted(SystemError(errno: failure, operation: "start", path: executable))
        }
        let signal = status & 0x7F
        return Outcome(
            end: signal == 0 ? .exited(status: status >> 8 & 0xFF) : .killed(signal: signal),
            errors: pump.kept.bytes)
    }

    /// Ends it with everything that it has started, and waits for that.
    package func end() {
        process.cut()
        pump.close()
        _ = process.wait()
    }

    /// Runs what waits for the program; a cancellation ends the program, and thereby the waiting.
    private func untilCancelled<Result>(_ body: () throws -> Result) async throws -> Result {
        let process = process
        let result = try await withTaskCancellationHandler {
            try body()
        } onCancel: {
            process.cut()
        }
        try Task.checkCancellation()
        return result
    }
}
