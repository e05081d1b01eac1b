// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct StatusCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what the store holds and who is at work on it.",
        usage: "ov status",
        discussion: Discussion.text(
            "Counts resources, watches and executions, and says when the next run is due.",
            examples: ["ov status", "ov --home /srv/ov status -o json"]))

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let report = try await context.withPlane { try await $0.status(as: context.caller) }
        try context.show(report) { report.display(now: context.clock.now()) }
    }
}
