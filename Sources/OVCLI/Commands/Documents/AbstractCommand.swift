// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct AbstractCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "abstract",
        abstract: "Print the first paragraph of documents.",
        usage: "ov abstract URI ...",
        discussion: Discussion.text(
            "For a folder: a line for each of its entries.",
            examples: ["ov abstract viking://resources/docs/guide.md"]))

    @OptionGroup var targets: DocumentArguments
    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let texts = try await context.withPlane { plane in
            try await targets.texts { try await plane.abstract(of: $0, as: context.caller) }
        }
        try context.show(texts)
    }
}
