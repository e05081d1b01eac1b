// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import Synchronization

/// Which watches are to be refreshed.
struct TriggerRequest: Sendable {
    /// Empty for all that are due.
    let keys: [WatchKey]
    /// The held execution whose losses are accepted.
    let accepted: TaskID?
    private let skipped = SkippedWatches()

    /// - Throws: `INVALID_ARGUMENT` unless there are either keys or `isDue`, `INVALID_URI`.
    init(keys: [String], isDue: Bool, acceptedDeletions: String?) throws(OVError) {
        if isDue, !keys.isEmpty {
            throw OVError(.invalidArgument, "--due means every watch that is due; leave out the keys or --due")
        }
        guard isDue || !keys.isEmpty else {
            throw OVError(.invalidArgument, "which watch?", hint: "name its URI or its id, or say --due")
        }
        var parsed: [WatchKey] = []
        for key in keys { parsed.append(try WatchKey(parsing: key)) }
        self.keys = parsed
        guard let acceptedDeletions else {
            accepted = nil
            return
        }
        guard keys.count == 1 else {
            throw OVError(.invalidArgument, "--accept-deletions goes with exactly one watch")
        }
        guard let task = TaskID(acceptedDeletions) else {
            throw OVError(
                .invalidArgument, "'\(DisplayText.line(acceptedDeletions))' is not the id of an execution",
                hint: "`ov task list --status failed` shows the ids")
        }
        accepted = task
    }

    /// Asks for the runs. Of keys that name the same watch, one asks.
    func send(to plane: any ControlPlane, in context: CommandContext) async throws -> [TriggerReceipt] {
        guard keys.isEmpty else {
            var receipts: [TriggerReceipt] = []
            for key in keys {
                let receipt = try await plane.triggerWatch(key, acceptingDeletionsOf: accepted, as: context.caller)
                if !receipts.contains(where: { $0.run == receipt.run }) { receipts.append(receipt) }
            }
            return receipts
        }
        let receipts = try await sendDue(to: plane, in: context, atMost: context.settings.limits.concurrentRuns)
        if receipts.isEmpty { try context.note("no watch is due") }
        return receipts
    }

    var isDue: Bool { keys.isEmpty }

    /// Starts watches that are due. What another process runs is said once.
    func sendDue(to plane: any ControlPlane, in context: CommandContext, atMost bound: Int) async throws
        -> [TriggerReceipt]
    {
        let due = try await plane.triggerDueWatches(atMost: bound, as: context.caller)
        for uri in due.runningElsewhere where skipped.add(uri) {
            try context.note("skipped \(uri): another process is running it")
        }
        return due.started
    }
}

/// The watches that were named as skipped.
final class SkippedWatches: Sendable {
    private let uris = Mutex<Set<VikingURI>>([])

    /// - Returns: whether it is the first time.
    func add(_ uri: VikingURI) -> Bool { uris.withLock { $0.insert(uri).inserted } }
}

/// How many runs failed, counted where they are reported.
final class FailureCount: Sendable {
    private let count = Mutex(0)

    func add() { count.withLock { $0 += 1 } }

    var isZero: Bool { count.withLock { $0 == 0 } }
}
