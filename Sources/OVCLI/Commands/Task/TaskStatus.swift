// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct TaskStatus: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show one execution.",
        usage: "ov task status ID",
        discussion: Discussion.text(
            "Shows how far it is, what it found, or why it failed.",
            examples: ["ov task status 7f02e980-8df9-4f27-a570-4d8428cbed8a"]))

    @Argument(help: ArgumentHelp("The id of the execution.", valueName: "id"))
    var id: String

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let view = try await context.withPlane { try await $0.task(id, as: context.caller) }
        try context.show(view) { view.display(now: context.clock.now()) }
    }
}
