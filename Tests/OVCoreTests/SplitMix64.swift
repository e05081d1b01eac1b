// SPDX-License-Identifier: Apache-2.0

import OVCore
import Synchronization

/// A small generator whose whole state is its seed, so that a failure can be repeated from the number it prints.
/// Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
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

/// Always answers one end of the range, to see the bounds of what is drawn.
struct ExtremeRandom: RandomSource {
    let upper: Bool

    func nextTaskID() -> TaskID { TaskID(high: 0, low: 0) }
    func uniform(in range: ClosedRange<Int64>) -> Int64 { upper ? range.upperBound : range.lowerBound }
}
