// SPDX-License-Identifier: Apache-2.0

import OVTestSupport
import Testing

@testable import OVStore

@Suite struct OrderedTableTests {
    /// The same by the simplest means.
    private struct Model {
        var entries: [(key: Int, value: Int, ordinal: UInt64)] = []
        var next: UInt64 = 1

        mutating func put(_ value: Int, for key: Int) {
            if let index = entries.firstIndex(where: { $0.key == key }) {
                entries[index].value = value
            } else {
                entries.append((key, value, next))
                next += 1
            }
        }

        mutating func remove(_ key: Int) { entries.removeAll { $0.key == key } }
    }

    private func compare(_ table: OrderedTable<Int, Int>, _ model: Model, at ordinal: UInt64) {
        #expect(table.count == model.entries.count)
        #expect(Array(table.values) == model.entries.map(\.value))
        #expect(Array(table.newestFirst) == model.entries.reversed().map(\.value))
        let after = model.entries.filter { $0.ordinal > ordinal }.map(\.value)
        #expect(Array(table.values(after: ordinal)) == after)
        let before = model.entries.filter { $0.ordinal < ordinal }.reversed().map(\.value)
        #expect(Array(table.values(before: ordinal)) == Array(before))
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func itIsWhatASimpleListIs(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var table = OrderedTable<Int, Int>()
        var model = Model()
        var copies: [(OrderedTable<Int, Int>, Model)] = []
        for step in 0..<4000 {
            // First it grows beyond a few chunks, then it shrinks.
            let key = Int.random(in: 0..<1800, using: &generator)
            if generator.once(in: step < 2500 ? 5 : 2) && step > 100 {
                table.remove(key)
                model.remove(key)
            } else {
                table.put(step, for: key)
                model.put(step, for: key)
            }
            if step.isMultiple(of: 397) {
                copies.append((table, model))
                let ordinal = UInt64.random(in: 0...model.next + 1, using: &generator)
                compare(table, model, at: ordinal)
                for entry in model.entries.prefix(20) { #expect(table.ordinal(of: entry.key) == entry.ordinal) }
            }
        }
        for (index, (table, model)) in copies.enumerated() {
            compare(table, model, at: UInt64(index) * 300)
            for key in stride(from: 0, to: 1800, by: 13) {
                #expect(table[key] == model.entries.first { $0.key == key }?.value)
            }
        }
    }

    @Test func everythingCanBeTakenOutAgain() {
        var table = OrderedTable<Int, Int>()
        for key in 0..<1300 { table.put(key, for: key) }
        for key in (0..<1300).reversed() { table.remove(key) }
        #expect(table.count == 0)
        #expect(Array(table.values).isEmpty && Array(table.values(after: 0)).isEmpty)
        table.put(1, for: 1)
        #expect(table.ordinal(of: 1) == 1301)
    }
}
