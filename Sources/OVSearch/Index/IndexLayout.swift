// SPDX-License-Identifier: Apache-2.0

/// How an index file lies in pages, and how it is known to be whole. FORMAT.md §1.
package enum IndexLayout {
    /// What is read, checked and kept at once.
    package static let pageLength = 16 << 10
    static let magic: [UInt8] = Array("OVINDEX1".utf8)
    static let version: UInt32 = 2
    package static let footerLength = 48
    static let segmentTrailerLength = 64
    /// The most that a number of a segment takes where it is written as a varint.
    static let varintLength = 5
    /// In a document's title: whether it has words that are not there in full.
    static let cutWords: UInt32 = 1 << 31

    /// A checksum against damage, not against intent: eight bytes at a time, multiplied and folded.
    package static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.withUnsafeBytes { raw in
            var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(raw.count)
            var offset = 0
            while offset + 8 <= raw.count {
                hash = mixed(hash, UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
                offset += 8
            }
            var rest: UInt64 = 0
            for byte in raw[offset...] { rest = rest << 8 | UInt64(byte) }
            return mixed(hash, rest)
        }
    }

    private static func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let (high, low) = (hash ^ word).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        return high ^ low ^ (word &* 0xE703_7ED1_A0B4_28DB)
    }
}

/// Why an index cannot be used: it is damaged, or of another format. It is derived, so whoever finds out makes a new
/// one.
package struct IndexFault: Error, Hashable, Sendable {
    package let reason: String

    package init(_ reason: String) { self.reason = reason }
}
