// SPDX-License-Identifier: Apache-2.0

import OVTestTraits
import Testing

@testable import OVSearch

@Suite(.inTurn) struct TermTableTests {
    private static func number(_ word: [UInt8], _ table: inout TermTable) -> Int {
        word.withUnsafeBufferPointer { table.number(of: $0) }
    }

    @Test("Words that differ in their length, or in one byte wherever it stands, have numbers of their own")
    func alike() {
        var words: [[UInt8]] = []
        for length in 1...40 {
            let word = [UInt8](repeating: 0x61, count: length)
            words.append(word)
            for place in 0..<length {
                var other = word
                other[place] = 0x62
                words.append(other)
            }
        }
        var table = TermTable()
        for (number, word) in words.enumerated() { #expect(Self.number(word, &table) == number) }
        for (number, word) in words.enumerated() { #expect(Self.number(word, &table) == number) }
        #expect(table.count == words.count)
    }

    @Test("A table that grows knows what was in it, and sorts by bytes")
    func grows() {
        var table = TermTable()
        let words = (0..<20_000).map { Array("w\($0 &* 7919 % 20_000)".utf8) }
        for (number, word) in words.enumerated() { #expect(Self.number(word, &table) == number) }
        for (number, word) in words.enumerated() { #expect(Self.number(word, &table) == number) }
        let sorted = table.sorted.map { Array(table.bytes[table.range(of: $0)]) }
        #expect(sorted == words.sorted { $0.lexicographicallyPrecedes($1) })
    }
}
