// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct WatchResume: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Refresh a resource again.",
        usage: "ov task watch resume KEY",
        discussion: Discussion.text(
            "Wakes a watch that is paused or suspended. If it is overdue, it is due now.",
            examples: ["ov task watch resume viking://resources/docs"]))

    @OptionGroup var argument: WatchKeyArgument
    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let key = try WatchKey(parsing: argument.key)
        let patch = WatchPatch(isActive: true)
        let view = try await context.withPlane { try await $0.updateWatch(key, patch, as: context.caller) }
        try context.show(view) { view.summary(now: context.clock.now()) }
    }
}
