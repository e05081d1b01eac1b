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

    /// What became of the requests: one that is refused does not keep the others from running.
    struct Answer: Sendable {
        var accepted: [TriggerReceipt] = []
        var refused: [OVError] = []
    }

    /// Asks for the runs. Of keys that name the same watch, one asks.
    func send(to plane: any ControlPlane, in context: CommandContext) async throws -> Answer {
        var answer = Answer()
        for key in keys {
            do throws(OVError) {
                let receipt = try await plane.triggerWatch(key, acceptingDeletionsOf: accepted, as: context.caller)
                if !answer.accepted.contains(where: { $0.run == receipt.run }) { answer.accepted.append(receipt) }
            } catch {
                answer.refused.append(error)
            }
        }
        guard isDue else { return answer }
        answer.accepted = try await sendDue(to: plane, in: context, atMost: context.settings.limits.concurrentRuns)
        if answer.accepted.isEmpty { try context.note("no watch is due") }
        return answer
    }

    var isDue: Bool { keys.isEmpty }

    /// Starts watches that are due. What another process runs is said once.
    func sendDue(to plane: any ControlPlane, in context: CommandContext, atMost bound: Int) async throws
        -> [TriggerReceipt]
    {
        let due = try await plane.triggerDueWatches(atMost: bound, as: context.caller)
        // What this command has started is not skipped when it is due once more.
        for receipt in due.started { _ = skipped.add(receipt.uri) }
        for uri in due.running where skipped.add(uri) {
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
