// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct ChangesCommand: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "changes",
        abstract: "Say what has changed since you last looked.",
        usage: "ov changes [URI] [--since CURSOR | --as NAME] [--limit COUNT]",
        discussion: Discussion.text(
            """
            Lists each document that has changed since the cursor once, in its newest state, removed ones included; \
            of changed ones the sections that differ. Without a cursor: the cursor of now, to begin with.

            With --as the store keeps your place under a name of your own, once the list is printed. The first time \
            there is nothing to list: from then on nothing is missed. With --since too, that is where you go on.

            Exit status 1 and CURSOR_TOO_OLD: what was removed since is no longer known. Read anew what you keep, and \
            go on from the cursor that the message names.
            """,
            examples: [
                "ov changes --as nightly-report", "ov changes viking://resources/docs --as nightly-report",
                "ov changes --since 1x2y3z.1.204 -o json",
            ]))

    @Argument(help: ArgumentHelp("Only what is at or below this address.", valueName: "uri"))
    var uri: String?

    @Option(help: ArgumentHelp("Go on where an answer ended.", valueName: "cursor"))
    var since: String?

    @Option(name: .customLong("as"), help: ArgumentHelp("Have your place kept under this name.", valueName: "name"))
    var reader: String?

    @Option(help: ArgumentHelp("At most so many documents, up to 1000.", valueName: "count"))
    var limit: Int = ChangeQuery.defaultLimit

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let query = ChangeQuery(since: since, uri: uri, limit: limit, reader: reader)
        try await context.withPlane { plane in
            let page = try await plane.changes(query, as: context.caller)
            try context.show(page) { page.display(now: context.clock.now(), isReader: reader != nil) }
            guard let reader else {
                return try context.note("go on with --since \(page.nextCursor)\(page.hasMore ? ", there is more" : "")")
            }
            // Only now: whoever is interrupted before has to be told again.
            _ = try await plane.keepPlace(
                ReaderPlace(reader: reader, uri: uri, cursor: page.nextCursor), as: context.caller)
            if page.hasMore { try context.note("there is more: run it again") }
        }
    }
}
