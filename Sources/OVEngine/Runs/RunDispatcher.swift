// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Hands the runs that this process has accepted to a bounded number of child tasks.
final class RunDispatcher: Sendable {
    enum Submission: Sendable {
        /// Committed as pending; whoever executes it claims it first.
        case pending(TaskID)
        case claimed(TaskRecord)
    }

    private let submissions: AsyncStream<Submission>
    private let input: AsyncStream<Submission>.Continuation

    init() {
        (submissions, input) = AsyncStream.makeStream(of: Submission.self)
    }

    func submit(_ submission: Submission) { input.yield(submission) }

    func finish() { input.finish() }

    /// Executes what is submitted, at most `bound` at a time, until `finish` and the end of the last one.
    func run(atMost bound: Int, _ execute: @escaping @Sendable (Submission) async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            for await submission in submissions {
                if running >= bound {
                    await group.next()
                    running -= 1
                }
                group.addTask { await execute(submission) }
                running += 1
            }
        }
    }
}
