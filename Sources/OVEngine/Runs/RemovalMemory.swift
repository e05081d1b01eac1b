// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVStore

/// Which removed documents a resource goes on remembering, within the bounds on their age and number.
struct RemovalMemory: Sendable {
    let tombstones: [Tombstone]
    /// The last commit that removed one which is not among them; zero when all are.
    let forgotten: UInt64

    /// - Parameters:
    ///   - before: what was remembered so far, also of what has come back since: who knew what was there the first time
    ///     has to be told when it goes again.
    ///   - gone: what goes now.
    init(of before: [Tombstone], and gone: [StoredDocument], asOf now: Timestamp, limits: Limits) {
        let firsts = Dictionary(before.map { ($0.path, $0.addedSequence) }, uniquingKeysWith: min)
        let new = gone.map { Tombstone(of: $0, at: now, thereSince: firsts[$0.path]) }
        let paths = Set(gone.map(\.path))
        let tombstones = before.filter { !paths.contains($0.path) }
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
        self.tombstones = kept + new
        self.forgotten = forgotten
    }
}

extension Tombstone {
    /// Of a document that is removed by what is being made.
    /// - Parameter first: since when there was something at its path before it was removed the last time, if that is
    ///   remembered.
    init(of document: StoredDocument, at now: Timestamp, thereSince first: UInt64?) {
        self.init(
            path: document.path, removedSequence: 0, at: now,
            addedSequence: min(document.addedSequence, first ?? document.addedSequence))
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
