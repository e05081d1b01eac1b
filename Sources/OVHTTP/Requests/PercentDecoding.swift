// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Percent-encoding of request targets (RFC 3986 §2.1), undone once.
enum PercentDecoding {
    /// - Parameter plusIsSpace: as in queries that a form makes.
    /// - Returns: nil for a broken escape, and for what is not UTF-8.
    static func decode(_ text: some Collection<UInt8>, plusIsSpace: Bool = false) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = text.startIndex
        while index != text.endIndex {
            let byte = text[index]
            index = text.index(after: index)
            guard byte == UInt8(ascii: "%") else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? 32 : byte)
                continue
            }
            guard index != text.endIndex, let high = hexadecimalDigit(text[index]) else { return nil }
            index = text.index(after: index)
            guard index != text.endIndex, let low = hexadecimalDigit(text[index]) else { return nil }
            index = text.index(after: index)
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
