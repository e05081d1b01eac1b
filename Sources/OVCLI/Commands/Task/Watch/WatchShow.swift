// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct WatchShow: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one watch task.",
        usage: "ov task watch show KEY",
        discussion: Discussion.text(
            "Shows its schedule, its source and what became of its runs.",
            examples: ["ov task watch show viking://resources/docs"]))

    @OptionGroup var argument: WatchKeyArgument
    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let key = try WatchKey(parsing: argument.key)
        let view = try await context.withPlane { try await $0.watch(key, as: context.caller) }
        try context.show(view) { view.display(now: context.clock.now()) }
    }
}
