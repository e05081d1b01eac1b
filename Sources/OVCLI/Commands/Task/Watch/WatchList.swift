// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct WatchList: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List watch tasks, oldest first.",
        usage: "ov task watch ls [--active-only]",
        discussion: Discussion.text(
            "Shows for each whether it is active, when it runs next, and what became of its last run.",
            examples: ["ov task watch ls", "ov task watch ls --active-only -o json"]),
        aliases: ["list"])

    @Flag(name: .customLong("active-only"), help: "Leave out what is paused or suspended.")
    var activeOnly = false

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let query = WatchQuery(activeOnly: activeOnly)
        let page = try await context.withPlane { try await $0.watches(query, as: context.caller) }
        try context.show(page) { page.display(now: context.clock.now(), activeOnly: activeOnly) }
    }
}
