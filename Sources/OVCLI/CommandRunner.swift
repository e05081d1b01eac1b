// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Logging
import OVCore
import OVSystem

/// A command that works in a context.
protocol ContextCommand: ParsableCommand {
    func run(in context: CommandContext) async throws
}

/// A command that takes the global options.
protocol GlobalCommand: ContextCommand {
    var global: GlobalOptions { get }
    /// Whether it uses a store, so that the settings for it are read.
    static var needsSettings: Bool { get }
}

extension GlobalCommand {
    static var needsSettings: Bool { true }
}

/// Runs one command line from its words to the exit status.
package struct CommandRunner {
    private var context: CommandContext

    package init(context: CommandContext) { self.context = context }

    /// - Parameter words: the arguments without the program's name.
    package func run(_ words: [String]) async -> Int32 {
        var context = context
        context.settings.format = ArgumentNormalizer.wantsJSON(words) ? .json : .table
        do {
            let normalized = try ArgumentNormalizer(words, root: OV.self)
            guard !normalized.arguments.isEmpty else {
                try context.output.write(OV.welcome)
                return ExitStatus.success
            }
            try await run(parse(normalized), in: &context)
            return ExitStatus.success
        } catch {
            return status(of: error, in: context)
        }
    }

    private func parse(_ words: ArgumentNormalizer) throws -> any ParsableCommand {
        do {
            let command = try OV.parseAsRoot(words.arguments)
            if command is any ContextCommand { return command }
            // What is left are groups and the built-in help: to run them throws their help.
            var group = command
            try group.run()
            return group
        } catch  where OV.exitCode(for: error).isSuccess {
            throw HelpRequest(text: OV.fullMessage(for: error, columns: context.output.terminal?.width ?? 80))
        } catch {
            let command = (["ov"] + words.path).joined(separator: " ")
            let message = OV.message(for: error)
            throw OVError(
                .invalidArgument, message.prefix(1).lowercased() + message.dropFirst(), hint: "see `\(command) --help`")
        }
    }

    private func run(_ command: any ParsableCommand, in context: inout CommandContext) async throws {
        guard let command = command as? any ContextCommand else { return }
        if let command = command as? any GlobalCommand {
            if type(of: command).needsSettings {
                context.settings = try Settings(
                    command.global, environment: context.environment, in: context.workingDirectory)
            } else {
                context.settings.isCompact = command.global.compact
            }
        }
        try await command.run(in: context)
    }

    /// Says what went wrong, unless it has been said, and finds the status.
    private func status(of error: any Error, in context: CommandContext) -> Int32 {
        switch error {
        case let help as HelpRequest:
            return (try? context.output.write(help.text + "\n")) == nil ? ExitStatus.brokenPipe : ExitStatus.success
        case let exit as SilentExit: return exit.status
        case is BrokenPipe: return ExitStatus.brokenPipe
        case is CancellationError: return ExitStatus.interrupted
        case let error as OVError:
            context.report(error)
            return error.code.exitStatus
        case let error as SystemError:
            context.report(OVError(.unavailable, error.description))
            return ExitStatus.failure
        default:
            context.report(OVError(.internal, "unexpected error: \(error)"))
            return OVError.Code.internal.exitStatus
        }
    }
}

/// Somebody asked for help, which is no failure.
private struct HelpRequest: Error {
    let text: String
}
