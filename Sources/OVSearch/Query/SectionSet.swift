// SPDX-License-Identifier: Apache-2.0

/// Which sections of a segment may be found.
package struct SectionSet: Hashable, Sendable {
    private var words: [UInt64]
    package private(set) var count = 0

    package init(count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

    package mutating func insert(_ range: Range<Int>) {
        for section in range where words[section >> 6] & (1 << UInt64(section & 63)) == 0 {
            words[section >> 6] |= 1 << UInt64(section & 63)
            count += 1
        }
    }

    package func contains(_ section: Int) -> Bool {
        let word = section >> 6
        return word < words.count && words[word] & (1 << UInt64(section & 63)) != 0
    }
}
