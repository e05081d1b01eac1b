// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestTraits
import Testing

/// Answers from a table, and counts who asked.
struct TableResolver: NameResolver {
    let table: [String: [String]]

    func addresses(of host: String) async throws(FetchError) -> [IPAddress] {
        guard let addresses = table[host] else { throw .transient(cause: "unknown_host", "there is no host \(host)") }
        return addresses.compactMap { IPAddress($0) }
    }
}

@Suite(.inTurn) struct EgressGuardTests {
    /// Addresses of this machine and this network, in every form that carries one.
    @Test(arguments: [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "100.64.0.1", "100.127.255.255", "169.254.1.1", "198.18.0.1", "::1", "::", "fc00::1", "fdff::1", "fe80::1",
        "febf::1", "fec0::1", "64:ff9b:1::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "::ffff:0:192.168.0.1", "64:ff9b::10.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "2002:c0a8:101::1",
    ])
    func refusesWhatIsLocalUnlessItIsAllowed(_ address: String) async throws {
        let guarded = EgressGuard(resolver: TableResolver(table: ["host.example": [address]]))
        for host in [address, "host.example"] {
            let error = await #expect(throws: FetchError.self) {
                try await guarded.admit(host, allowingPrivateNetworks: false)
            }
            #expect(error?.cause == "address_refused")
            #expect(error?.hint?.contains("--allow-private-networks") == true)
            #expect(try await guarded.admit(host, allowingPrivateNetworks: true).count == 1)
        }
    }

    @Test(arguments: [
        "169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "fd00:ec2::254",
        "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "224.0.0.1", "239.255.255.255",
        "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.51.100.1", "203.0.113.1", "ff02::1", "2001:db8::1",
        "2001::1", "100::1", "5f00::1", "4000::1", "8000::1",
    ])
    func neverFetchesFromWhatIsNoHost(_ address: String) async {
        let error = await #expect(throws: FetchError.self) {
            try await EgressGuard(resolver: TableResolver(table: [:])).admit(address, allowingPrivateNetworks: true)
        }
        #expect(error?.cause == "address_refused")
    }

    @Test(arguments: [
        "8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0", "169.253.255.255",
        "192.167.255.255", "223.255.255.255", "2606:4700::1", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
        "2002:808:808::1",
    ])
    func admitsTheRest(_ address: String) async throws {
        let addresses = try await EgressGuard(resolver: TableResolver(table: [:]))
            .admit(address, allowingPrivateNetworks: false)
        #expect(addresses == [IPAddress(address)])
    }

    @Test func refusesANameThatLeadsInsideAndOutside() async {
        let resolver = TableResolver(table: ["mixed.example": ["8.8.8.8", "10.0.0.1"]])
        let error = await #expect(throws: FetchError.self) {
            try await EgressGuard(resolver: resolver).admit("mixed.example", allowingPrivateNetworks: false)
        }
        #expect(error?.message == "mixed.example is at 10.0.0.1, a private address, and those are not fetched from")
    }

    @Test func keepsTheOrderOfAddresses() async throws {
        let resolver = TableResolver(table: ["two.example": ["2606:4700::1", "1.1.1.1"]])
        let addresses = try await EgressGuard(resolver: resolver).admit("two.example", allowingPrivateNetworks: false)
        #expect(addresses.map(\.description) == ["2606:4700::1", "1.1.1.1"])
    }

    @Test func asksTheSystemForNames() async throws {
        let addresses = try await SystemResolver().addresses(of: "localhost")
        #expect(addresses.contains { $0 == .v4(0x7F00_0001) || $0 == .v6(high: 0, low: 1) })
        let error = await #expect(throws: FetchError.self) {
            try await SystemResolver().addresses(of: "nowhere.invalid")
        }
        #expect(["unknown_host", "resolver_failed"].contains(error?.cause))
    }
}

@Suite(.inTurn) struct IPAddressTests {
    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("::", "::"), ("::1", "::1"), ("1::", "1::"),
        ("2001:DB8::A", "2001:db8::a"), ("0:0:0:1:0:0:0:0", "0:0:0:1::"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"),
        ("::ffff:1.2.3.4", "::ffff:102:304"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"), ("1::8", "1::8"),
    ])
    func isWrittenInOneWay(_ text: String, _ canonical: String) {
        #expect(IPAddress(text)?.description == canonical)
        #expect(IPAddress(canonical) == IPAddress(text))
    }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1.2.3.+4", "1.2.3.", ":", ":::", "1::2::3", "1:2:3",
        "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1.2.3", "1.2.3.4::", "::g", "::+1", "::12345", "fe80::1%eth0",
        "[::1]", "::1.2.3.4:5", "1.2.3.4\0",
    ])
    func refusesOtherText(_ text: String) { #expect(IPAddress(text) == nil) }
}
