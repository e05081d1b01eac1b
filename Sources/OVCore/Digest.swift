// SPDX-License-Identifier: Apache-2.0

/// A SHA-256 digest (FIPS 180-4): 32 bytes in four words. Whoever has the bytes computes it; this is only the value.
package struct Digest: Hashable, Sendable {
    package let words: SIMD4<UInt64>

    package static let byteCount = 32

    package init(words: SIMD4<UInt64>) { self.words = words }

    /// Reads 32 bytes, most significant first; any other count is nil.
    ///
    /// Takes the one type that readers have, because a generic one is not specialised in other modules, and a large
    /// document list has a digest a line.
    package init?(bytes: ArraySlice<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        words = bytes.withUnsafeBytes { bytes in
            SIMD4(
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)))
        }
    }

    package var bytes: [UInt8] {
        (0..<Self.byteCount).map { UInt8(truncatingIfNeeded: words[$0 / 8] >> UInt64(56 - $0 % 8 * 8)) }
    }
}

extension Digest: LosslessStringConvertible {
    /// 64 lower-case hexadecimal digits.
    package var description: String {
        String(unsafeUninitializedCapacity: 64) { buffer in
            for nibble in 0..<64 {
                let digit = UInt8(truncatingIfNeeded: words[nibble / 16] >> UInt64(60 - nibble % 16 * 4)) & 15
                buffer[nibble] = digit < 10 ? 48 + digit : 87 + digit
            }
            return 64
        }
    }

    package init?(_ description: String) {
        let digits = description.utf8.compactMap(hexadecimalDigit)
        guard digits.count == 64, description.utf8.count == 64 else { return nil }
        var words = SIMD4<UInt64>()
        for (index, digit) in digits.enumerated() {
            words[index / 16] = words[index / 16] << 4 | UInt64(digit)
        }
        self.words = words
    }
}
