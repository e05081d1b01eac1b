// SPDX-License-Identifier: Apache-2.0

/// Where `JSONWriter` writes next, in room that is known to be there: the one place that writes without asking.
struct JSONCursor {
    private let room: UnsafeMutableBufferPointer<UInt8>
    private(set) var used: Int

    /// The longest that one byte becomes: `\u001f`.
    static let longestEscape = 6

    init(_ room: UnsafeMutableBufferPointer<UInt8>, used: Int) {
        self.room = room
        self.used = used
    }

    mutating func put(_ byte: UInt8) {
        room[used] = byte
        used += 1
    }

    mutating func put(_ text: StaticString) {
        put(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func put(_ text: UnsafeBufferPointer<UInt8>) {
        put(text.count) { room in _ = room.update(fromContentsOf: text) }
    }

    mutating func put(_ count: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
        fill(UnsafeMutableBufferPointer(rebasing: room[used..<used + count]))
        used += count
    }

    mutating func putLineBreak(_ indentation: Int) {
        put(10)
        put(indentation) { $0.update(repeating: 32) }
    }

    mutating func put(decimal number: Int64) {
        if number < 0 { put(45) }
        var rest = number.magnitude
        var digits = 1
        while rest >= 10 {
            rest /= 10
            digits += 1
        }
        rest = number.magnitude
        put(digits) { room in
            for index in room.indices.reversed() {
                room[index] = UInt8(truncatingIfNeeded: 48 + rest % 10)
                rest /= 10
            }
        }
    }

    /// Whether a text can stand in a string as it is. Looks at all of it, which is quicker than to stop early.
    static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var needsEscape = false
        for byte in text { needsEscape = needsEscape || isEscaped(byte) }
        return !needsEscape
    }

    private static func isEscaped(_ byte: UInt8) -> Bool { byte < 32 || byte == 34 || byte == 92 }

    mutating func put(escaping text: UnsafeBufferPointer<UInt8>) {
        for byte in text {
            if Self.isEscaped(byte) { putEscape(of: byte) } else { put(byte) }
        }
    }

    private mutating func putEscape(of byte: UInt8) {
        put(92)
        switch byte {
        case 34, 92: put(byte)
        case 8: put(98)
        case 9: put(116)
        case 10: put(110)
        case 12: put(102)
        case 13: put(114)
        default:
            let low = byte & 15
            put("u00")
            put(48 + byte >> 4)
            put(low < 10 ? 48 + low : 87 + low)
        }
    }
}
