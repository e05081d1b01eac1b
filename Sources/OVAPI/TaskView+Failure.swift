// SPDX-License-Identifier: Apache-2.0

import OVCore

extension TaskView {
    /// Why the run did not reach what was asked for; nil when it did.
    package func failure() -> OVError? {
        guard status != .completed else { return nil }
        var details: [String: JSONValue] = [
            "task_id": .string(id.description), "root_uri": .string(uri.text),
        ]
        if let watch { details["watch_id"] = .string(watch.description) }
        if let cause = error?.cause { details["cause"] = .string(cause) }
        guard status == .failed else {
            return OVError(.cancelled, "the run of \(uri) was cancelled", details: details)
        }
        let code = error.flatMap { OVError.Code(name: $0.code) } ?? .processingError
        if let counts = result?.changes, code == .massDeletionHeld {
            details["added"] = .integer(Int64(counts.added))
            details["changed"] = .integer(Int64(counts.changed))
            details["removed"] = .integer(Int64(counts.removed))
            details["unchanged"] = .integer(Int64(counts.unchanged))
        }
        return OVError(
            code, error?.message ?? "the run of \(uri) failed", hint: error?.hint ?? heldHint(code),
            details: details)
    }

    private func heldHint(_ code: OVError.Code) -> String? {
        guard code == .massDeletionHeld, watch != nil else { return nil }
        return "if that is right: `ov task watch trigger \(uri) --accept-deletions \(id)`"
    }

    /// What the run found, in a few words: `updated: 3 added, 1 changed`.
    package var outcome: String {
        guard let result else { return error?.message ?? status.rawValue }
        let changes = result.changes
        let parts = [
            (changes.added, "added"), (changes.changed, "changed"), (changes.removed, "removed"),
            (changes.unchanged, "unchanged"),
        ].compactMap { $0.0 > 0 ? "\($0.0) \($0.1)" : nil }
        let outcome = status == .failed ? error?.message ?? "failed" : result.outcome.rawValue
        return parts.isEmpty ? outcome : "\(outcome): \(parts.joined(separator: ", "))"
    }
}
