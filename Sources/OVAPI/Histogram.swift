// SPDX-License-Identifier: Apache-2.0

/// How often something was at most so large, for a few sizes, and the sum of all.
package struct Histogram: Hashable, Sendable {
    /// Upper bounds, rising.
    package let bounds: [Double]
    /// For each bound, what lies above the one before it; last, what lies above all.
    package private(set) var counts: [Int]
    package private(set) var sum = 0.0

    package init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    package mutating func add(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }

    package var total: Int { counts.reduce(0, +) }
}
