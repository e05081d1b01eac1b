// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct WatchUpdate: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Change the interval, the state or the notes of a watch task.",
        usage: """
            ov task watch update KEY [--interval MINUTES] [--active true|false]
                                 [--reason TEXT] [--instruction TEXT]
            """,
        discussion: Discussion.text(
            "Needs at least one of the options; what is not named stays. Changing the interval does not wake a watch.",
            examples: [
                "ov task watch update viking://resources/docs --interval 360",
                "ov task watch update viking://resources/docs --active false",
            ]))

    @OptionGroup var argument: WatchKeyArgument

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Refresh every so many minutes.", valueName: "minutes"))
    var interval: Double?

    @Option(help: ArgumentHelp("Whether it is refreshed: true or false.", valueName: "true|false"))
    var active: Bool?

    @Option(help: ArgumentHelp("Why it is here.", valueName: "text"))
    var reason: String?

    @Option(help: ArgumentHelp("What to do with it.", valueName: "text"))
    var instruction: String?

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let key = try WatchKey(parsing: argument.key)
        let patch = WatchPatch(interval: interval, isActive: active, reason: reason, instruction: instruction)
        guard patch != WatchPatch() else {
            throw OVError(
                .invalidArgument, "nothing to change",
                hint: "give at least one of --interval, --active, --reason, --instruction")
        }
        if let interval, interval <= 0 {
            throw OVError.invalidField(
                ["watch_interval"],
                "the interval must be greater than 0 minutes; to stop the watch: `ov task watch pause \(key)`",
                type: "greater_than")
        }
        if let interval { _ = try Interval(minutes: interval) }
        let view = try await context.withPlane { try await $0.updateWatch(key, patch, as: context.caller) }
        try context.show(view) { view.summary(now: context.clock.now()) }
    }
}
