// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct KeyCreateCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a key, and print it this once.",
        usage: "ov key create --role ROLE [--account NAME] [--user NAME]",
        discussion: Discussion.text(
            """
            The key alone is printed on standard output; what it is good for is said on standard error. It is not kept \
            anywhere: who loses it makes another one and revokes it. --account and --user say whose it is; both are \
            'default' when nothing else is said.
            """,
            examples: [
                "ov key create --role root",
                "KEY=$(ov key create --role user --account team --user ann)",
                "ov key create --role admin --account team --user head -o json",
            ]))

    @Option(name: .long, help: ArgumentHelp("What its holder may do: root, admin or user.", valueName: "role"))
    var role: Role

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let owner = context.caller.owner
        let created = try await context.withMaintenance { try await $0.createKey(role: role, owner: owner) }
        try context.show(created) { .text(created.text.text + "\n") }
        try context.note("key \(created.view.key.id): \(created.view.words); it is not shown again")
        if created.isFirst { try context.note("from now on callers over the network need a key") }
    }
}

extension Role: ExpressibleByArgument {}
