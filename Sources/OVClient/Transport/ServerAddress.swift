// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// Where a server is reached.
package struct ServerAddress: Hashable, Sendable {
    /// In front of the path of every request, as the transport wants it.
    let base: String
    /// What the `Host` header says.
    let host: String
    /// As people write it, for messages.
    package let text: String
    /// Whether only processes of this machine get there, so that both ends see the same files.
    package let isLocal: Bool

    /// The socket of a daemon.
    package init(socket path: String) {
        base = "http+unix://" + PercentEncoding.encode(path)
        host = "localhost"
        text = path
        isLocal = true
    }

    /// Reads `http://host:port` or `https://host`, also with a path in front of the routes.
    /// - Throws: `INVALID_ARGUMENT` that says what is wrong with it.
    package init(url: String) throws(OVError) {
        func wrong(_ reason: String) -> OVError {
            OVError(
                .invalidArgument, "'\(Self.shown(url))' is not the address of a server: \(reason)",
                hint: "write http://HOST:PORT or https://HOST")
        }
        let scheme = ["http://", "https://"].first { url.lowercased().hasPrefix($0) }
        guard let scheme else { throw wrong("it must begin with http:// or https://") }
        let rest = url.dropFirst(scheme.count)
        guard rest.utf8.allSatisfy({ (33...126).contains($0) && !"\"<>\\^`{|}".utf8.contains($0) }) else {
            throw wrong("it has characters that no URL has")
        }
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else { throw wrong("a name and password do not belong there") }
        guard Self.isAuthority(authority) else { throw wrong("'\(authority)' is not a host with a port") }
        var path = rest.dropFirst(authority.count)
        guard !path.contains("?"), !path.contains("#") else { throw wrong("a '?' or '#' does not belong there") }
        while path.hasSuffix("/") { path.removeLast() }
        base = scheme + authority.lowercased() + path
        host = authority.lowercased()
        text = base
        isLocal = false
    }

    private static func isAuthority(_ text: Substring) -> Bool {
        var rest = text.utf8[...]
        if rest.first == UInt8(ascii: "[") {
            guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let address = rest[rest.index(after: rest.startIndex)..<end]
            guard !address.isEmpty, address.allSatisfy({ hexadecimalDigit($0) != nil || $0 == 58 || $0 == 46 }) else {
                return false
            }
            rest = rest[rest.index(after: end)...]
        } else {
            let name = rest.prefix { $0 != UInt8(ascii: ":") }
            guard !name.isEmpty, !name.contains(UInt8(ascii: "%")) else { return false }
            rest = rest[name.endIndex...]
        }
        guard !rest.isEmpty else { return true }
        guard rest.first == UInt8(ascii: ":"), let port = UInt16(String(Substring(rest.dropFirst()))) else {
            return false
        }
        return port > 0
    }

    /// Without a password that somebody put into it.
    private static func shown(_ url: String) -> String {
        let text = String(url.unicodeScalars.prefix(200).map { $0.value < 32 || $0.value == 127 ? "?" : Character($0) })
        guard let at = text.lastIndex(of: "@"), let start = text.firstRange(of: "://") else { return text }
        return start.upperBound < at ? text[..<start.upperBound] + "…" + text[at...] : text
    }
}

/// Percent-encoding (RFC 3986 §2.1) of whatever is not unreserved.
enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    static func encode(_ text: String) -> String {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126: encoded.append(byte)
            default: encoded += [37, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// - Returns: nil for a broken escape, and for what is not UTF-8.
    static func decode(_ text: String) -> String? {
        var (bytes, rest): ([UInt8], Substring.UTF8View) = ([], text[...].utf8)
        while let byte = rest.popFirst() {
            guard byte == 37 else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexadecimalDigit),
                let low = rest.popFirst().flatMap(hexadecimalDigit)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
