// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct StoreRepairCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Make a damaged store usable again.",
        usage: "ov store repair",
        discussion: Discussion.text(
            "Goes back to the last sound state and says what is lost. The bad files are kept beside it.",
            examples: ["ov store repair"]))

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let report = try await context.withMaintenance { try await $0.repair() }
        try context.show(report) { report.display }
    }
}
