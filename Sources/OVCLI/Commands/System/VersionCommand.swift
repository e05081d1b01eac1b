// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVCore

struct VersionCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Print the version.",
        usage: "ov version",
        discussion: Discussion.text("The version of this program.", examples: ["ov version"]))
    static let needsSettings = false

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let version = JSONBlock { $0.object { $0.member("version", productVersion) } }
        try context.show(version) { .text("ov \(productVersion)\n") }
    }
}
