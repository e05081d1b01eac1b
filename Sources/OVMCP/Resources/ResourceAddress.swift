// SPDX-License-Identifier: Apache-2.0

import OVCore

/// How an address is written where the protocol wants a URI of RFC 3986: `viking://resources/a%20b.md`. Everywhere else
/// it is plain text.
enum ResourceAddress {
    static func text(of uri: VikingURI) -> String {
        guard !uri.text.utf8.allSatisfy(isAllowed) else { return uri.text }
        var text: [UInt8] = []
        for byte in uri.text.utf8 {
            if isAllowed(byte) { text.append(byte) } else { text += [37, digit(byte >> 4), digit(byte & 15)] }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads an address from a request: as a URI, or as plain text that is none.
    /// - Throws: `INVALID_URI`, also for encoded slashes and zeros, by which a name would become a path.
    static func parse(_ text: String, user: String) throws(OVError) -> VikingURI {
        guard text.utf8.contains(37), text.utf8.count <= 3 * VikingURI.maximumByteCount else {
            return try VikingURI(parsing: text, user: user)
        }
        guard let decoded = try decode(text) else { return try VikingURI(parsing: text, user: user) }
        return try VikingURI(parsing: decoded, user: user)
    }

    /// Nil for text with a percent sign that encodes nothing.
    private static func decode(_ text: String) throws(OVError) -> String? {
        var (bytes, rest): ([UInt8], Substring.UTF8View) = ([], text[...].utf8)
        while let byte = rest.popFirst() {
            guard byte == 37 else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(value), let low = rest.popFirst().flatMap(value) else {
                return nil
            }
            let decoded = high << 4 | low
            guard decoded != 0, decoded != 47 else {
                throw OVError(
                    .invalidURI, "not a valid viking:// URI: it has an encoded '\(decoded == 0 ? "NUL" : "/")'")
            }
            bytes.append(decoded)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 55 + value }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case 48...57: digit - 48
        case 65...70: digit - 55
        case 97...102: digit - 87
        default: nil
        }
    }

    /// Whether a byte can stand in a path as it is; a percent sign cannot, as it would begin a code.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: Self.marks.contains(byte)
        }
    }

    private static let marks = Set("-._~!$&'()*+,;=:@/".utf8)
}
