// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct DiffCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what differs between two revisions.",
        usage: "ov diff URI [--from REVISION] [--to REVISION] [--names | --stat | --unified | --sections]",
        discussion: Discussion.text(
            """
            Without revisions: what the last one changed. A revision is named as `ov history` names it, by its number, \
            or as latest, latest~1 and so on. Renamed documents are recognised by their bytes, then by their lines.
            """,
            examples: [
                "ov diff viking://resources/docs", "ov diff viking://resources/docs --from 3 --unified",
                "ov diff viking://resources/docs/guide.md --from latest~2 --sections",
            ]))

    @Argument(help: ArgumentHelp("A resource, or something in one.", valueName: "uri"))
    var uri: String

    @Option(help: ArgumentHelp("The earlier revision; else the one before --to.", valueName: "revision"))
    var from: String?

    @Option(help: ArgumentHelp("The later revision; else the current one.", valueName: "revision"))
    var to: String?

    @Flag(help: "Only which documents.")
    var names = false

    @Flag(help: "Sizes and counts of lines. This is what is shown without any of these.")
    var stat = false

    @Flag(help: "The lines, as `diff -u` writes them.")
    var unified = false

    @Flag(help: "The sections, under their headings.")
    var sections = false

    @OptionGroup var global: GlobalOptions

    private var formats: [DiffQuery.Format] {
        let chosen: [(Bool, DiffQuery.Format)] = [
            (names, .names), (stat, .stat), (unified, .unified), (sections, .sections),
        ]
        return chosen.filter(\.0).map(\.1)
    }

    func validate() throws {
        guard formats.count <= 1 else {
            throw ValidationError("--names, --stat, --unified and --sections exclude one another.")
        }
    }

    func run(in context: CommandContext) async throws {
        let query = DiffQuery(uri: uri, from: from, to: to, format: formats.first ?? .stat)
        let diff = try await context.withPlane { try await $0.diff(query, as: context.caller) }
        try context.show(diff) { diff.display(isTerminal: context.output.terminal != nil) }
        try context.note("\(diff.from ?? "nothing") to \(diff.to): \(diff.summary)")
        if !diff.isComplete { try context.note("too much for one answer: ask for a part of it (ov diff URI/…)") }
    }
}
