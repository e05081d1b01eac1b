// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVAPI
import OVCore

struct WatchTrigger: GlobalCommand {
    static let configuration = CommandConfiguration(
        commandName: "trigger",
        abstract: "Refresh watched resources now.",
        usage: """
            ov task watch trigger KEY ... [--wait] [--accept-deletions TASK]
            ov task watch trigger --due [--wait]
            """,
        discussion: Discussion.text(
            """
            Runs in this process and fails if a run failed. A watch that is running gets one follow-up run, which is \
            waited for. With --due, what another process is running is skipped: a line in a crontab needs no server.
            """,
            examples: [
                "ov task watch trigger viking://resources/docs --wait",
                "*/5 * * * * ov -q task watch trigger --due --wait",
            ]))

    @Argument(help: ArgumentHelp("The watches: their viking:// URIs, or their ids.", valueName: "key"))
    var keys: [String] = []

    @Flag(help: "Every watch that is due, instead of named ones.")
    var due = false

    @Flag(help: "Print each run when it has ended, instead of when it was accepted.")
    var wait = false

    @Option(
        name: .customLong("accept-deletions"),
        help: ArgumentHelp("Let through what this held execution would have removed.", valueName: "task"))
    var acceptedDeletions: String?

    @OptionGroup var global: GlobalOptions

    func run(in context: CommandContext) async throws {
        let request = try TriggerRequest(keys: keys, isDue: due, acceptedDeletions: acceptedDeletions)
        try await context.withPlane(executing: true) { plane in
            let receipts = try await request.send(to: plane, in: context)
            if !wait, !receipts.isEmpty {
                for receipt in receipts { try context.show(receipt) { receipt.display } }
                try context.note("no server is running: the refresh goes on in this process until it ends")
            }
            let failures = FailureCount()
            let refill: @Sendable () async throws -> [TaskID] = {
                let more = try await request.sendDue(to: plane, in: context, atMost: 1)
                if !wait { for receipt in more { try context.show(receipt) { receipt.display } } }
                return more.map(\.run)
            }
            try await RunMonitor(context: context, plane: plane).wait(
                for: receipts.map(\.run), refill: request.isDue ? refill : nil
            ) { view in
                if wait { try context.show(view) { view.line } }
                guard let failure = view.failure() else { return }
                failures.add()
                context.report(failure)
            }
            guard failures.isZero else { throw SilentExit(status: ExitStatus.failure) }
        }
    }
}
