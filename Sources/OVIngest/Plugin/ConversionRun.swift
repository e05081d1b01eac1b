// SPDX-License-Identifier: Apache-2.0

internal import OVSystem

/// A program that takes a document and writes another one.
struct ConversionRun: Sendable {
    let command: ChildProgram.Command
    let supervisor: Supervisor
    let slots: ProgramSlots
    /// Bytes that it may write.
    let outputLimit: Int

    /// - Throws: `ConversionError`, `CancellationError`.
    func output() async throws -> (bytes: [UInt8], outcome: ChildProgram.Outcome) {
        try await slots.acquire()
        do {
            let result = try await ChildProgram.output(of: command, under: supervisor, atMost: outputLimit)
            slots.release()
            return result
        } catch {
            slots.release()
            throw (error as? ChildProgram.Failure).map(describe) ?? error
        }
    }

    private func describe(_ failure: ChildProgram.Failure) -> any Error {
        switch failure {
        case .notStarted(let error): ConversionError("\(command.executable) cannot be started: \(error.reason)")
        case .idle(let limit):
            ConversionError(
                "\(command.executable) was ended: it has neither read nor written for \(limit.components.seconds) s")
        case .tooMuchOutput(let limit):
            ConversionError("\(command.executable) wrote more than \(limit) bytes, the limit on one document")
        }
    }

    /// It ended with something other than success: in its own words, if it said any.
    func failure(_ outcome: ChildProgram.Outcome) -> ConversionError {
        let words = FetchError.lastWords(outcome.errors)
        let end =
            switch outcome.end {
            case .exited(let status): "ended with status \(status)"
            case .killed(let signal): "was ended by signal \(signal)"
            }
        return ConversionError("\(command.executable) \(end)" + (words.isEmpty ? " and said nothing" : ": \(words)"))
    }
}
