// SPDX-License-Identifier: Apache-2.0

import Glibc
internal import OVSystem

/// Looks up the addresses of host names.
package protocol NameResolver: Sendable {
    /// - Parameter host: a name in ASCII, not an address.
    /// - Returns: in the order in which they should be tried.
    /// - Throws: `FetchError`, transient unless the name is known not to exist.
    func addresses(of host: String) async throws(FetchError) -> [IPAddress]
}

/// The system's own resolver, with all that is configured for it.
package struct SystemResolver: NameResolver {
    /// Looking up blocks, and for long when a name server does not answer.
    private let threads: ThreadPool

    package init() { threads = ThreadPool(count: 4) }

    package func addresses(of host: String) async throws(FetchError) -> [IPAddress] {
        let result: Result<[IPAddress], FetchError> = await withTaskExecutorPreference(threads) {
            do throws(FetchError) { return .success(try Self.lookUp(host)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    private static func lookUp(_ host: String) throws(FetchError) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard status == 0 else { throw failure(host, status) }
        var (addresses, entry): ([IPAddress], UnsafeMutablePointer<addrinfo>?) = ([], list)
        while let current = entry {
            if let address = IPAddress(current.pointee.ai_addr), !addresses.contains(address) {
                addresses.append(address)
            }
            entry = current.pointee.ai_next
        }
        guard !addresses.isEmpty else { throw failure(host, EAI_NONAME) }
        return addresses
    }

    private static func failure(_ host: String, _ status: Int32) -> FetchError {
        let isUnknown = status == EAI_NONAME || status == noAddressStatus
        return .transient(
            cause: isUnknown ? "unknown_host" : "resolver_failed",
            isUnknown
                ? "there is no host called \(host)"
                : "the address of \(host) cannot be looked up: \(String(cString: gai_strerror(status)))",
            hint: isUnknown ? "check the name" : "check the network and the name servers of this machine")
    }
}

/// `EAI_NODATA` of glibc, which its headers show only to GNU programs: the host exists and has no address.
private let noAddressStatus: Int32 = -5

extension IPAddress {
    /// - Returns: nil for other families, and for addresses with a zone.
    fileprivate init?(_ address: UnsafePointer<sockaddr>?) {
        guard let address else { return nil }
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            self = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                .v4(UInt32(bigEndian: $0.pointee.sin_addr.s_addr))
            }
        case AF_INET6:
            self = address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                withUnsafeBytes(of: $0.pointee.sin6_addr) { bytes in
                    .v6(
                        high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                        low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
                }
            }
        default: return nil
        }
    }
}
