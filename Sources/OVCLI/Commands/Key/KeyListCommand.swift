// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct KeyListCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List keys, oldest first.",
        usage: "ov key ls",
        discussion: Discussion.text(
            "Shows for each its id and for whom it acts. The keys themselves are not kept.",
            examples: ["ov key ls", "ov key ls -o json"]),
        aliases: ["list"])

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let keys = try await context.withMaintenance { try await $0.keys() }
        try context.show(JSONArray(keys)) { keys.display(now: context.clock.now()) }
    }
}
