// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVStore

@Suite(.inTurn) struct OrderedTableTests {
    private struct Item: Dated, Hashable {
        let key: Int
        let createdAt: Timestamp
        let content: Int

        var place: CreationOrder<Int> { CreationOrder(createdAt: createdAt, key: key) }
    }

    private typealias Table = OrderedTable<Int, Item>

    /// The same by the simplest means.
    private struct Model {
        var items: [Item] = []

        mutating func put(_ item: Item) {
            remove(item.key)
            items.append(item)
            items.sort { $0.place < $1.place }
        }

        mutating func remove(_ key: Int) { items.removeAll { $0.key == key } }
    }

    private func compare(_ table: Table, _ model: Model, at place: CreationOrder<Int>) {
        #expect(table.count == model.items.count)
        #expect(Array(table.values) == model.items)
        #expect(Array(table.values(before: nil)) == model.items.reversed())
        #expect(table.boxed(after: place).map(\.value) == model.items.filter { $0.place > place })
        #expect(Array(table.values(before: place)) == model.items.filter { $0.place < place }.reversed())
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func itIsWhatASimpleListIs(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var table = Table()
        var model = Model()
        var copies: [(Table, Model)] = []
        for step in 0..<4000 {
            // First it grows beyond a few chunks, then it shrinks.
            let key = Int.random(in: 0..<1800, using: &generator)
            if generator.once(in: step < 2500 ? 5 : 2) && step > 100 {
                table.remove(key)
                model.remove(key)
            } else {
                // Mostly later and later, often at once, now and then by a clock that went back. What is replaced
                // keeps its time, mostly.
                let isBack = generator.once(in: 10)
                let time = Timestamp(
                    milliseconds: Int64(isBack ? Int.random(in: 0...step, using: &generator) : step) / 4)
                let created = generator.once(in: 50) ? time : table[key]?.createdAt ?? time
                let item = Item(key: key, createdAt: created, content: step)
                table.put(item, for: key)
                model.put(item)
            }
            if step.isMultiple(of: 397) { copies.append((table, model)) }
        }
        for (table, model) in copies {
            for _ in 0..<3 {
                let time = Timestamp(milliseconds: Int64.random(in: -1...1001, using: &generator))
                compare(
                    table, model, at: CreationOrder(createdAt: time, key: Int.random(in: 0..<1800, using: &generator)))
            }
            if let item = model.items.randomElement(using: &generator) { compare(table, model, at: item.place) }
            for key in stride(from: 0, to: 1800, by: 13) {
                #expect(table[key] == model.items.first { $0.key == key })
            }
        }
    }

    @Test func everythingCanBeTakenOutAgain() {
        var table = Table()
        func item(_ key: Int) -> Item { Item(key: key, createdAt: Timestamp(milliseconds: Int64(key)), content: key) }
        for key in 0..<1300 { table.put(item(key), for: key) }
        for key in (0..<1300).reversed() { table.remove(key) }
        #expect(table.count == 0)
        #expect(Array(table.values).isEmpty && Array(table.values(before: nil)).isEmpty)
        table.put(item(1), for: 1)
        #expect(Array(table.values) == [item(1)])
    }
}
