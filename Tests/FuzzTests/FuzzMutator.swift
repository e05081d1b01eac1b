// SPDX-License-Identifier: Apache-2.0

import OVTestSupport

/// Alters inputs by chance, and the same way for the same seed.
struct FuzzMutator {
    private var random: SplitMix64
    private let corpus: [[UInt8]]
    private let maximumLength: Int

    init(seed: UInt64, corpus: [[UInt8]], maximumLength: Int) {
        random = SplitMix64(seed: seed)
        self.corpus = corpus.isEmpty ? [[]] : corpus
        self.maximumLength = maximumLength
    }

    mutating func next() -> [UInt8] {
        var bytes = pick()
        for _ in 0..<Int.random(in: 1...4, using: &random) { alter(&bytes) }
        return Array(bytes.prefix(maximumLength))
    }

    private mutating func pick() -> [UInt8] { corpus[Int.random(in: 0..<corpus.count, using: &random)] }

    private mutating func place(in bytes: [UInt8]) -> Int { Int.random(in: 0...bytes.count, using: &random) }

    private mutating func range(in bytes: [UInt8]) -> Range<Int> {
        let start = place(in: bytes)
        return start..<min(bytes.count, start + Int.random(in: 1...32, using: &random))
    }

    private mutating func alter(_ bytes: inout [UInt8]) {
        switch Int.random(in: 0..<7, using: &random) {
        case 0 where !bytes.isEmpty:
            bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1 where !bytes.isEmpty:
            let values: [UInt8] = [0, 10, 32, 34, 38, 42, 60, 62, 0x7F, 0x80, 0xFF]
            bytes[Int.random(in: 0..<bytes.count, using: &random)] =
                values[Int.random(in: 0..<values.count, using: &random)]
        case 2: bytes.removeSubrange(range(in: bytes))
        case 3: bytes.insert(contentsOf: bytes[range(in: bytes)], at: place(in: bytes))
        case 4: bytes.insert(contentsOf: random.bytes(Int.random(in: 1...8, using: &random)), at: place(in: bytes))
        case 5:
            let other = pick()
            bytes = Array(bytes[..<place(in: bytes)]) + other[place(in: other)...]
        default:
            let piece = Array(bytes[range(in: bytes)])
            let count = Int.random(in: 2...40, using: &random)
            bytes.insert(contentsOf: (0..<count).flatMap { _ in piece }, at: place(in: bytes))
        }
    }
}
