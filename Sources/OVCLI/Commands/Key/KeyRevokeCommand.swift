// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct KeyRevokeCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Make a key worthless.",
        usage: "ov key revoke ID",
        discussion: Discussion.text(
            """
            At once, also for a server that runs. The last root key cannot be revoked while a server runs, nor while \
            there are other keys; when it is the last key of all, the next server lets in everybody again.
            """,
            examples: ["ov key revoke k3x7m2p9qa"]))

    @Argument(help: ArgumentHelp("The id of the key, or the key.", valueName: "id"))
    var key: String

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        guard let id = KeyID(key) ?? KeyText(key)?.id else {
            // Not repeated: it may be a key with something wrong about it.
            throw OVError(.invalidArgument, "that is no id of a key", hint: "`ov key ls` lists them")
        }
        let revoked = try await context.withMaintenance { try await $0.revokeKey(id) }
        try context.show(revoked) { .text("\(revoked.id)  revoked\n") }
        if revoked.wasLast { try context.note("no keys are left: the next server lets in everybody who reaches it") }
    }
}
