// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct GlobCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "glob",
        abstract: "Print the addresses of documents whose path fits a pattern.",
        usage: "ov glob PATTERN [URI] [--limit COUNT]",
        discussion: Discussion.text(
            """
            * and ? stand for characters of a name, ** for any folders, [a-z] and [!a-z] for one of some characters, \
            {a,b} for either. Paths are relative to the URI; a pattern without a slash means names at any depth. A \
            leading '!' turns it round.
            """,
            examples: ["ov glob '*.md'", "ov glob 'guide/**/*.{md,txt}' viking://resources/docs"]))

    @Argument(help: ArgumentHelp("What paths are to fit.", valueName: "pattern"))
    var pattern: String

    @Argument(help: ArgumentHelp("The folder or resource to look in.", valueName: "uri"))
    var uri: String = VikingURI.root.text

    @Option(help: ArgumentHelp("At most so many documents.", valueName: "count"))
    var limit: Int?

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let result = try await context.withPlane {
            try await $0.glob(pattern, in: uri, limit: limit, as: context.caller)
        }
        try context.show(result) {
            result.entries.isEmpty
                ? .empty("Nothing fits '\(pattern)' in \(uri).")
                : .text(result.entries.map { DisplayText.line($0.uri.text) + "\n" }.joined())
        }
        if result.hasMore { try context.note("there are more documents: raise --limit") }
    }
}
