// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct StoreCompactCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Rewrite the state and remove what nothing refers to.",
        usage: "ov store compact",
        discussion: Discussion.text(
            "Stores do this by themselves; it frees the space now.", examples: ["ov store compact"]))

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let report = try await context.withMaintenance { try await $0.compact() }
        try context.show(report) { report.display }
    }
}
