// SPDX-License-Identifier: Apache-2.0

extension WebURL {
    /// A text that may be meant for a URL, for messages: without what may be a password in it, without controls of
    /// whatever shows it, and not too long.
    ///
    /// It need not be valid, and what is wrong with it may be that a password holds a slash. So in doubt more is left
    /// out than has to be.
    package static func redacted(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var shown = bytes[...]
        if let hidden = userInformation(of: bytes) {
            shown = bytes[..<hidden.lowerBound] + Array("…".utf8) + bytes[hidden.upperBound...]
        }
        return readable(String(decoding: shown.prefix(4096), as: UTF8.self))
    }

    /// A text from outside as it may stand in a message: short, and without what a terminal would take for commands or
    /// what shows letters in another order.
    static func readable(_ text: String) -> String {
        let scalars = text.unicodeScalars.lazy.filter { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
        return String(String.UnicodeScalarView(scalars.prefix(200)))
    }

    /// Where what stands before `@` is.
    private static func userInformation(of bytes: [UInt8]) -> Range<Int>? {
        let isSlash = { (byte: UInt8) in byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") }
        var start = 0
        // Behind the first `:` that slashes follow; `user:password@host:path` has none.
        if let colon = bytes.indices.dropLast().first(where: {
            bytes[$0] == UInt8(ascii: ":") && isSlash(bytes[$0 + 1])
        }) {
            start = bytes[(colon + 1)...].firstIndex { !isSlash($0) } ?? bytes.endIndex
        }
        let end = bytes[start...].firstIndex { isSlash($0) || "?#".utf8.contains($0) } ?? bytes.endIndex
        let at = UInt8(ascii: "@")
        if start > 0, let last = bytes[start..<end].lastIndex(of: at) { return start..<last }
        guard let last = bytes[start...].lastIndex(of: at), bytes[start..<last].contains(UInt8(ascii: ":")) else {
            return nil
        }
        return start..<last
    }
}
