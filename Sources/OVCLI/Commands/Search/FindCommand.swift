// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct FindCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "find",
        abstract: "Find the passages that fit a query best.",
        usage: "ov find QUERY ... [--in URI] [--limit COUNT]",
        discussion: Discussion.text(
            """
            A passage is a section of a document. Words are ranked: the best passages have most of them. Also: \
            "a phrase" and +word, which have to be there; -word, which must not; begin*, for words that begin so; \
            title:word; path:part or path:GLOB; type:markdown or type:md. Words find their other forms, too \
            (connect, connected), and identifiers are found whole and by their parts. In snippets what was found \
            stands between **. Put a query with a leading '-' behind '--'.
            """,
            examples: [
                "ov find how do watches retry", "ov find '\"exit status\" path:man' --limit 3",
                "ov find parseHTTPHeader --in viking://resources/src",
            ]))

    @Argument(help: ArgumentHelp("What to look for.", valueName: "query"))
    var query: [String]

    @Option(
        name: .customLong("in"), parsing: .singleValue,
        help: ArgumentHelp("Look only here; may be given several times.", valueName: "uri"))
    var targets: [String] = []

    @Option(help: ArgumentHelp("At most so many passages.", valueName: "count"))
    var limit: Int = 10

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let query = FindQuery(text: query.joined(separator: " "), targets: targets, limit: limit)
        let result = try await context.withPlane { try await $0.find(query, as: context.caller) }
        try context.show(result) { result.display(now: context.clock.now()) }
        guard !context.isJSON else { return }
        for missed in result.missed { try context.note(missed.words) }
    }
}
