// SPDX-License-Identifier: Apache-2.0

/// The part of an address that is nobody's business: `user:password@` of a web address.
///
/// It is taken off before any fetcher sees the address, so that it cannot get into a location, a message or a log.
struct SourceCredential: Sendable {
    /// The address without it.
    let address: String
    /// `user:password`, or a token that stood there alone; percent-encoding undone.
    let secret: String

    /// - Returns: nil for what holds none.
    init?(in text: String) {
        // Just what the reader of addresses would make of it: blanks around it, and slashes in any number.
        let bytes = WebURLReader.cleaned(text)
        guard bytes.count <= WebURLReader.maximumByteCount, let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            ["http", "https", "git+http", "git+https"].contains(
                String(decoding: bytes[..<colon], as: UTF8.self).lowercased())
        else { return nil }
        let start = bytes[(colon + 1)...].firstIndex { !"/\\".utf8.contains($0) } ?? bytes.endIndex
        guard start > colon + 2 else { return nil }
        let end = bytes[start...].firstIndex { "/?#\\".utf8.contains($0) } ?? bytes.endIndex
        guard let at = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")) else { return nil }
        var userInformation = WebURLReader.percentDecoded(Array(bytes[start..<at]))
        // `token:@` is a token.
        if userInformation.last == UInt8(ascii: ":") { userInformation.removeLast() }
        address = String(decoding: bytes[..<start] + bytes[(at + 1)...], as: UTF8.self)
        secret = String(decoding: userInformation, as: UTF8.self)
    }
}
