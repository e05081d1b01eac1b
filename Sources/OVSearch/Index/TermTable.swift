// SPDX-License-Identifier: Apache-2.0

/// Gives each distinct word a number, in the order in which they come.
///
/// Open addressing over one run of bytes. The hash is seeded by chance, so that no text can be made to collide.
struct TermTable {
    private var slots: [UInt32]
    private var hashes: [UInt32] = []
    private(set) var bytes: [UInt8] = []
    private(set) var starts: [UInt32] = [0]

    init() { slots = Array(repeating: 0, count: 1 << 12) }

    /// A stand-in while the table itself is elsewhere; it takes no words.
    init(empty: Void) {
        slots = []
        starts = []
    }

    var count: Int { hashes.count }

    func range(of term: Int) -> Range<Int> { Int(starts[term])..<Int(starts[term + 1]) }

    mutating func number(of word: UnsafeBufferPointer<UInt8>) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(word))
        let hash = UInt32(truncatingIfNeeded: hasher.finalize())
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let term = Int(slots[slot]) - 1
            if hashes[term] == hash, isEqual(term, word) { return term }
            slot = (slot + 1) & (slots.count - 1)
        }
        let term = hashes.count
        slots[slot] = UInt32(term + 1)
        hashes.append(hash)
        bytes.append(contentsOf: word)
        starts.append(UInt32(bytes.count))
        if hashes.count * 2 > slots.count { grow() }
        return term
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
        for (term, hash) in hashes.enumerated() {
            var slot = Int(hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(term + 1)
        }
    }

    /// All terms in the order of their bytes.
    var sorted: [Int] {
        bytes.withUnsafeBufferPointer { buffer in
            (0..<count).sorted { left, right in
                let (left, right) = (range(of: left), range(of: right))
                return buffer[left].lexicographicallyPrecedes(buffer[right])
            }
        }
    }
}
