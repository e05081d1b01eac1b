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
            async let said: Void = { for await step in steps { try context.note(step) } }()
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
}
