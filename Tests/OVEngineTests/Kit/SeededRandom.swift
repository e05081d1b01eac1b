// SPDX-License-Identifier: Apache-2.0

import OVCore
import Synchronization

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed, so that a failure can be run again.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &self) }
}

/// Jitter and identities that a seed determines.
final class SeededRandom: RandomSource {
    private let generator: Mutex<SplitMix64>

    init(seed: UInt64) { generator = Mutex(SplitMix64(seed: seed)) }

    func nextTaskID() -> TaskID { generator.withLock { TaskID.random(using: &$0) } }

    func uniform(in range: ClosedRange<Int64>) -> Int64 {
        generator.withLock { Int64.random(in: range, using: &$0) }
    }
}
