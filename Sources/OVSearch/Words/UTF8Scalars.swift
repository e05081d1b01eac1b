// SPDX-License-Identifier: Apache-2.0

/// Reading scalars from bytes that should be UTF-8 and may not be.
enum UTF8Scalars {
    /// The scalar at `index` and its width in bytes; nil and one byte where there is none.
    static func decode(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> (scalar: Unicode.Scalar?, width: Int) {
        let first = text[index]
        if first < 0x80 { return (Unicode.Scalar(first), 1) }
        let count = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        guard first >= 0xC2, first <= 0xF4, index + count <= text.count else { return (nil, 1) }
        var value = UInt32(first) & (0x7F >> UInt32(count))
        for offset in 1..<count {
            let byte = text[index + offset]
            guard byte & 0xC0 == 0x80 else { return (nil, 1) }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        let least: UInt32 = count == 2 ? 0x80 : count == 3 ? 0x800 : 0x10000
        guard value >= least, let scalar = Unicode.Scalar(value) else { return (nil, 1) }
        return (scalar, count)
    }

    /// Whether a letter belongs to a script with upper and lower case.
    static func isCased(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        text[index] < 128 || (decode(text, index).scalar?.properties.isCased ?? false)
    }
}
