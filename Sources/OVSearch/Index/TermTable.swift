// SPDX-License-Identifier: Apache-2.0

/// Gives each distinct word a number, in the order in which they come.
///
/// Open addressing over one run of bytes. The hash is seeded by chance, so that no text can be made to collide.
struct TermTable {
    /// Each the hash of a term, and one more than its number; zero for none.
    private var slots: [UInt64]
    private(set) var bytes: [UInt8] = []
    private(set) var starts: [UInt32] = [0]
    private let seed = UInt64.random(in: .min ... .max)

    init() { slots = Array(repeating: 0, count: 1 << 12) }

    /// A stand-in while the table itself is elsewhere; it takes no words.
    init(empty: Void) {
        slots = []
        starts = []
    }

    var count: Int { max(0, starts.count - 1) }

    func range(of term: Int) -> Range<Int> { Int(starts[term])..<Int(starts[term + 1]) }

    mutating func number(of word: UnsafeBufferPointer<UInt8>) -> Int {
        let hash = hash(of: word)
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while case let entry = slots[slot], entry != 0 {
            let term = Int(entry & 0xFFFF_FFFF) - 1
            if entry >> 32 == hash >> 32, isEqual(term, word) { return term }
            slot = (slot + 1) & mask
        }
        let term = count
        slots[slot] = hash & ~0xFFFF_FFFF | UInt64(term + 1)
        bytes.append(contentsOf: word)
        starts.append(UInt32(bytes.count))
        if count * 2 > slots.count { grow() }
        return term
    }

    /// Eight bytes at a time, multiplied and folded; who does not know the seed cannot make two alike.
    private func hash(of word: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let raw = UnsafeRawBufferPointer(word)
        var (hash, offset) = (seed ^ UInt64(raw.count), 0)
        while offset + 8 <= raw.count {
            hash = mixed(hash, raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var rest: UInt64 = 0
        while offset < raw.count {
            rest = rest << 8 | UInt64(raw[offset])
            offset += 1
        }
        return mixed(hash, rest)
    }

    @inline(__always)
    private func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let (high, low) = (hash ^ word).multipliedFullWidth(by: seed | 1)
        return (high ^ low) &* 0x9E37_79B9_7F4A_7C15 ^ (hash >> 29)
    }

    private func isEqual(_ term: Int, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
        let range = range(of: term)
        guard range.count == word.count else { return false }
        return bytes.withUnsafeBufferPointer { buffer in
            for offset in 0..<word.count where buffer[range.lowerBound + offset] != word[offset] { return false }
            return true
        }
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        bytes.withUnsafeBufferPointer { buffer in
            for term in 0..<count {
                let hash = hash(of: UnsafeBufferPointer(rebasing: buffer[range(of: term)]))
                var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
                while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
                slots[slot] = hash & ~0xFFFF_FFFF | UInt64(term + 1)
            }
        }
    }

    /// All terms in the order of their bytes.
    var sorted: [Int] {
        bytes.withUnsafeBufferPointer { buffer in
            var keyed: [(head: UInt64, term: Int)] = []
            keyed.reserveCapacity(count)
            for term in 0..<count { keyed.append((Self.head(of: buffer[range(of: term)]), term)) }
            keyed.sort { left, right in
                if left.head != right.head { return left.head < right.head }
                return buffer[range(of: left.term)].lexicographicallyPrecedes(buffer[range(of: right.term)])
            }
            return keyed.map(\.term)
        }
    }

    /// The first eight bytes as a number, so that most comparisons look at nothing else.
    private static func head(of term: Slice<UnsafeBufferPointer<UInt8>>) -> UInt64 {
        var (head, room): (UInt64, UInt64) = (0, 64)
        for byte in term.prefix(8) {
            room -= 8
            head |= UInt64(byte) << room
        }
        return head
    }
}
