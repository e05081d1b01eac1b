// SPDX-License-Identifier: Apache-2.0

/// The best sections so far: a heap whose root is the one that the next better one replaces.
struct TopSections {
    struct Entry: Hashable {
        let target: Int
        let section: Int
        let score: Float

        /// Of equal ones the first in the order of the index is better.
        func isWorse(than other: Entry) -> Bool {
            if score != other.score { return score < other.score }
            return (target, section) > (other.target, other.section)
        }
    }

    private let capacity: Int
    private var heap: [Entry] = []

    init(capacity: Int) { self.capacity = max(1, capacity) }

    /// Only what scores more than this gets in.
    var threshold: Float { heap.count < capacity ? 0 : heap[0].score }

    mutating func insert(_ entry: Entry) {
        guard heap.count == capacity else {
            heap.append(entry)
            var index = heap.count - 1
            while index > 0, heap[index].isWorse(than: heap[(index - 1) / 2]) {
                heap.swapAt(index, (index - 1) / 2)
                index = (index - 1) / 2
            }
            return
        }
        guard heap[0].isWorse(than: entry) else { return }
        heap[0] = entry
        var index = 0
        while true {
            var worst = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count {
                if heap[child].isWorse(than: heap[worst]) { worst = child }
            }
            guard worst != index else { return }
            heap.swapAt(index, worst)
            index = worst
        }
    }

    /// Best first.
    var sorted: [Entry] { heap.sorted { $1.isWorse(than: $0) } }
}
