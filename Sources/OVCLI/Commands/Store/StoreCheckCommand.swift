// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct StoreCheckCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Verify the state, every pack and every digest.",
        usage: "ov store check",
        discussion: Discussion.text(
            "Changes nothing. Exits with 1 when something is damaged.",
            examples: ["ov store check", "ov store check -o json"]))

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let report = try await context.withMaintenance { maintenance in
            let (steps, inbox) = AsyncStream.makeStream(of: String.self)
            async let said: Void = show(steps, in: context)
            do {
                let report = try await maintenance.check { inbox.yield($0) }
                inbox.finish()
                try await said
                return report
            } catch {
                inbox.finish()
                throw error
            }
        }
        try context.show(report) { report.display }
        guard report.isSound else { throw SilentExit(status: ExitStatus.failure) }
    }

    /// A line that is redrawn on a terminal; elsewhere a line each, for those who want to hear that much.
    private func show(_ steps: AsyncStream<String>, in context: CommandContext) async throws {
        let width = context.diagnostics.terminal.flatMap { $0.isCapable ? $0.width : nil }
        for await step in steps where !context.settings.isQuiet {
            if let width {
                let line = DisplayText.shorteningEnd("checking \(DisplayText.line(step))", to: width - 1)
                try context.diagnostics.write("\r\u{1B}[K" + line)
            } else if context.settings.verbosity > 0 {
                try context.note("checking \(step)")
            }
        }
        if width != nil, !context.settings.isQuiet { try context.diagnostics.write("\r\u{1B}[K") }
    }
}
