// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Look after the store's files.",
        subcommands: [StoreCheckCommand.self, StoreRepairCommand.self, StoreCompactCommand.self])
}
