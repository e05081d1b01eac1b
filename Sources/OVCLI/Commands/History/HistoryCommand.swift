// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct HistoryCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the revisions of a resource, newest first.",
        usage: "ov history URI",
        discussion: Discussion.text(
            "Of a document or a folder in a resource: the revisions in which something changed there.",
            examples: ["ov history viking://resources/docs", "ov history viking://resources/docs/guide.md"]))

    @Argument(help: ArgumentHelp("A resource, or something in one.", valueName: "uri"))
    var uri: String

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let history = try await context.withPlane { try await $0.history(of: uri, as: context.caller) }
        try context.show(history) { history.display(now: context.clock.now()) }
        if let words = history.retention { try context.note(words) }
    }
}
