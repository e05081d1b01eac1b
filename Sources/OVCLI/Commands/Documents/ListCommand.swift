// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct ListCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List what lies in a folder.",
        usage: "ov ls [URI] [-r] [--abstracts] [--limit COUNT]",
        discussion: Discussion.text(
            "Without a URI: what everybody of the account may read.",
            examples: ["ov ls", "ov ls viking://resources/docs -r", "ov ls viking://~/resources -o json"]),
        aliases: ["list"])

    @Argument(help: ArgumentHelp("The folder.", valueName: "uri"))
    var uri: String = VikingURI.resources.text

    @Flag(name: .shortAndLong, help: "Everything below, not only what lies directly there.")
    var recursive = false

    @Flag(help: "Show the first paragraph of each document too.")
    var abstracts = false

    @Option(help: ArgumentHelp("At most so many entries.", valueName: "count"))
    var limit: Int?

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let options = ListOptions(recursive: recursive, nodeLimit: limit, abstracts: abstracts)
        let list = try await context.withPlane { try await $0.entries(of: uri, options, as: context.caller) }
        try context.show(JSONArray(list.entries)) {
            list.display(of: uri, now: context.clock.now(), abstracts: abstracts)
        }
        if list.hasMore { try context.note("there are more entries: raise --limit") }
    }
}
