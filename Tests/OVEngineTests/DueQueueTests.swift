// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVEngine
import OVTestSupport
import OVTestTraits
import Testing

@Suite("The queue of what is due", .inTurn)
struct DueQueueTests {
    /// What the queue means, without the heap.
    private struct Model {
        var times: [TaskID: Timestamp] = [:]

        var next: Timestamp? { times.values.min() }

        mutating func popDue(asOf now: Timestamp) -> Timestamp? {
            guard let next, next <= now else { return nil }
            return next
        }
    }

    @Test("it answers like a plain search, whatever is put in, moved and taken out", arguments: 1...20)
    func model(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let ids = (0..<random.number(1..<40)).map { TaskID(high: 0, low: UInt64($0)) }
        var model = Model()
        let initial = ids.map { id -> (id: TaskID, due: Timestamp?) in
            let due = random.number(0..<2) == 0 ? Timestamp(milliseconds: Int64(random.number(0..<100))) : nil
            model.times[id] = due
            return (id, due)
        }
        var queue = DueQueue(initial)
        for step in 0..<3000 {
            let id = ids[random.number(0..<ids.count)]
            switch random.number(0..<4) {
            case 0:
                queue.set(id, due: nil)
                model.times[id] = nil
            case 1:
                let now = Timestamp(milliseconds: Int64(random.number(0..<100)))
                let expected = model.popDue(asOf: now)
                let popped = queue.popDue(asOf: now)
                // Of several that are due at the same time any may come first.
                #expect(popped.flatMap { model.times[$0] } == expected, "seed \(seed), step \(step)")
                if let popped { model.times[popped] = nil }
            default:
                let due = Timestamp(milliseconds: Int64(random.number(0..<100)))
                queue.set(id, due: due)
                model.times[id] = due
            }
            #expect(queue.next == model.next, "seed \(seed), step \(step)")
            #expect(queue.count == model.times.count)
        }
    }

    @Test("what is due comes out by time, longest due first, each once")
    func order() {
        var random = SplitMix64(seed: 1)
        let watches = (0..<500).map { number -> (id: TaskID, due: Timestamp?) in
            (TaskID(high: 0, low: UInt64(number)), Timestamp(milliseconds: Int64(random.number(0..<1_000_000))))
        }
        var queue = DueQueue(watches)
        let now = Timestamp(milliseconds: 700_000)
        var popped: [TaskID] = []
        while let id = queue.popDue(asOf: now) { popped.append(id) }
        let expected = watches.compactMap { $0.due }.filter { $0 <= now }.sorted()
        let times = Dictionary(uniqueKeysWithValues: watches.map { ($0.id, $0.due) })
        #expect(popped.compactMap { times[$0] ?? nil } == expected)
        #expect(Set(popped).count == popped.count)
        #expect(queue.next.map { $0 > now } == true)
        #expect(queue.count == watches.count - popped.count)
    }

    @Test("an empty queue has nothing")
    func empty() {
        var queue = DueQueue()
        #expect(queue.next == nil)
        #expect(queue.popDue(asOf: .latest) == nil)
        queue.set(TaskID(high: 0, low: 1), due: nil)
        #expect(queue.count == 0)
    }
}
