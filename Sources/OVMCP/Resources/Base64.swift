// SPDX-License-Identifier: Apache-2.0

/// RFC 4648 §4.
package enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let rest = min(3, bytes.count - index)
            let first = UInt32(bytes[index]) << 16
            let second = rest > 1 ? UInt32(bytes[index + 1]) << 8 : 0
            let word = first | second | (rest > 2 ? UInt32(bytes[index + 2]) : 0)
            for place in 0..<4 {
                text.append(place <= rest ? digits[Int(word >> (18 - 6 * UInt32(place)) & 63)] : 61)
            }
            index += 3
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for what is not base64.
    package static func decode(_ text: String) -> [UInt8]? {
        var (bytes, word, bits): ([UInt8], UInt32, Int) = ([], 0, 0)
        var digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 4) else { return nil }
        for _ in 0..<2 where digits.last == 61 { digits.removeLast() }
        for digit in digits {
            guard let value = value(of: digit) else { return nil }
            word = word << 6 | value
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
            }
        }
        return bytes
    }

    private static func value(of digit: UInt8) -> UInt32? {
        switch digit {
        case 65...90: UInt32(digit - 65)
        case 97...122: UInt32(digit - 71)
        case 48...57: UInt32(digit + 4)
        case 43: 62
        case 47: 63
        default: nil
        }
    }
}
