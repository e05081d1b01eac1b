// SPDX-License-Identifier: Apache-2.0

@_spi(_Unicode) import Swift

/// What a character beyond ASCII is searched as: without diacritics and case (é as e, ß as ss, Ω as ω), full width
/// forms as plain ones.
struct ScalarFolding {
    private var known: [UInt32: [UInt8]] = [:]

    /// How many characters are remembered; a text with more of them only takes longer.
    private static let capacity = 8192

    mutating func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        if let folded = known[scalar.value] {
            bytes.append(contentsOf: folded)
            return
        }
        let folded = Self.fold(scalar)
        if known.count < Self.capacity { known[scalar.value] = folded }
        bytes.append(contentsOf: folded)
    }

    static func fold(_ scalar: Unicode.Scalar) -> [UInt8] {
        if scalar == "\u{2019}" { return [39] }
        var scalar = scalar
        if (0xFF01...0xFF5E).contains(scalar.value) { scalar = Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar }
        // Syllables of Korean are searched as they are written.
        let decomposed = (0xAC00...0xD7A3).contains(scalar.value) ? [scalar] : Array(String(scalar)._nfd)
        var text = ""
        for part in decomposed {
            switch part.properties.generalCategory {
            // Marks of scripts whose vowels they are stay.
            case .nonspacingMark where part.value < 0x590 || (0x1DC0...0x20FF).contains(part.value): continue
            case .format: continue
            default: text.unicodeScalars.append(part)
            }
        }
        return Array(text.uppercased().lowercased().utf8)
    }
}
