// SPDX-License-Identifier: Apache-2.0

import HashTreeCollections

/// A dictionary that remembers in which order its keys came, as a persistent value: a copy costs nothing, and a
/// change of one copies a few nodes.
///
/// The state needs that because its readers keep what they have while the next commit is being made.
package struct OrderedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// Boxed, so that copying a node of the tree copies pointers and not records.
    @usableFromInline
    final class Entry: Sendable {
        let ordinal: UInt64
        @usableFromInline let value: Value

        init(ordinal: UInt64, value: Value) {
            self.ordinal = ordinal
            self.value = value
        }
    }

    @usableFromInline
    struct Place: Sendable {
        let ordinal: UInt64
        @usableFromInline let key: Key

        init(ordinal: UInt64, key: Key) {
            self.ordinal = ordinal
            self.key = key
        }
    }

    private static var chunkLength: Int { 256 }

    @usableFromInline var entries: TreeDictionary<Key, Entry> = [:]
    /// All keys by ordinal, in chunks. A value that is replaced leaves them as they are: that is what most commits do.
    @usableFromInline var order: [[Place]] = []
    private var nextOrdinal: UInt64 = 1

    package init() {}

    package var count: Int { entries.count }

    @inlinable
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
        guard let entry = entries.removeValue(forKey: key), let (chunk, index) = place(of: entry.ordinal) else {
            return
        }
        order[chunk].remove(at: index)
        if order[chunk].isEmpty { order.remove(at: chunk) }
    }

    private func place(of ordinal: UInt64) -> (chunk: Int, index: Int)? {
        let chunk = firstChunk { $0.ordinal >= ordinal }
        guard chunk < order.count else { return nil }
        let index = Self.partition(order[chunk].count) { order[chunk][$0].ordinal >= ordinal }
        return index < order[chunk].count && order[chunk][index].ordinal == ordinal ? (chunk, index) : nil
    }

    /// The first chunk whose last entry fulfils a predicate that then holds for all that follow.
    private func firstChunk(where predicate: (Place) -> Bool) -> Int {
        Self.partition(order.count) { order[$0].last.map(predicate) ?? true }
    }

    private static func partition(_ count: Int, _ predicate: (Int) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if predicate(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

// MARK: - Order

extension OrderedTable {
    /// The values in the order in which their keys came.
    @inlinable
    package var values: Values { Values(places: order, entries: entries) }

    /// The values behind a place in the order.
    package func values(after ordinal: UInt64) -> Values {
        let chunk = firstChunk { $0.ordinal > ordinal }
        guard chunk < order.count else { return Values(places: [], entries: entries) }
        return Values(
            places: [order[chunk].filter { $0.ordinal > ordinal }] + order[(chunk + 1)...], entries: entries)
    }

    /// The values before a place in the order, newest first.
    package func values(before ordinal: UInt64) -> some Sequence<Value> {
        let chunk = firstChunk { $0.ordinal >= ordinal }
        return order[..<min(chunk + 1, order.count)].reversed().lazy.flatMap { $0.reversed() }
            .filter { $0.ordinal < ordinal }.compactMap { entries[$0.key]?.value }
    }

    /// Values in order. A type with a name and not a chain of lazy ones, so that loops over it in other modules are
    /// compiled for what they loop over.
    package struct Values: Sequence {
        @usableFromInline let places: [[Place]]
        @usableFromInline let entries: TreeDictionary<Key, Entry>

        @usableFromInline
        init(places: [[Place]], entries: TreeDictionary<Key, Entry>) {
            self.places = places
            self.entries = entries
        }

        @inlinable
        package func makeIterator() -> Iterator { Iterator(values: self) }

        package struct Iterator: IteratorProtocol {
            @usableFromInline let values: Values
            @usableFromInline var (chunk, index) = (0, 0)

            @usableFromInline
            init(values: Values) { self.values = values }

            @inlinable
            package mutating func next() -> Value? {
                while chunk < values.places.count {
                    if index < values.places[chunk].count {
                        defer { index += 1 }
                        return values.entries[values.places[chunk][index].key]?.value
                    }
                    (chunk, index) = (chunk + 1, 0)
                }
                return nil
            }
        }
    }
}
