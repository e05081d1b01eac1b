// SPDX-License-Identifier: Apache-2.0

extension Source {
    /// The machine that the source is fetched from, so that runs do not crowd it; nil for what lies on this machine,
    /// and for locations that only a plug-in can read.
    ///
    /// A name as it is written, in lower case and without a port: two names of one machine count as two.
    package var host: String? {
        let text = location.utf8
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let before = text[..<colon]
        let behind = text[text.index(after: colon)...]
        if behind.starts(with: "//".utf8) {
            guard !before.isEmpty, !before.elementsEqual("file".utf8) else { return nil }
            return Self.host(inAuthority: behind.dropFirst(2).prefix { !Self.endsAuthority.contains($0) })
        }
        // `user@host:path`, as ssh has it.
        guard fetcher == "git" || before.contains(UInt8(ascii: "@")), !before.contains(UInt8(ascii: "/")) else {
            return nil
        }
        return Self.host(inAuthority: before)
    }

    private static let endsAuthority: [UInt8] = [UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")]

    private static func host(inAuthority authority: Substring.UTF8View) -> String? {
        let place = authority.lastIndex(of: UInt8(ascii: "@")).map { authority[authority.index(after: $0)...] }
        let rest = place ?? authority
        let isBracketed = rest.first == UInt8(ascii: "[")
        var name = rest.prefix { $0 != UInt8(ascii: isBracketed ? "]" : ":") }
        if isBracketed { name = name.dropFirst() }
        if name.last == UInt8(ascii: ".") { name = name.dropLast() }
        return name.isEmpty ? nil : String(Substring(name)).lowercased()
    }
}
