// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct TaskCancel: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "End an execution that is pending or running.",
        usage: "ov task cancel ID",
        discussion: Discussion.text(
            "One that another process runs is 'cancelling' until that process has ended it.",
            examples: ["ov task cancel 7f02e980-8df9-4f27-a570-4d8428cbed8a"]))

    @Argument(help: ArgumentHelp("The id of the execution.", valueName: "id"))
    var id: String

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let view = try await context.withPlane { try await $0.cancelTask(id, as: context.caller) }
        try context.show(view) { .text("\(view.id)  \(view.status.rawValue)\n") }
    }
}
