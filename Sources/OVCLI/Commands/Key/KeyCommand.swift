// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Make and revoke the keys of a server.",
        discussion: """
            Without keys a server lets in everybody who reaches it, as root, and listens on the loopback interface \
            only. From the first key on, which must be root's, callers over the network need one, at once and also on \
            a server that runs. Who comes by the socket in the home needs none: the files are theirs.

            A root acts for everybody, an admin for its account, a user for itself. A user belongs to one account.
            """,
        subcommands: [KeyCreateCommand.self, KeyListCommand.self, KeyRevokeCommand.self])
}
