// SPDX-License-Identifier: Apache-2.0

import HeapModule
import OVCore

/// Which watches are due, and when the next one will be: a heap, so that a million schedules cost what a few do.
///
/// A watch whose time changes is put in anew; the older entry stays in the heap and is passed over when it comes up.
/// O(log n) for each operation, O(n) for building it.
package struct DueQueue: Sendable {
    private struct Entry: Comparable, Sendable {
        let due: Timestamp
        let watch: TaskID

        static func < (left: Entry, right: Entry) -> Bool { left.due < right.due }
    }

    private var heap: Heap<Entry>
    /// The time that counts for each watch.
    private var current: [TaskID: Timestamp]

    /// - Parameter watches: each watch once; those without a time are left out.
    package init(_ watches: some Sequence<(id: TaskID, due: Timestamp?)> = EmptyCollection()) {
        current = [:]
        var entries: [Entry] = []
        for (id, due) in watches {
            guard let due else { continue }
            current[id] = due
            entries.append(Entry(due: due, watch: id))
        }
        heap = Heap(entries)
    }

    /// How many watches have a time.
    package var count: Int { current.count }

    /// Gives a watch another time, or none.
    package mutating func set(_ id: TaskID, due: Timestamp?) {
        guard current[id] != due else { return }
        current[id] = due
        if let due { heap.insert(Entry(due: due, watch: id)) }
        // What is passed over is bounded by what counts.
        if heap.count > 2 * current.count + 64 {
            heap = Heap(current.map { Entry(due: $0.value, watch: $0.key) })
        }
    }

    /// When the next watch is due; nil when none is waiting.
    package var next: Timestamp? {
        mutating get {
            while let entry = heap.min {
                if current[entry.watch] == entry.due { return entry.due }
                heap.removeMin()
            }
            return nil
        }
    }

    /// Takes out the watch that has been due for longest.
    package mutating func popDue(asOf now: Timestamp) -> TaskID? {
        guard let next, next <= now, let entry = heap.popMin() else { return nil }
        current[entry.watch] = nil
        return entry.watch
    }
}
