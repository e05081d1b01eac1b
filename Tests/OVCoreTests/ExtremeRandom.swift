// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Always answers one end of the range, to see the bounds of what is drawn.
struct ExtremeRandom: RandomSource {
    let upper: Bool

    func nextTaskID() -> TaskID { TaskID(high: 0, low: 0) }
    func uniform(in range: ClosedRange<Int64>) -> Int64 { upper ? range.upperBound : range.lowerBound }
}
