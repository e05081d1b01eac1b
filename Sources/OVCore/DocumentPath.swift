// SPDX-License-Identifier: Apache-2.0

@_spi(_Unicode) import Swift

/// The place of a document inside its resource: relative, canonical, `/` between segments; empty for a resource that
/// is a single document.
package enum DocumentPath {
    /// Makes a path of raw bytes as a file system or an archive gives them.
    ///
    /// Unicode is brought to normal form C. Bytes that are not UTF-8 and control characters become `%XX`, so that
    /// every file has a name; so does a segment that is just `~`, which no address can hold. Whether anything was
    /// escaped (`isExact` is false) is for the caller to warn about.
    /// - Returns: nil when a segment is empty, `.` or `..`, or when the path is too long for an address.
    package static func canonical(_ bytes: some Collection<UInt8>) -> (path: String, isExact: Bool)? {
        // Normal form C can be shorter than what it was made of, but never as much as that.
        guard bytes.count <= 4 * VikingURI.maximumByteCount else { return nil }
        let raw = Array(bytes)
        var isExact = true
        var text: String
        // Nearly every name is plain ASCII, and then it is canonical as it stands.
        if raw.allSatisfy({ $0 >= 32 && $0 < 127 }) {
            text = String(decoding: raw, as: UTF8.self)
        } else {
            text = escaping(raw)
            isExact = text.utf8.elementsEqual(raw)
            text = String(String.UnicodeScalarView(text._nfc))
        }
        // By bytes: to Swift a slash with a combining mark behind it is one character that is no slash.
        var segments = text.utf8.split(separator: 47, omittingEmptySubsequences: false).map(Substring.init)
        for segment in segments where segment.isEmpty || segment == "." || segment == ".." { return nil }
        if segments.contains("~") {
            segments = segments.map { $0 == "~" ? "%7E" : $0 }
            text = segments.joined(separator: "/")
            isExact = false
        }
        guard text.utf8.count <= VikingURI.maximumByteCount else { return nil }
        return (text, isExact)
    }

    private static func escaping(_ bytes: [UInt8]) -> String {
        var text = ""
        var decoder = UTF8()
        var iterator = bytes[...].makeIterator()
        var consumed = 0
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar):
                consumed += UTF8.width(scalar)
                if scalar.properties.generalCategory == .control {
                    for byte in String(scalar).utf8 { text += percentEscape(byte) }
                } else {
                    text.unicodeScalars.append(scalar)
                }
            case .emptyInput: return text
            case .error:
                // The decoder says only that something was wrong: escape one byte and start again behind it.
                text += percentEscape(bytes[consumed])
                consumed += 1
                decoder = UTF8()
                iterator = bytes[consumed...].makeIterator()
            }
        }
    }

    private static func percentEscape(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.utf8.count == 1 ? "%0" + digits : "%" + digits
    }
}
