// SPDX-License-Identifier: Apache-2.0

/// The identity of a watch task or of one execution: a UUID (RFC 9562), kept as two words so that a hundred thousand
/// of them cost no allocation.
package struct TaskID: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A random identity, version 4.
    package static func random(using generator: inout some RandomNumberGenerator) -> TaskID {
        let (high, low): (UInt64, UInt64) = (generator.next(), generator.next())
        return TaskID(
            high: high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000,
            low: low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }
}

extension TaskID: Comparable {
    /// As their texts are.
    package static func < (left: TaskID, right: TaskID) -> Bool { (left.high, left.low) < (right.high, right.low) }
}

extension TaskID: LosslessStringConvertible {
    /// Eight, four, four, four and twelve lower-case hexadecimal digits.
    package var description: String {
        String(unsafeUninitializedCapacity: Self.textLength) { buffer in
            write(to: buffer)
            return Self.textLength
        }
    }

    static let textLength = 36

    /// Writes `description`.
    func write(to buffer: UnsafeMutableBufferPointer<UInt8>) {
        var position = 0
        for nibble in 0..<32 {
            if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
                buffer[position] = 45
                position += 1
            }
            let word = nibble < 16 ? high : low
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - nibble % 16 * 4)) & 15
            buffer[position] = digit < 10 ? 48 + digit : 87 + digit
            position += 1
        }
    }

    /// Reads the hyphenated form in either case; anything else is nil.
    package init?(_ description: String) {
        var text = description
        guard let value = text.withUTF8({ TaskID(text: $0) }) else { return nil }
        self = value
    }

    init?(text bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count == Self.textLength else { return nil }
        var (high, low): (UInt64, UInt64) = (0, 0)
        for index in 0..<Self.textLength {
            let byte = bytes[index]
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == 45 else { return nil }
                continue
            }
            guard let digit = hexadecimalDigit(byte) else { return nil }
            if index < 18 { high = high << 4 | UInt64(digit) } else { low = low << 4 | UInt64(digit) }
        }
        self.init(high: high, low: low)
    }
}

/// The value of an ASCII hexadecimal digit in either case, or nil.
package func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
}
