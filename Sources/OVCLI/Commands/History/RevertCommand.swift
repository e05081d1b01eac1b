// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct RevertCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "revert",
        abstract: "Give a resource the documents of an earlier revision again.",
        usage: "ov revert URI --to REVISION",
        discussion: Discussion.text(
            """
            Makes a new revision; those in between stay. The source is not touched: the next refresh brings back what \
            it has, so pause the watch if the earlier state is to last.
            """,
            examples: [
                "ov revert viking://resources/docs --to r3-9f2c4e1a", "ov revert viking://resources/docs --to latest~1",
            ]))

    @Argument(help: ArgumentHelp("The resource.", valueName: "uri"))
    var uri: String

    @Option(help: ArgumentHelp("The revision whose documents it gets.", valueName: "revision"))
    var to: String

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let receipt = try await context.withPlane { try await $0.revert(uri, to: to, as: context.caller) }
        try context.show(receipt) { receipt.display }
        if receipt.task != nil { try context.note(receipt.outlook) }
    }
}
