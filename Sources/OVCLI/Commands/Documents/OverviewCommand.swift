// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct OverviewCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "overview",
        abstract: "Print the outline of documents.",
        usage: "ov overview URI ...",
        discussion: Discussion.text(
            "Headings with their sizes; for a folder its contents with their titles.",
            examples: ["ov overview viking://resources/docs"]))

    @OptionGroup var targets: DocumentArguments
    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let texts = try await context.withPlane { plane in
            try await targets.texts { try await plane.overview(of: $0, as: context.caller) }
        }
        try context.show(texts)
    }
}
