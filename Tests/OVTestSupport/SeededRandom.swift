// SPDX-License-Identifier: Apache-2.0

import OVCore
import Synchronization

/// A small generator whose whole state is its seed, so that a failure can be repeated from the number it prints.
/// Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True about once in `count` times.
    package mutating func once(in count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }

    package mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }
}

/// Jitter and identities that a seed determines.
package final class SeededRandom: RandomSource {
    private let generator: Mutex<SplitMix64>

    package init(seed: UInt64) { generator = Mutex(SplitMix64(seed: seed)) }

    package func nextTaskID() -> TaskID { generator.withLock { TaskID.random(using: &$0) } }

    package func uniform(in range: ClosedRange<Int64>) -> Int64 {
        generator.withLock { Int64.random(in: range, using: &$0) }
    }
}
