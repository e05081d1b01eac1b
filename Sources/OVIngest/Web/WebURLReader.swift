// SPDX-License-Identifier: Apache-2.0

/// The parser behind `WebURL`: the part of the WHATWG URL Standard that concerns `http` and `https`.
enum WebURLReader {
    struct Failure: Error {
        let message: String
    }

    /// Longer ones are refused; no server of note takes more.
    static let maximumByteCount = 8192

    /// Without blanks and control characters at the ends, and without tabs and line breaks anywhere.
    static func cleaned(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        let isBlank = { (byte: UInt8) in byte <= 0x20 }
        let start = bytes.firstIndex { !isBlank($0) } ?? bytes.endIndex
        let end = (bytes.lastIndex { !isBlank($0) } ?? start - 1) + 1
        return bytes[start..<max(start, end)].filter { $0 != 9 && $0 != 10 && $0 != 13 }
    }

    static func absolute(_ bytes: [UInt8]) throws(Failure) -> WebURL {
        guard bytes.count <= maximumByteCount else {
            throw Failure(message: "it has more than \(maximumByteCount) bytes")
        }
        guard let (scheme, rest) = scheme(bytes[...]) else { throw Failure(message: "it has no scheme") }
        guard let scheme = WebURL.Scheme(rawValue: scheme) else {
            throw Failure(message: "its scheme is '\(scheme)', not http or https")
        }
        guard rest.starts(with: "//".utf8) || rest.starts(with: "\\\\".utf8) else {
            throw Failure(message: "'//' is missing behind '\(scheme.rawValue):'")
        }
        return try withAuthority(rest.dropFirst(2), scheme)
    }

    static func resolve(_ bytes: [UInt8], against base: WebURL) throws(Failure) -> WebURL {
        if let (name, rest) = scheme(bytes[...]) {
            // `http:path` without slashes is relative when the schemes are the same: an old form, still standard.
            guard name == base.scheme.rawValue, !isSlash(rest.first) else { return try absolute(bytes) }
            return try relative(rest, to: base)
        }
        return try relative(bytes[...], to: base)
    }

    private static func relative(_ bytes: ArraySlice<UInt8>, to base: WebURL) throws(Failure) -> WebURL {
        if isSlash(bytes.first), isSlash(bytes.dropFirst().first) {
            return try withAuthority(bytes.dropFirst(2), base.scheme)
        }
        let (path, query, fragment) = split(bytes)
        var folder: [UInt8] = []
        var newQuery = query
        if path.isEmpty {
            folder = Array(base.path.utf8)
            if query == nil { newQuery = base.query.map { Array($0.utf8)[...] } }
        } else if isSlash(path.first) {
            folder = Array(path)
        } else {
            let above = base.path.utf8.prefix(through: base.path.utf8.lastIndex(of: 47) ?? base.path.utf8.startIndex)
            folder = Array(above) + path
        }
        return try make(
            base.scheme, base.userInformation, base.host, base.port, folder[...], newQuery, fragment)
    }

    private static func isSlash(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") }

    private static func scheme(_ bytes: ArraySlice<UInt8>) -> (name: String, rest: ArraySlice<UInt8>)? {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let name = bytes[..<colon].map { (65...90).contains($0) ? $0 | 0x20 : $0 }
        let isName = name.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || "+-.".utf8.contains($0)
        }
        guard isName, let first = name.first, (97...122).contains(first) else { return nil }
        return (String(decoding: name, as: UTF8.self), bytes[(colon + 1)...])
    }

    private static func split(_ bytes: ArraySlice<UInt8>)
        -> (path: ArraySlice<UInt8>, query: ArraySlice<UInt8>?, fragment: ArraySlice<UInt8>?)
    {
        let hash = bytes.firstIndex(of: UInt8(ascii: "#"))
        let front = bytes[..<(hash ?? bytes.endIndex)]
        let mark = front.firstIndex(of: UInt8(ascii: "?"))
        return (
            front[..<(mark ?? front.endIndex)], mark.map { front[($0 + 1)...] }, hash.map { bytes[($0 + 1)...] }
        )
    }

    private static func withAuthority(_ bytes: ArraySlice<UInt8>, _ scheme: WebURL.Scheme) throws(Failure) -> WebURL {
        // Any number of slashes, of either kind, leads to the host.
        let bytes = bytes.drop { isSlash($0) }
        let end = bytes.firstIndex { isSlash($0) || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
        var authority = bytes[..<(end ?? bytes.endIndex)]
        var userInformation: String?
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) {
            userInformation = at == authority.startIndex ? nil : String(decoding: authority[..<at], as: UTF8.self)
            authority = authority[(at + 1)...]
        }
        let (host, port) = try hostAndPort(authority, scheme)
        let (path, query, fragment) = split(bytes[(end ?? bytes.endIndex)...])
        return try make(scheme, userInformation, host, port, path, query, fragment)
    }

    private static func hostAndPort(_ authority: ArraySlice<UInt8>, _ scheme: WebURL.Scheme) throws(Failure)
        -> (String, UInt16)
    {
        var (host, digits): (ArraySlice<UInt8>, ArraySlice<UInt8>) = (authority, [])
        if let colon = authority.lastIndex(of: UInt8(ascii: ":")),
            !authority[colon...].contains(UInt8(ascii: "]"))
        {
            (host, digits) = (authority[..<colon], authority[(colon + 1)...])
        }
        guard !digits.isEmpty else { return (try WebHost.parse(host), scheme.defaultPort) }
        guard digits.allSatisfy({ (48...57).contains($0) }),
            let port = UInt16(String(decoding: digits, as: UTF8.self)), port != 0
        else {
            // Anything else may be a password with a slash in it.
            let isNumber = digits.allSatisfy { (48...57).contains($0) }
            let shown = isNumber ? "'\(String(decoding: digits.prefix(20), as: UTF8.self))'" : "what follows its host"
            throw Failure(message: "\(shown) is no port")
        }
        return (try WebHost.parse(host), port)
    }

    private static func make(
        _ scheme: WebURL.Scheme, _ userInformation: String?, _ host: String, _ port: UInt16, _ path: ArraySlice<UInt8>,
        _ query: ArraySlice<UInt8>?, _ fragment: ArraySlice<UInt8>?
    ) throws(Failure) -> WebURL {
        let url = WebURL(
            scheme: scheme, userInformation: userInformation, host: host, port: port, path: canonicalPath(path),
            query: query.map { encoded($0, queryEscapes) },
            fragment: fragment.map { encoded($0, fragmentEscapes) })
        guard url.text.utf8.count <= maximumByteCount else {
            throw Failure(message: "it has more than \(maximumByteCount) bytes")
        }
        return url
    }

    /// Without `.` and `..`, also where these are percent-encoded.
    private static func canonicalPath(_ path: ArraySlice<UInt8>) -> String {
        var segments: [String] = []
        let path = isSlash(path.first) ? path.dropFirst() : path
        let parts = path.split(omittingEmptySubsequences: false, whereSeparator: { isSlash($0) })
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            switch dots(part) {
            case 1: if isLast { segments.append("") }
            case 2:
                segments = segments.dropLast()
                if isLast { segments.append("") }
            default: segments.append(encoded(part, pathEscapes))
            }
        }
        return "/" + segments.joined(separator: "/")
    }

    /// 1 for `.`, 2 for `..`, in any spelling; else 0.
    private static func dots(_ part: ArraySlice<UInt8>) -> Int {
        guard part.count <= 6 else { return 0 }
        let decoded = percentDecoded(Array(part))
        return decoded.count <= 2 && !decoded.isEmpty && decoded.allSatisfy { $0 == UInt8(ascii: ".") }
            ? decoded.count : 0
    }

    private static let queryEscapes = escapes("\"#<>'")
    private static let fragmentEscapes = escapes("\"<>`")
    private static let pathEscapes = escapes("\"#<>?^`{}")

    /// For each byte whether it is percent-encoded.
    private static func escapes(_ extra: String) -> [Bool] {
        (UInt8.min...UInt8.max).map { $0 <= 0x20 || $0 >= 0x7F || extra.utf8.contains($0) }
    }

    /// Percent-encodes what may not stand in a URL, and leaves alone what is encoded already.
    private static func encoded(_ bytes: ArraySlice<UInt8>, _ escapes: [Bool]) -> String {
        guard bytes.contains(where: { escapes[Int($0)] }) else { return String(decoding: bytes, as: UTF8.self) }
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for byte in bytes {
            if escapes[Int(byte)] {
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// What does not encode a byte stays as it is.
    static func percentDecoded(_ bytes: [UInt8]) -> [UInt8] {
        var (decoded, index): ([UInt8], Int) = ([], 0)
        decoded.reserveCapacity(bytes.count)
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = digit(bytes[index + 1]),
                let low = digit(bytes[index + 2])
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return decoded
    }

    static func isHexadecimal(_ byte: UInt8) -> Bool { digit(byte) != nil }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}
