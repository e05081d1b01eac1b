// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct ReadCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "Print documents.",
        usage: "ov read URI ... [--offset LINES] [--limit LINES]",
        discussion: Discussion.text(
            "Prints text, whole or some of its lines. For the bytes of any document: `ov get`.",
            examples: [
                "ov read viking://resources/docs/guide.md",
                "ov read viking://resources/docs/guide.md --offset 100 --limit 20",
            ]))

    @OptionGroup var targets: DocumentArguments

    @Option(help: ArgumentHelp("How many lines to leave out at the beginning.", valueName: "lines"))
    var offset: Int = 0

    @Option(help: ArgumentHelp("At most so many lines.", valueName: "lines"))
    var limit: Int?

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let range = LineRange(offset: offset, limit: limit)
        let texts = try await context.withPlane { plane in
            try await targets.texts { try await plane.read($0, range, as: context.caller) }
        }
        try context.show(texts)
    }
}
