// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct WatchPause: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stop refreshing a resource for now.",
        usage: "ov task watch pause KEY",
        discussion: Discussion.text(
            "Keeps the interval. A paused watch can still be triggered.",
            examples: ["ov task watch pause viking://resources/docs"]))

    @OptionGroup var argument: WatchKeyArgument
    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let key = try WatchKey(parsing: argument.key)
        let patch = WatchPatch(isActive: false)
        let view = try await context.withPlane { try await $0.updateWatch(key, patch, as: context.caller) }
        try context.show(view) { view.summary(now: context.clock.now()) }
    }
}
