// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What the feed of changes is made from. FORMAT.md §1, "The feed".
extension State {
    /// The resources that were published to behind a commit, in no order. O(length of the answer), and of the
    /// publications since that later ones have overtaken.
    package func resourcesPublished(after sequence: UInt64) -> [Resource] {
        var (seen, found): (Set<ResourceKey>, [Resource]) = ([], [])
        for entry in catalog.publications.entries(after: sequence) where catalog.isCurrent(entry) {
            if seen.insert(entry.key).inserted, let resource = resources[entry.key] { found.append(resource) }
        }
        return found
    }

    /// What was removed behind a commit, the oldest first.
    package func removals(after sequence: UInt64) -> ArraySlice<Removal> {
        let first = catalog.removals.lastIndex { $0.sequence <= sequence }.map { $0 + 1 } ?? 0
        return catalog.removals[first...]
    }

    /// All removals that are remembered, the oldest first.
    package var removals: [Removal] { catalog.removals }

    /// Of what commits up to this one removed, something may no longer be known at all.
    package var forgottenSequence: UInt64 { catalog.forgotten }

    package func reader(_ key: FeedReader.Key) -> FeedReader? { catalog.readers[key] }

    /// The readers that somebody has named, in no order.
    package func readers(of owner: Owner) -> [FeedReader] {
        catalog.readers.entries.map(\.value).filter { $0.key.owner == owner }
    }
}

extension Transaction {
    package mutating func put(_ removal: Removal) {
        state.catalog.put(removal)
        append { $0.member("removal", Record(removal)) }
    }

    /// Forgets what was removed up to a commit: whoever asks for what is behind an earlier one is told to read anew.
    package mutating func forgetRemovals(through sequence: UInt64) {
        guard sequence > state.forgottenSequence else { return }
        state.catalog.forget(through: sequence)
        append { $0.member("forgotten", Int(clamping: sequence)) }
    }

    package mutating func put(_ reader: FeedReader) {
        state.catalog.put(reader)
        append { $0.member("reader", Record(reader)) }
    }

    package mutating func dropReader(_ key: FeedReader.Key) {
        state.catalog.dropReader(key)
        append { $0.member("drop_reader", Record(key)) }
    }
}
