// SPDX-License-Identifier: Apache-2.0

extension WebURL {
    /// The URL for readers that take no more than RFC 3986 has: what browsers leave as it is (`[`, `|`, a `%` that
    /// encodes nothing) is percent-encoded. Given the other spelling, such a reader would encode all of it once more.
    var strictText: String { "\(scheme.rawValue)://\(authority)\(Self.strict(target))" }

    private static func strict(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard bytes.contains(where: { "%[]|^\\`{}".utf8.contains($0) }) else { return text }
        let digits = Array("0123456789ABCDEF".utf8)
        var (result, index): ([UInt8], Int) = ([], 0)
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            let isEncoding =
                byte == UInt8(ascii: "%") && index + 1 < bytes.count
                && WebURLReader.isHexadecimal(bytes[index]) && WebURLReader.isHexadecimal(bytes[index + 1])
            if isEncoding || !"%[]|^\\`{}".utf8.contains(byte) {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
