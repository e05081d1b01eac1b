// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Where something stands among its like: by the time of its creation, and among those of one millisecond by key.
package struct CreationOrder<Key: Hashable & Comparable & Sendable>: Hashable, Comparable, Sendable {
    package let createdAt: Timestamp
    package let key: Key

    package init(createdAt: Timestamp, key: Key) {
        self.createdAt = createdAt
        self.key = key
    }

    package static func < (left: CreationOrder, right: CreationOrder) -> Bool {
        left.createdAt == right.createdAt ? left.key < right.key : left.createdAt < right.createdAt
    }
}

/// A dictionary that keeps its values in the order of their creation, as a persistent value: a copy costs nothing, and
/// a change of one no more than that change.
///
/// The state needs that because its readers keep what they have while the next commit is being made. The order follows
/// from the records alone, so that a place in it means the same in every process and after every compaction.
package struct OrderedTable<Key: Hashable & Comparable & Sendable, Value: Dated>: Sendable {
    package typealias Place = CreationOrder<Key>

    private static var chunkLength: Int { 256 }

    private var boxes = PersistentMap<Key, Boxed<Value>>()
    /// All places in order, in chunks. A value that is replaced leaves them as they are: that is what most commits do.
    private var order: [[Place]] = []

    package init() {}

    package var count: Int { boxes.count }

    mutating func reserve(_ more: Int) { boxes.reserve(more) }

    package subscript(key: Key) -> Value? { boxed(key)?.value }

    @specialized(where Key == TaskID, Value == WatchTask)
    @specialized(where Key == TaskID, Value == TaskRecord)
    @specialized(where Key == ResourceKey, Value == Resource)
    package func boxed(_ key: Key) -> Boxed<Value>? { boxes[key] }

    /// Puts a value, in the place of the one with the same key if there is one.
    package mutating func put(_ value: Value, for key: Key) {
        if let old = boxes.replace(key, by: Boxed(value)) {
            guard old.value.createdAt != value.createdAt else { return }
            removePlace(Place(createdAt: old.value.createdAt, key: key))
        }
        insert(Place(createdAt: value.createdAt, key: key))
    }

    package mutating func remove(_ key: Key) {
        guard let box = boxes.replace(key, by: nil) else { return }
        removePlace(Place(createdAt: box.value.createdAt, key: key))
    }

    private mutating func removePlace(_ place: Place) {
        let chunk = firstChunk { $0 >= place }
        order[chunk].remove(at: Self.partition(order[chunk].count) { order[chunk][$0] >= place })
        if order[chunk].isEmpty { order.remove(at: chunk) }
    }

    private mutating func insert(_ place: Place) {
        let last = order.count - 1
        if let newest = order.last?.last, place < newest {
            let chunk = firstChunk { $0 > place }
            order[chunk].insert(place, at: Self.partition(order[chunk].count) { order[chunk][$0] > place })
            guard order[chunk].count >= 2 * Self.chunkLength else { return }
            let behind = Array(order[chunk][Self.chunkLength...])
            order[chunk].removeLast(behind.count)
            order.insert(behind, at: chunk + 1)
        } else if last >= 0, order[last].count < Self.chunkLength {
            order[last].append(place)
        } else {
            order.append([place])
        }
    }

    /// The first chunk whose last place fulfils a predicate that then holds for all that follow.
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
    /// The values, oldest first.
    package var values: some Sequence<Value> { boxed.lazy.map(\.value) }

    /// The values as they are stored, oldest first.
    package var boxed: Boxes { Boxes(table: self) }

    /// The stored values behind a place, oldest first.
    package func boxed(after place: Place) -> Boxes {
        let chunk = firstChunk { $0 > place }
        guard chunk < order.count else { return Boxes(table: self, chunk: chunk) }
        return Boxes(
            table: self, chunk: chunk, index: Self.partition(order[chunk].count) { order[chunk][$0] > place })
    }

    /// The values before a place, or all, newest first.
    package func values(before place: Place?) -> some Sequence<Value> {
        let chunks = place.map { place in order.prefix(firstChunk { $0 >= place } + 1) } ?? order[...]
        return chunks.reversed().lazy.flatMap { $0.reversed() }
            .drop { candidate in place.map { candidate >= $0 } ?? false }
            .compactMap { boxes[$0.key]?.value }
    }

    /// Stored values in order.
    package struct Boxes: Sequence, IteratorProtocol {
        private let table: OrderedTable
        private var chunk: Int
        private var index: Int

        fileprivate init(table: OrderedTable, chunk: Int = 0, index: Int = 0) {
            self.table = table
            self.chunk = chunk
            self.index = index
        }

        // Generic code is not specialised in other modules unless it is asked to be, and loops over all there is are
        // written there.
        @specialized(where Key == TaskID, Value == WatchTask)
        @specialized(where Key == TaskID, Value == TaskRecord)
        @specialized(where Key == ResourceKey, Value == Resource)
        package mutating func next() -> Boxed<Value>? {
            while chunk < table.order.count {
                if index < table.order[chunk].count {
                    defer { index += 1 }
                    return table.boxes[table.order[chunk][index].key]
                }
                (chunk, index) = (chunk + 1, 0)
            }
            return nil
        }
    }
}
