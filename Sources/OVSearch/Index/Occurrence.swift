// SPDX-License-Identifier: Apache-2.0

/// That a term stands in a section, and where: in the order of sections, and of positions in each.
struct Occurrence: Comparable {
    private let key: UInt64

    init(section: UInt32, position: UInt32) { key = UInt64(section) << 32 | UInt64(position) }

    var section: Int { Int(key >> 32) }
    var position: Int { Int(key & 0xFFFF_FFFF) }

    static func < (left: Self, right: Self) -> Bool { left.key < right.key }
}
