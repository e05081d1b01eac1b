// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVStore

/// Which removed documents a resource goes on remembering, within the bounds on their age and number.
struct RemovalMemory: Sendable {
    let tombstones: [Tombstone]
    /// The last commit that removed one which is not among them; zero when all are.
    let forgotten: UInt64

    init(of tombstones: [Tombstone], asOf now: Timestamp, limits: Limits) {
        let oldest = now.advanced(by: Milliseconds(-limits.tombstoneAge.count))
        var (kept, forgotten): ([Tombstone], UInt64) = ([], 0)
        for tombstone in tombstones.sorted(by: { $0.removedSequence > $1.removedSequence }) {
            // What one commit removed is remembered or forgotten as a whole.
            let isBehind = tombstone.removedSequence <= forgotten
            if isBehind || tombstone.at < oldest || kept.count >= limits.tombstones {
                forgotten = max(forgotten, tombstone.removedSequence)
            } else {
                kept.append(tombstone)
            }
        }
        self.tombstones = kept
        self.forgotten = forgotten
    }
}

extension Tombstone {
    /// Of a document that is removed by the revision which is being made.
    init(of document: StoredDocument, at now: Timestamp) {
        self.init(path: document.path, removedSequence: 0, at: now, addedSequence: document.addedSequence)
    }
}

extension Transaction {
    /// Forgets removals of resources beyond the bounds on their age and number.
    mutating func forgetOldRemovals(_ limits: Limits) {
        let removals = state.removals
        let oldest = now.advanced(by: Milliseconds(-limits.tombstoneAge.count))
        let old = removals.enumerated().last { index, removal in
            removal.at < oldest || removals.count - index > limits.removals
        }
        if let old { forgetRemovals(through: old.element.sequence) }
    }
}
