// SPDX-License-Identifier: Apache-2.0

import OVCore
import Synchronization

/// Names for requests that came without one: unlike those of any other server, and in the order of their coming.
/// They are no secret, so only the first of them is drawn.
final class RequestNumbering: Sendable {
    private let first: TaskID
    private let count = Atomic<UInt64>(0)

    init(random: any RandomSource) { first = random.nextTaskID() }

    func next() -> String {
        let number = count.wrappingAdd(1, ordering: .relaxed).oldValue
        // The two highest bits say of which kind a UUID is.
        let low = (first.low &+ number) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return TaskID(high: first.high, low: low).description
    }
}
