// SPDX-License-Identifier: Apache-2.0

/// A set of scalars as the bytes of their UTF-8: an automaton without needless states.
///
/// Ranges of scalars are cut where the number of bytes or a leading part changes, so that each piece is a range of
/// bytes in each place (as in R. Cox, "Implementing Regular Expressions" and utf8-ranges); equal tails are shared.
struct UTF8Trie {
    struct Edge: Hashable {
        let bytes: ClosedRange<UInt8>
        /// Nil behind the last byte.
        let target: Int?
    }

    /// The edges of each node, rising and apart.
    private(set) var nodes: [[Edge]] = []
    private(set) var root = 0
    private var known: [[Edge]: Int] = [:]

    init(_ set: ScalarSet) {
        var sequences: [[ClosedRange<UInt8>]] = []
        for range in set.ranges { Self.split(range, into: &sequences) }
        root = node(sequences[...], depth: 0)
    }

    private mutating func node(_ sequences: ArraySlice<[ClosedRange<UInt8>]>, depth: Int) -> Int {
        var edges: [Edge] = []
        var rest = sequences
        while let first = rest.first {
            let bytes = first[depth]
            let end = rest.firstIndex { $0[depth] != bytes } ?? rest.endIndex
            let isLast = first.count == depth + 1
            edges.append(Edge(bytes: bytes, target: isLast ? nil : node(rest[..<end], depth: depth + 1)))
            rest = rest[end...]
        }
        if let number = known[edges] { return number }
        nodes.append(edges)
        known[edges] = nodes.count - 1
        return nodes.count - 1
    }

    private static func split(_ range: ClosedRange<UInt32>, into sequences: inout [[ClosedRange<UInt8>]]) {
        // Surrogates have no UTF-8.
        for part in [UInt32(0)...0x7F, 0x80...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF] {
            guard part.overlaps(range) else { continue }
            let range = range.clamped(to: part)
            let length = range.upperBound < 0x80 ? 1 : range.upperBound < 0x800 ? 2 : range.upperBound < 0x10000 ? 3 : 4
            splitAligned(range, length: length, into: &sequences)
        }
    }

    /// Cuts so that all bytes behind one that varies vary in full.
    private static func splitAligned(
        _ range: ClosedRange<UInt32>, length: Int, into sequences: inout [[ClosedRange<UInt8>]]
    ) {
        var open = [range]
        while let range = open.popLast() {
            let cut = (1..<length).reversed().lazy.compactMap { place in Self.cut(range, place: place) }.first
            if let cut {
                open.append(cut...range.upperBound)
                open.append(range.lowerBound...cut - 1)
                continue
            }
            let (low, high) = (encoded(range.lowerBound, length), encoded(range.upperBound, length))
            sequences.append(zip(low, high).map { $0...$1 })
        }
    }

    /// Where to cut so that the last `place` bytes are all of a block or the same block.
    private static func cut(_ range: ClosedRange<UInt32>, place: Int) -> UInt32? {
        let mask = UInt32(1) << UInt32(6 * place) - 1
        guard range.lowerBound & ~mask != range.upperBound & ~mask else { return nil }
        if range.lowerBound & mask != 0 { return (range.lowerBound | mask) + 1 }
        if range.upperBound & mask != mask { return range.upperBound & ~mask }
        return nil
    }

    private static func encoded(_ value: UInt32, _ length: Int) -> [UInt8] {
        guard length > 1 else { return [UInt8(value)] }
        var bytes: [UInt8] = []
        for place in (0..<length).reversed() {
            let bits = UInt8(truncatingIfNeeded: value >> UInt32(6 * place))
            if place == length - 1 {
                bytes.append(bits | UInt8(truncatingIfNeeded: 0xF00 >> length))
            } else {
                bytes.append(bits & 0x3F | 0x80)
            }
        }
        return bytes
    }
}
