// SPDX-License-Identifier: Apache-2.0

import HashTreeCollections

/// A dictionary that remembers in which order its keys came, as a persistent value: a copy costs nothing, and a
/// change of one copies a few nodes.
///
/// The state needs that because its readers keep what they have while the next commit is being made.
package struct OrderedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// Boxed, so that copying a node of the tree copies pointers and not records.
    private final class Entry: Sendable {
        let ordinal: UInt64
        let value: Value

        init(ordinal: UInt64, value: Value) {
            self.ordinal = ordinal
            self.value = value
        }
    }

    private struct Place: Sendable {
        let ordinal: UInt64
        let key: Key
    }

    private static var chunkLength: Int { 512 }

    private var entries: TreeDictionary<Key, Entry> = [:]
    /// All keys by ordinal, in chunks, so that a change copies one chunk and the list of chunks.
    private var order: [[Place]] = []
    private var nextOrdinal: UInt64 = 1

    package init() {}

    package var count: Int { entries.count }

    package subscript(key: Key) -> Value? { entries[key]?.value }

    /// The place of a key in the order; it never changes while the key is there.
    package func ordinal(of key: Key) -> UInt64? { entries[key]?.ordinal }

    /// Puts a value: in the place of the one with the same key, else at the end.
    package mutating func put(_ value: Value, for key: Key) {
        if let old = entries[key] {
            entries[key] = Entry(ordinal: old.ordinal, value: value)
            return
        }
        entries[key] = Entry(ordinal: nextOrdinal, value: value)
        if order.last.map({ $0.count >= Self.chunkLength }) ?? true { order.append([]) }
        order[order.count - 1].append(Place(ordinal: nextOrdinal, key: key))
        nextOrdinal += 1
    }

    package mutating func remove(_ key: Key) {
        guard let entry = entries.removeValue(forKey: key) else { return }
        let chunk = partition(order.count) { order[$0].last.map { $0.ordinal >= entry.ordinal } ?? true }
        guard chunk < order.count else { return }
        order[chunk].removeAll { $0.ordinal == entry.ordinal }
        if order[chunk].isEmpty { order.remove(at: chunk) }
    }

    /// The values in the order in which their keys came.
    package var values: some Sequence<Value> {
        order.lazy.joined().lazy.compactMap { entries[$0.key]?.value }
    }

    /// The values whose keys came last, newest first.
    package var newestFirst: some Sequence<Value> {
        order.reversed().lazy.flatMap { $0.reversed() }.compactMap { entries[$0.key]?.value }
    }

    /// The values behind a place in the order.
    package func values(after ordinal: UInt64) -> some Sequence<Value> {
        let chunk = partition(order.count) { order[$0].last.map { $0.ordinal > ordinal } ?? true }
        return order[chunk...].lazy.joined().lazy.filter { $0.ordinal > ordinal }.compactMap { entries[$0.key]?.value }
    }

    /// The values before a place in the order, newest first.
    package func values(before ordinal: UInt64) -> some Sequence<Value> {
        let chunk = partition(order.count) { order[$0].last.map { $0.ordinal >= ordinal } ?? true }
        return order[..<min(chunk + 1, order.count)].reversed().lazy.flatMap { $0.reversed() }
            .filter { $0.ordinal < ordinal }.compactMap { entries[$0.key]?.value }
    }

    /// The first index for which `predicate` holds, given that it then holds for all that follow.
    private func partition(_ count: Int, _ predicate: (Int) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if predicate(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
