// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Which resources were published to, in the order of the commits, so that who asks for what is new need not look at
/// what is old. A persistent value: an entry copies one chunk.
///
/// An entry that a later one of its resource has overtaken stays until there are too many of them. Who reads tells them
/// apart by the revision that the resource has.
struct PublicationIndex: Sendable {
    struct Entry: Hashable, Sendable {
        let sequence: UInt64
        let key: ResourceKey
    }

    private static let chunkLength = 256

    private var chunks: [[Entry]] = []
    /// A snapshot lists resources in another order.
    private var isSorted = true
    private(set) var count = 0

    mutating func note(_ key: ResourceKey, _ sequence: UInt64) {
        let entry = Entry(sequence: sequence, key: key)
        if let last = chunks.last?.last, last.sequence > sequence { isSorted = false }
        append(entry)
    }

    private mutating func append(_ entry: Entry) {
        if chunks.last.map({ $0.count >= Self.chunkLength }) ?? true { chunks.append([]) }
        chunks[chunks.count - 1].append(entry)
        count += 1
    }

    /// Drops what was overtaken, and sorts the rest.
    mutating func rebuild(keeping isCurrent: (Entry) -> Bool) {
        let entries = chunks.joined().filter(isCurrent).sorted { $0.sequence < $1.sequence }
        self = PublicationIndex()
        for entry in entries { append(entry) }
    }

    /// Sorts what a snapshot has brought.
    mutating func settle(keeping isCurrent: (Entry) -> Bool) {
        if !isSorted { rebuild(keeping: isCurrent) }
    }

    /// The entries behind a commit, those included that were overtaken.
    func entries(after sequence: UInt64) -> [Entry] {
        guard isSorted else { return chunks.joined().filter { $0.sequence > sequence } }
        let first = chunks.lastIndex { ($0.last?.sequence ?? 0) <= sequence }.map { $0 + 1 } ?? 0
        return chunks[first...].joined().filter { $0.sequence > sequence }
    }
}
