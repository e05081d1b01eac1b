// SPDX-License-Identifier: Apache-2.0

/// A character reference in a page: `&amp;`, `&#8212;`, `&#x2014;` (WHATWG HTML §13.2.5.72 to 80).
struct HTMLReference {
    /// Where the text goes on.
    let end: Int
    /// What it stands for.
    let utf8: [UInt8]

    /// Reads the reference that the `&` at `start` begins.
    /// - Parameter isInAttribute: in there, `&copy=` and `&copyright` are text, because addresses have such.
    /// - Returns: nil when it begins none.
    init?<Text: RandomAccessCollection<UInt8>>(in text: Text, at start: Int, isInAttribute: Bool = false)
    where Text.Index == Int {
        guard start + 1 < text.endIndex else { return nil }
        if text[start + 1] == UInt8(ascii: "#") {
            self.init(numberIn: text, at: start + 2)
            return
        }
        guard text[start + 1].isAlphanumeric else { return nil }
        guard let match = HTMLEntities.shared.longestMatch(in: text, at: start + 1) else { return nil }
        if isInAttribute, text[match.end - 1] != UInt8(ascii: ";"), match.end < text.endIndex {
            let next = text[match.end]
            if next == UInt8(ascii: "=") || next.isAlphanumeric { return nil }
        }
        self.init(end: match.end, utf8: match.utf8)
    }

    private init(end: Int, utf8: [UInt8]) {
        self.end = end
        self.utf8 = utf8
    }

    private init?<Text: RandomAccessCollection<UInt8>>(numberIn text: Text, at start: Int) where Text.Index == Int {
        var index = start
        let isHex = index < text.endIndex && text[index] | 0x20 == UInt8(ascii: "x")
        if isHex { index += 1 }
        let (radix, firstDigit): (UInt32, Int) = (isHex ? 16 : 10, index)
        var value: UInt32 = 0
        while index < text.endIndex, let digit = Self.digit(text[index], isHex: isHex) {
            // Anything beyond Unicode is the same; it must only not overflow.
            value = min(value * radix + digit, 0x11_0000)
            index += 1
        }
        guard index > firstDigit else { return nil }
        if index < text.endIndex, text[index] == UInt8(ascii: ";") { index += 1 }
        self.init(end: index, utf8: Self.encode(Self.remapped(value)))
    }

    private static func digit(_ byte: UInt8, isHex: Bool) -> UInt32? {
        if byte.isDigit { return UInt32(byte) - 48 }
        let letter = byte.lowercased
        return isHex && letter >= 97 && letter <= 102 ? UInt32(letter) - 87 : nil
    }

    /// Numbers from 0x80 to 0x9F were written by those who meant windows-1252.
    private static func remapped(_ value: UInt32) -> UInt32 {
        switch value {
        case 0x80...0x9F: UInt32(TextDecoder.windows1252[Int(value) - 0x80])
        case 0: 0xFFFD
        default: value
        }
    }

    /// The UTF-8 of a number; of U+FFFD where that is no character.
    static func encode(_ value: UInt32) -> [UInt8] {
        let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
        return Array(String(Character(scalar)).utf8)
    }
}
