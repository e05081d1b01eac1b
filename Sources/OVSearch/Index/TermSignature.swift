// SPDX-License-Identifier: Apache-2.0

/// Which triples of letters and digits there are in some terms: a set of 1024 bits in which a triple is one, so that
/// what is not in it is in none of the terms, and what is may be (Bloom, 1970). FORMAT.md §4.
struct TermSignature: Hashable {
    static let byteCount = 128

    private(set) var bytes = [UInt8](repeating: 0, count: byteCount)

    mutating func insert(_ term: ArraySlice<UInt8>) {
        guard term.count >= 3 else { return }
        var bits = bytes.mutableSpan
        for index in term.startIndex..<term.endIndex - 2 {
            let bit = Self.bit(term[index], term[index + 1], term[index + 2])
            bits[bit >> 3] |= 1 << UInt8(bit & 7)
        }
    }

    @inline(__always)
    private static func bit(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Int {
        let triple = UInt32(first) << 16 | UInt32(second) << 8 | UInt32(third)
        return Int((triple &* 0x9E37_79B1) >> 22)
    }

    /// The bits of a word, in ascending order, each once.
    static func bits(of word: [UInt8]) -> [Int] {
        guard word.count >= 3 else { return [] }
        return Set((0..<word.count - 2).map { bit(word[$0], word[$0 + 1], word[$0 + 2]) }).sorted()
    }

    /// Whether all bits are set in a signature that begins at an offset.
    @inline(__always)
    static func has(_ bits: [Int], _ bytes: [UInt8], at start: Int) -> Bool {
        for bit in bits where bytes[start + (bit >> 3)] & (1 << UInt8(bit & 7)) == 0 { return false }
        return true
    }
}
