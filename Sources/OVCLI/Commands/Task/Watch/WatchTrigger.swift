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
            Runs where a server of the store is, else in this process, and fails if a run failed. A watch that is running gets one follow-up run, which is \
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
        try await context.withRuns { opened in
            let plane = opened.plane
            let answer = try await request.send(to: plane, in: context)
            for error in answer.refused { context.report(error) }
            if !wait, !answer.accepted.isEmpty {
                for receipt in answer.accepted { try context.show(receipt) { receipt.display } }
                if opened.executesRuns, !request.isDue { return try finish(answer, []) }
                // What is due starts one after the other, so somebody has to wait for it, whoever executes it.
                let place = opened.executesRuns ? "at the server, one after the other" : "in this process until it ends"
                try context.note("\(opened.executesRuns ? "" : "no server is running: ")the refresh goes on \(place)")
            }
            let refill: @Sendable () async throws -> [TaskID] = {
                let more = try await request.sendDue(to: plane, in: context, atMost: 1)
                if !wait { for receipt in more { try context.show(receipt) { receipt.display } } }
                return more.map(\.run)
            }
            let monitor = RunMonitor(context: context, plane: plane)
            let ended = try await monitor.wait(
                for: answer.accepted.map(\.run), refill: request.isDue ? refill : nil
            ) { view in
                if wait { try context.show(view) { view.line } }
                if let failure = view.failure() { context.report(failure) }
            }
            try finish(answer, ended)
        }
    }

    /// Fails when something was refused or has failed, all of which has been said.
    private func finish(_ answer: TriggerRequest.Answer, _ ended: [TaskView]) throws {
        if let refusal = answer.refused.first { throw SilentExit(status: refusal.code.exitStatus) }
        guard ended.allSatisfy({ $0.failure() == nil }) else { throw SilentExit(status: ExitStatus.failure) }
    }
}
