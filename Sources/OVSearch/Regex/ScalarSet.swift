// SPDX-License-Identifier: Apache-2.0

/// A set of Unicode scalars: ranges that rise and do not touch.
struct ScalarSet: Hashable, Sendable {
    private(set) var ranges: [ClosedRange<UInt32>]

    static let largest: UInt32 = 0x10FFFF
    static let all = ScalarSet([0...largest])

    init(_ ranges: [ClosedRange<UInt32>] = []) {
        var merged: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound &+ 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        self.ranges = merged
    }

    init(_ scalar: Unicode.Scalar) { ranges = [scalar.value...scalar.value] }

    var isEmpty: Bool { ranges.isEmpty }

    func contains(_ value: UInt32) -> Bool {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(value)
    }

    func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

    var inverted: ScalarSet {
        var (gaps, next): ([ClosedRange<UInt32>], UInt32) = ([], 0)
        for range in ranges {
            if range.lowerBound > next { gaps.append(next...range.lowerBound - 1) }
            next = range.upperBound + 1
        }
        if next <= Self.largest { gaps.append(next...Self.largest) }
        return ScalarSet(gaps)
    }

    func intersection(_ other: ScalarSet) -> ScalarSet { inverted.union(other.inverted).inverted }
    func subtracting(_ other: ScalarSet) -> ScalarSet { intersection(other.inverted) }

    func symmetricDifference(_ other: ScalarSet) -> ScalarSet {
        union(other).subtracting(intersection(other))
    }

    /// All that differs only in case from something in the set.
    var ignoringCase: ScalarSet {
        var added = ranges
        for (value, others) in CaseVariants.table where contains(value) {
            added.append(contentsOf: others.map { $0...$0 })
        }
        return ScalarSet(added)
    }
}

/// The letters that differ only in case: simple case folding, worked out once.
private enum CaseVariants {
    static let table: [(UInt32, [UInt32])] = {
        var groups: [UInt32: [UInt32]] = [:]
        // Behind this plane no letter has a case.
        for value in UInt32(0x41)...0x1E943 {
            guard let scalar = Unicode.Scalar(value), scalar.properties.changesWhenCaseMapped else { continue }
            groups[folded(scalar), default: []].append(value)
        }
        var table: [(UInt32, [UInt32])] = []
        for (folded, values) in groups {
            let all = Set(values + [folded])
            guard all.count > 1 else { continue }
            for value in all { table.append((value, all.filter { $0 != value })) }
        }
        return table
    }()

    private static func folded(_ scalar: Unicode.Scalar) -> UInt32 {
        func single(_ text: String) -> UInt32? {
            text.unicodeScalars.count == 1 ? text.unicodeScalars.first?.value : nil
        }
        let upper = single(scalar.properties.uppercaseMapping).flatMap(Unicode.Scalar.init) ?? scalar
        return single(upper.properties.lowercaseMapping) ?? scalar.value
    }
}
