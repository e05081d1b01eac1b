// SPDX-License-Identifier: Apache-2.0

/// Gives each distinct word a number, in the order in which they come.
///
/// Open addressing over one run of bytes. The hash is seeded by chance, so that no text can be made to collide.
struct TermTable {
    /// All that is needed to recognise a word of up to eight bytes, side by side: most are found in one place.
    private struct Slot {
        /// The upper 24 bits of the hash, and how many bytes the term has, 255 for more.
        var tag: UInt32
        /// One more than the number of the term; zero for none.
        var number: UInt32
        /// The first eight bytes.
        var head: UInt64
    }

    private var slots: [Slot]
    private(set) var bytes: [UInt8] = []
    private(set) var starts: [UInt32] = [0]
    private let seed = UInt64.random(in: .min ... .max)

    init() { slots = Self.emptySlots(1 << 12) }

    /// A stand-in while the table itself is elsewhere; it takes no words.
    init(empty: Void) {
        slots = []
        starts = []
    }

    private static func emptySlots(_ count: Int) -> [Slot] {
        Array(repeating: Slot(tag: 0, number: 0, head: 0), count: count)
    }

    var count: Int { max(0, starts.count - 1) }

    func range(of term: Int) -> Range<Int> { Int(starts[term])..<Int(starts[term + 1]) }

    @inline(__always)
    mutating func number(of word: UnsafeBufferPointer<UInt8>) -> Int {
        let head = Self.head(of: word)
        let hash = hash(of: word, head)
        let tag = Self.tag(hash, word.count)
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while case let entry = slots[slot], entry.number != 0 {
            let term = Int(entry.number) - 1
            if entry.tag == tag, entry.head == head, word.count <= 8 || isEqual(term, word) { return term }
            slot = (slot + 1) & mask
        }
        return insert(word, Slot(tag: tag, number: UInt32(count + 1), head: head), at: slot)
    }

    @inline(never)
    private mutating func insert(_ word: UnsafeBufferPointer<UInt8>, _ entry: Slot, at slot: Int) -> Int {
        slots[slot] = entry
        bytes.append(contentsOf: word)
        starts.append(UInt32(bytes.count))
        if count * 2 > slots.count { grow() }
        return count - 1
    }

    private static func tag(_ hash: UInt64, _ count: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: hash >> 32) & ~0xFF | UInt32(min(count, 0xFF))
    }

    /// The first eight bytes as a number, the first the lowest, zero for what is not there.
    @inline(__always)
    private static func head(of word: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let raw = UnsafeRawBufferPointer(word)
        let count = raw.count
        if count >= 8 { return UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)) }
        if count >= 4 {
            let low = UInt64(UInt32(littleEndian: raw.loadUnaligned(as: UInt32.self)))
            let high = UInt64(
                UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)))
            return low | high << UInt64(8 * (count - 4))
        }
        guard count > 0 else { return 0 }
        // Of one to three bytes: the first, the middle and the last, which may be the same.
        let (middle, last) = (count / 2, count - 1)
        return UInt64(raw[0]) | UInt64(raw[middle]) << UInt64(8 * middle) | UInt64(raw[last]) << UInt64(8 * last)
    }

    /// Eight bytes at a time, multiplied and folded; who does not know the seed cannot make two alike.
    @inline(__always)
    private func hash(of word: UnsafeBufferPointer<UInt8>, _ head: UInt64) -> UInt64 {
        guard word.count > 8 else { return mixed(seed, head) }
        var hash = mixed(mixed(seed, UInt64(word.count)), head)
        let raw = UnsafeRawBufferPointer(word)
        var offset = 8
        while offset + 8 < raw.count {
            hash = mixed(hash, raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        // The last eight, some of which may have been there before.
        return mixed(hash, raw.loadUnaligned(fromByteOffset: raw.count - 8, as: UInt64.self))
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
        slots = Self.emptySlots(slots.count * 2)
        let mask = slots.count - 1
        bytes.withUnsafeBufferPointer { buffer in
            for term in 0..<count {
                let word = UnsafeBufferPointer(rebasing: buffer[range(of: term)])
                let head = Self.head(of: word)
                let hash = hash(of: word, head)
                var slot = Int(truncatingIfNeeded: hash) & mask
                while slots[slot].number != 0 { slot = (slot + 1) & mask }
                slots[slot] = Slot(tag: Self.tag(hash, word.count), number: UInt32(term + 1), head: head)
            }
        }
    }

    /// All terms in the order of their bytes.
    var sorted: [Int] {
        bytes.withUnsafeBufferPointer { buffer in
            var keyed: [(head: UInt64, term: Int)] = []
            keyed.reserveCapacity(count)
            for term in 0..<count {
                // The first byte the highest, so that most comparisons look at nothing else.
                let head = Self.head(of: UnsafeBufferPointer(rebasing: buffer[range(of: term)])).byteSwapped
                keyed.append((head, term))
            }
            keyed.sort { left, right in
                if left.head != right.head { return left.head < right.head }
                return buffer[range(of: left.term)].lexicographicallyPrecedes(buffer[range(of: right.term)])
            }
            return keyed.map(\.term)
        }
    }
}
