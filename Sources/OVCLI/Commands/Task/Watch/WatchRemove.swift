// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct WatchRemove: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Remove a watch task; the content stays.",
        usage: "ov task watch rm KEY",
        discussion: Discussion.text(
            "Cancels what is pending for it. To remove the content too: `ov rm URI`.",
            examples: ["ov task watch rm viking://resources/docs"]))

    @OptionGroup var argument: WatchKeyArgument
    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let key = try WatchKey(parsing: argument.key)
        let deleted = try await context.withPlane { try await $0.deleteWatch(key, as: context.caller) }
        try context.show(deleted) { .text("removed the watch of \(deleted.uri)\n") }
    }
}
