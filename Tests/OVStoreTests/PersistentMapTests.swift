// SPDX-License-Identifier: Apache-2.0

import OVTestSupport
import OVTestTraits
import Testing

@testable import OVStore

@Suite(.inTurn) struct PersistentMapTests {
    private func compare(_ map: PersistentMap<Int, Int>, _ model: [Int: Int]) {
        #expect(map.count == model.count)
        #expect(Dictionary(uniqueKeysWithValues: map.entries.map { ($0.key, $0.value) }) == model)
        for key in -1...1500 { #expect(map[key] == model[key]) }
    }

    @Test("Copies stay what they were, however the others go on", arguments: 0..<6 as Range<UInt64>)
    func copies(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var pairs: [(PersistentMap<Int, Int>, [Int: Int])] = [(PersistentMap(), [:])]
        for round in 0..<12 {
            // From any of the copies there are: some are the only one of their kind, some share all they have.
            var (map, model) = pairs[Int.random(in: pairs.indices, using: &generator)]
            if generator.once(in: 3) { pairs.removeFirst(pairs.count / 2) }
            for step in 0..<(round.isMultiple(of: 3) ? 3000 : 30) {
                let key = Int.random(in: 0...1500, using: &generator)
                let value = generator.once(in: 4) ? nil : round * 10_000 + step
                #expect(map.replace(key, by: value) == model[key])
                model[key] = value
            }
            pairs.append((map, model))
        }
        for (map, model) in pairs { compare(map, model) }
    }
}
