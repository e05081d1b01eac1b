// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVCore

struct ManualCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual",
        abstract: "Write the manual pages.",
        usage: "ov manual --output DIR",
        discussion: Discussion.text(
            "Makes them from the definitions of the commands.", examples: ["ov manual --output man"]),
        shouldDisplay: false)

    @Option(name: .long, help: ArgumentHelp("The folder to write them to.", valueName: "dir"))
    var output: String

    func run(in context: CommandContext) async throws {
        for page in try Manual.pages() {
            let file = try ExportedFile(path: output, name: page.fileName, in: context.workingDirectory)
            try file.write(Array(page.text.utf8), replacing: true)
            try context.note(file.path)
        }
    }
}
