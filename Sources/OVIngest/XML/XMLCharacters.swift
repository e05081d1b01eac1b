// SPDX-License-Identifier: Apache-2.0

/// The classes of characters of XML 1.0 (fifth edition, §2.2 and §2.3), on UTF-8 that is valid.
enum XMLCharacters {
    @inline(__always) static func isSpace(_ byte: UInt8) -> Bool {
        byte == 32 || byte == 10 || byte == 9 || byte == 13
    }

    /// Whether a byte ends a name: all of ASCII that is in none and stands where a name may end.
    @inline(__always) static func endsName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...32, UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: "/"), UInt8(ascii: "<"), UInt8(ascii: "\""),
            UInt8(ascii: "'"), UInt8(ascii: "&"), UInt8(ascii: ";"), UInt8(ascii: "?"):
            true
        default: false
        }
    }

    @inline(__always) static func mayStartName(_ byte: UInt8) -> Bool {
        byte.isLetter || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":") || byte >= 0x80
    }

    /// Whether text is a name without a colon.
    static func isName(_ text: ArraySlice<UInt8>) -> Bool {
        var isFirst = true
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            guard isNameStart(scalar) || !isFirst && isNameRest(scalar) else { return false }
            isFirst = false
        }
        return !isFirst
    }

    private static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x41...0x5A, 0x5F, 0x61...0x7A, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x2FF, 0x370...0x37D, 0x37F...0x1FFF,
            0x200C...0x200D, 0x2070...0x218F, 0x2C00...0x2FEF, 0x3001...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFFD,
            0x10000...0xEFFFF:
            true
        default: false
        }
    }

    private static func isNameRest(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2D, 0x2E, 0x30...0x39, 0xB7, 0x300...0x36F, 0x203F...0x2040: true
        default: false
        }
    }

    /// Whether a document may have the character that begins at `index`.
    @inline(__always) static func isAllowed(_ input: [UInt8], at index: Int) -> Bool {
        let byte = input[index]
        if byte < 32 { return byte == 9 || byte == 10 || byte == 13 }
        // U+FFFE and U+FFFF.
        guard byte == 0xEF, index + 2 < input.count else { return true }
        return !(input[index + 1] == 0xBF && input[index + 2] >= 0xBE)
    }

    static func isAllowed(_ value: UInt32) -> Bool {
        switch value {
        case 9, 10, 13, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
