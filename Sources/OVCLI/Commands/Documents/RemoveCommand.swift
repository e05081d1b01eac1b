// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct RemoveCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Remove a resource.",
        usage: "ov rm URI [-r]",
        discussion: Discussion.text(
            """
            Removes its documents and suspends its watch. A part of a resource cannot be removed: ingest it again \
            with --exclude.
            """,
            examples: ["ov rm viking://resources/docs", "ov rm viking://resources/team -r"]))

    @Argument(help: ArgumentHelp("The resource, or with -r a folder above resources.", valueName: "uri"))
    var uri: String

    @Flag(name: .shortAndLong, help: "Every resource below the folder.")
    var recursive = false

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let receipt = try await context.withPlane { plane in
            try await plane.remove(uri, recursively: recursive, as: context.caller)
        }
        try context.show(receipt) { receipt.display }
        for watch in receipt.suspendedWatches { try context.note("its watch \(watch) is suspended") }
    }
}
