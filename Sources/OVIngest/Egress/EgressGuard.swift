// SPDX-License-Identifier: Apache-2.0

/// The gate in front of everything that leaves this machine: says to which addresses a name may be connected.
///
/// Whoever connects does so to an address that was returned, not to the name: a name that is looked up again may
/// have another answer by then (DNS rebinding). It asks again for every redirect.
package struct EgressGuard: Sendable {
    private let resolver: any NameResolver

    package init(resolver: any NameResolver = SystemResolver()) { self.resolver = resolver }

    /// The same for a page, whose port has to be one that pages are at.
    /// - Throws: as `admit(_:allowingPrivateNetworks:)`.
    package func admit(_ url: WebURL, allowingPrivateNetworks: Bool) async throws(FetchError) -> [IPAddress] {
        guard !ForeignPort.numbers.contains(url.port) else {
            throw .permanent(
                cause: "address_refused",
                "\(url.authority) is at the port of another protocol, and no page is fetched from there",
                hint: "check the address; browsers refuse the same ports")
        }
        return try await admit(url.host, allowingPrivateNetworks: allowingPrivateNetworks)
    }

    /// Looks a host up and checks every address that it has. One that is refused refuses the host: an honest name
    /// does not lead to the outside and the inside at once.
    /// - Parameter host: a name in ASCII or an address, IPv6 without brackets, as `WebURL.host` has it.
    /// - Returns: at least one address, in the order to try.
    /// - Throws: `FetchError` with cause `address_refused`, `unknown_host` or `resolver_failed`.
    package func admit(_ host: String, allowingPrivateNetworks: Bool) async throws(FetchError) -> [IPAddress] {
        let addresses =
            if let address = IPAddress(host) { [address] } else { try await resolver.addresses(of: host) }
        for address in addresses {
            switch AddressKind(address) {
            case .global: continue
            case .local(let what):
                guard !allowingPrivateNetworks else { continue }
                throw .permanent(
                    cause: "address_refused", "\(Self.place(host, address)) \(what), and those are not fetched from",
                    hint: "if it is meant, ingest it with --allow-private-networks")
            case .unusable(let what):
                throw .permanent(
                    cause: "address_refused", "\(Self.place(host, address)) \(what), which is never fetched from")
            }
        }
        guard !addresses.isEmpty else {
            throw .transient(cause: "unknown_host", "\(host) has no address", hint: "check the name")
        }
        return addresses
    }

    private static func place(_ host: String, _ address: IPAddress) -> String {
        let text = address.description
        return host == text ? "\(text) is" : "\(host) is at \(text),"
    }
}
