// SPDX-License-Identifier: Apache-2.0

/// What an address is for, as far as that decides whether it is fetched from.
///
/// By the IANA registries of special-purpose addresses (RFC 6890 and its updates). An IPv6 address that carries an
/// IPv4 one is what that one is.
enum AddressKind: Hashable, Sendable {
    case global
    /// In use on this machine or in this network; fetched only when that was allowed.
    case local(String)
    /// Never a source: where clouds keep credentials, groups of hosts, numbers without hosts.
    case unusable(String)

    init(_ address: IPAddress) {
        if let embedded = address.embedded {
            self.init(embedded)
            return
        }
        // Nobody knows from here how a network's own translation is set up, so each reading counts.
        for translated in address.translations where AddressKind(translated) == Self.metadata {
            self = Self.metadata
            return
        }
        let first = Self.ranges.first { $0.contains(address) }
        self = first?.kind ?? .global
    }

    private struct Block: Sendable {
        let network: IPAddress
        let bits: Int
        let kind: AddressKind

        func contains(_ address: IPAddress) -> Bool {
            switch (network, address) {
            case (.v4(let network), .v4(let number)): return bits == 0 || (network ^ number) >> UInt32(32 - bits) == 0
            case (.v6(let high, let low), .v6(let otherHigh, let otherLow)):
                if bits <= 64 { return (high ^ otherHigh) >> UInt64(64 - bits) == 0 }
                return high == otherHigh && (low ^ otherLow) >> UInt64(128 - bits) == 0
            default: return false
            }
        }
    }

    private static func block(_ text: String, _ bits: Int, _ kind: AddressKind) -> Block? {
        IPAddress(text).map { Block(network: $0, bits: bits, kind: kind) }
    }

    private static let metadata = AddressKind.unusable("a cloud's metadata service")

    /// The first that fits counts.
    private static let ranges: [Block] = [
        block("169.254.169.254", 32, metadata),
        block("169.254.170.2", 32, metadata),
        block("169.254.170.23", 32, metadata),
        block("169.254.0.23", 32, metadata),
        block("100.100.100.200", 32, metadata),
        block("168.63.129.16", 32, metadata),
        block("192.0.0.192", 32, metadata),
        block("fd00:ec2::254", 128, metadata),
        block("fd00:ec2::23", 128, metadata),
        block("fd20:ce::254", 128, metadata),
        block("fe80::a9fe:a9fe", 128, metadata),
        block("127.0.0.0", 8, .local("a loopback address")),
        block("0.0.0.0", 8, .local("this machine itself")),
        block("10.0.0.0", 8, .local("a private address")),
        block("172.16.0.0", 12, .local("a private address")),
        block("192.168.0.0", 16, .local("a private address")),
        block("100.64.0.0", 10, .local("a carrier's shared address")),
        block("169.254.0.0", 16, .local("a link-local address")),
        block("192.0.0.0", 24, .unusable("an address for protocols")),
        block("198.18.0.0", 15, .local("an address for benchmarks")),
        block("192.0.2.0", 24, .unusable("an address for documentation")),
        block("198.51.100.0", 24, .unusable("an address for documentation")),
        block("203.0.113.0", 24, .unusable("an address for documentation")),
        block("192.88.99.0", 24, .unusable("a relay address")),
        block("224.0.0.0", 4, .unusable("a multicast address")),
        block("240.0.0.0", 4, .unusable("a reserved address")),
        block("::1", 128, .local("a loopback address")),
        block("::", 128, .local("this machine itself")),
        block("fc00::", 7, .local("a private address")),
        block("fe80::", 10, .local("a link-local address")),
        block("fec0::", 10, .local("a private address")),
        block("64:ff9b:1::", 48, .local("a network's own translation")),
        block("ff00::", 8, .unusable("a multicast address")),
        block("2001::", 32, .unusable("a tunnel's address")),
        block("2001::", 23, .unusable("an address for protocols")),
        block("2001:db8::", 32, .unusable("an address for documentation")),
        block("3fff::", 20, .unusable("an address for documentation")),
        block("100::", 64, .unusable("an address that leads nowhere")),
        block("5f00::", 16, .unusable("an address for routing")),
        block("::", 3, .unusable("a reserved address")),
        block("4000::", 2, .unusable("a reserved address")),
        block("8000::", 1, .unusable("a reserved address")),
    ].compactMap { $0 }
}
