// SPDX-License-Identifier: Apache-2.0

import OVTestSupport

extension SplitMix64 {
    mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &self) }
}
