// SPDX-License-Identifier: Apache-2.0

import OVCore

extension TaskView {
    /// Why the run did not reach what was asked for; nil when it did.
    package func failure() -> OVError? {
        guard task.status != .completed else { return nil }
        var details: [String: JSONValue] = [
            "task_id": .string(task.id.description), "root_uri": .string(task.uri.text),
        ]
        if let watch = task.watch { details["watch_id"] = .string(watch.description) }
        if let cause = task.error?.cause { details["cause"] = .string(cause) }
        guard task.status == .failed else {
            return OVError(.cancelled, "the run of \(task.uri) was cancelled", details: details)
        }
        let code = task.error.flatMap { OVError.Code(name: $0.code) } ?? .processingError
        if let counts = task.result?.changes, code == .massDeletionHeld {
            details["added"] = .integer(Int64(counts.added))
            details["changed"] = .integer(Int64(counts.changed))
            details["removed"] = .integer(Int64(counts.removed))
            details["unchanged"] = .integer(Int64(counts.unchanged))
        }
        return OVError(
            code, task.error?.message ?? "the run of \(task.uri) failed", hint: task.error?.hint ?? heldHint(code),
            details: details)
    }

    private func heldHint(_ code: OVError.Code) -> String? {
        guard code == .massDeletionHeld, task.watch != nil else { return nil }
        return "if that is right: `ov task watch trigger \(task.uri) --accept-deletions \(task.id)`"
    }

    /// What the run found, in a few words: `updated: 3 added, 1 changed`.
    package var outcome: String {
        guard let result = task.result else { return task.error?.message ?? task.status.rawValue }
        let changes = result.changes
        let parts = [
            (changes.added, "added"), (changes.changed, "changed"), (changes.removed, "removed"),
            (changes.unchanged, "unchanged"),
        ].compactMap { $0.0 > 0 ? "\($0.0) \($0.1)" : nil }
        let outcome = task.status == .failed ? task.error?.message ?? "failed" : result.outcome.rawValue
        return parts.isEmpty ? outcome : "\(outcome): \(parts.joined(separator: ", "))"
    }
}
