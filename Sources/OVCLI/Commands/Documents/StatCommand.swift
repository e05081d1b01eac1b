// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct StatCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "stat",
        abstract: "Show size, type and freshness of documents or folders.",
        usage: "ov stat URI ...",
        discussion: Discussion.text(
            "Says when each was last checked against its source, and when it last changed.",
            examples: ["ov stat viking://resources/docs/guide.md"]))

    @OptionGroup var targets: DocumentArguments
    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let entries = try await context.withPlane { plane in
            var entries: [Entry] = []
            for uri in targets.uris { entries.append(try await plane.stat(uri, as: context.caller)) }
            return entries
        }
        if context.isJSON, entries.count > 1 { return try context.show(JSONArray(entries)) { .empty("") } }
        for entry in entries { try context.show(entry) { entry.display(now: context.clock.now()) } }
    }
}

/// The documents or folders that a command is about.
struct DocumentArguments: ParsableArguments {
    @Argument(help: ArgumentHelp("Documents or folders.", valueName: "uri"))
    var uris: [String]
}
