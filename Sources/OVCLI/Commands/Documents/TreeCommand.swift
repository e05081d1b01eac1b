// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct TreeCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "tree",
        abstract: "Draw a folder and everything below it.",
        usage: "ov tree [URI] [-L LEVELS] [--limit COUNT]",
        discussion: Discussion.text(
            "Without a URI: what everybody of the account may read.",
            examples: ["ov tree", "ov tree viking://resources/docs -L 2"]))

    @Argument(help: ArgumentHelp("The folder.", valueName: "uri"))
    var uri: String = VikingURI.resources.text

    @Option(name: [.customShort("L"), .long], help: ArgumentHelp("At most so many levels.", valueName: "levels"))
    var levels: Int?

    @Option(help: ArgumentHelp("At most so many entries.", valueName: "count"))
    var limit: Int?

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let options = ListOptions(recursive: true, nodeLimit: limit, levelLimit: levels)
        let list = try await context.withPlane { try await $0.entries(of: uri, options, as: context.caller) }
        try context.show(JSONArray(list.entries)) { .text(TreeDrawing(root: uri, entries: list.entries).text) }
        if list.hasMore { try context.note("there are more entries: raise --limit or --levels") }
    }
}
