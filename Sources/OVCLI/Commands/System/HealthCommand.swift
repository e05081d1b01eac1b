// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct HealthCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Say whether the store works.",
        usage: "ov health",
        discussion: Discussion.text(
            "Probes the store for real. Exits with 1 when something is wrong.", examples: ["ov health"]))

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let report = try await context.withPlane { try await $0.health() }
        try context.show(report) { report.display }
        guard report.isHealthy else { throw SilentExit(status: ExitStatus.failure) }
    }
}
