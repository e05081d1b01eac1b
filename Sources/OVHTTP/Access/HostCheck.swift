// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Refuses what a web page makes a browser send: requests under a name that this server was never told of (DNS
/// rebinding), and requests from a foreign site.
struct HostCheck: Sendable {
    private static let loopback: Set<String> = ["localhost", "127.0.0.1", "::1"]

    private let names: Set<String>

    /// - Parameter names: what the server is called beside the names of the loopback interface.
    init(names: [String]) {
        self.names = Self.loopback.union(names.compactMap { HostName($0)?.name })
    }

    /// - Parameters:
    ///   - host: the `Host` header; HTTP/1.0 has none.
    ///   - origin: the `Origin` header, which only browsers send.
    /// - Throws: `PERMISSION_DENIED`.
    func check(host: String?, origin: String?) throws(OVError) {
        let server = host.flatMap { HostName($0) }
        if let host {
            guard let server, names.contains(server.name) else {
                throw OVError(
                    .permissionDenied, "this server is not called '\(Self.shown(host))'",
                    hint: "if it should be, start it with --allow-host \(server?.name ?? "NAME")")
            }
        }
        guard let origin else { return }
        guard let site = HostName(origin: origin), names.contains(site.name),
            !Self.loopback.contains(site.name) || server == nil || site.port == server?.port
        else {
            throw OVError(
                .permissionDenied, "requests from the site '\(Self.shown(origin))' are refused",
                hint: "use a client that is no web page")
        }
    }

    private static func shown(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(100).filter { $0.value >= 32 && $0.value != 127 }))
    }
}

/// A host with its port, as headers have it.
struct HostName: Hashable, Sendable {
    /// In lower case, an IPv6 address without brackets.
    let name: String
    /// Nil for the one that the scheme implies.
    let port: UInt16?

    init?(_ text: String) {
        let bytes = text.utf8
        let colon = UInt8(ascii: ":")
        var name: Substring.UTF8View
        let rest: Substring.UTF8View
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            name = bytes[bytes.index(after: bytes.startIndex)..<end]
            rest = bytes[bytes.index(after: end)...]
        } else {
            // An IPv6 address without brackets has more than one, and no port.
            let isName = bytes.count { $0 == colon } <= 1
            let end = isName ? bytes.firstIndex(of: colon) ?? bytes.endIndex : bytes.endIndex
            (name, rest) = (bytes[..<end], bytes[end...])
        }
        if name.last == UInt8(ascii: ".") { name = name.dropLast() }
        guard !name.isEmpty, rest.isEmpty || rest.first == colon else { return nil }
        if rest.count > 1 {
            guard let number = UInt16(Substring(rest.dropFirst())) else { return nil }
            port = number
        } else {
            port = nil
        }
        self.name = String(Substring(name)).lowercased()
    }

    /// Reads `http://name:port`; nil for `null` and for what is no web origin.
    init?(origin: String) {
        for scheme in ["http://", "https://"] where origin.lowercased().hasPrefix(scheme) {
            self.init(String(origin.dropFirst(scheme.count)))
            return
        }
        return nil
    }
}
