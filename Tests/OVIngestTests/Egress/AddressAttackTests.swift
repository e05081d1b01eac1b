// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

/// A server of this machine that an attacker wants us to ask something.
///
/// Nothing but a fence is between it and the fetchers that come from here: they may not enter private networks.
struct Target: Sendable {
    let server: ScriptedServer
    let resolver: any NameResolver

    /// - Parameter names: what the attacker's name server answers.
    init(_ names: [String: [String]] = [:]) throws {
        server = try ScriptedServer { _ in [.answer(200, [], "the inside")] }
        resolver = TableResolver(table: names)
    }

    /// What comes of a source text in all its stages, from reading it to the fetch.
    /// - Parameters:
    ///   - text: `PORT` stands for the server's port.
    ///   - allowed: whether private networks may be entered.
    func attack(_ text: String, allowed: Bool = false, isLocal: Bool = true) async -> Refusal {
        let text = text.replacing("PORT", with: "\(server.port)")
        let context = SourceContext(workingDirectory: "/nowhere", homeDirectory: nil, allowsLocalPaths: isLocal)
        let egress = EgressGuard(resolver: resolver)
        let fetcher = URLFetcher(client: WebClient(egress: egress), secrets: SecretSource(environment: [:]))
        var limits = Limits()
        limits.connectTimeout = Milliseconds(500)
        do throws(OVError) {
            let (source, _) = try await FetcherRegistry([fetcher]).resolve(
                text, fetcher: nil, options: .init(allowsPrivateNetworks: allowed), in: context)
            do {
                let record = try await fetcher.record(source, limits: limits)
                return Refusal(code: "fetched", message: record.texts[""] ?? "", hint: nil)
            } catch let error as FetchError {
                return Refusal(code: error.cause, message: error.message, hint: error.hint)
            } catch { return Refusal(code: "other", message: "\(error)", hint: nil) }
        } catch {
            return Refusal(code: error.code.name, message: error.message, hint: error.hint)
        }
    }

    struct Refusal: Hashable, Sendable {
        let code: String
        let message: String
        let hint: String?
    }
}

/// The first table of EGRESS.md: the spellings under which an address is hidden.
@Suite(.inTurn) struct AddressAttackTests {
    @Test(arguments: [
        ("loopback", "127.0.0.1"), ("another loopback address", "127.1.2.3"), ("short", "127.1"),
        ("three parts", "127.0.1"), ("one decimal number", "2130706433"), ("one hexadecimal number", "0x7f000001"),
        ("one octal number", "017700000001"), ("hexadecimal parts", "0x7f.0x0.0x0.0x1"),
        ("hexadecimal, short", "0x7f.1"),
        ("octal parts", "0177.0.0.1"), ("octal with more zeros", "0000177.0.0.01"), ("mixed bases", "0x7F.0.0.01"),
        ("hexadecimal in capitals", "0X7F.1"), ("a dot at the end", "127.0.0.1."),
        ("percent-encoded", "%31%32%37.0.0.1"),
        ("percent-encoded dots", "127%2e0%2E0%2e1"), ("full-width digits", "１２７.0.0.1"),
        ("full-width dots", "127．0．0．1"), ("ideographic dots", "127。0｡0。1"), ("full-width hexadecimal", "０ｘ７ｆ．1"),
        ("this machine as zeros", "0.0.0.0"), ("one zero", "0"), ("an empty hexadecimal number", "0x"),
        ("IPv6 loopback", "[::1]"), ("IPv6 loopback, written out", "[0:0:0:0:0:0:0:1]"),
        ("IPv6 loopback with zeros", "[0000::0001]"), ("IPv6 unspecified", "[::]"),
        ("mapped", "[::ffff:127.0.0.1]"), ("mapped in hexadecimal", "[::ffff:7f00:1]"),
        ("mapped, written out", "[0:0:0:0:0:ffff:127.0.0.1]"), ("compatible", "[::127.0.0.1]"),
        ("translated", "[::ffff:0:127.0.0.1]"), ("NAT64", "[64:ff9b::127.0.0.1]"),
        ("NAT64 in hexadecimal", "[64:ff9b::7f00:1]"), ("a network's own NAT64", "[64:ff9b:1::7f00:1]"),
        ("6to4", "[2002:7f00:1::]"), ("6to4 with a host part", "[2002:7f00:1::1:2:3]"),
        ("the name of this machine", "localhost"), ("in capitals", "LOCALHOST"),
        ("with a dot at the end", "localhost."),
        ("full-width letters", "ｌｏｃａｌｈｏｓｔ"), ("percent-encoded letters", "%6cocalhost"),
        ("a name that leads there", "wildcard.example"), ("a name for IPv6", "six.example"),
        ("a name for a mapped address", "mapped.example"),
        ("private", "10.0.0.1"), ("private, as a number", "167772161"), ("private, second block", "172.31.255.255"),
        ("private, third block", "192.168.1.1"), ("private, in hexadecimal", "0xc0a80101"),
        ("carrier-grade NAT", "100.64.0.1"), ("link-local", "169.254.1.1"), ("benchmarks", "198.18.0.1"),
        ("unique local", "[fd12:3456::1]"), ("link-local IPv6", "[fe80::1]"), ("site-local", "[fec0::1]"),
        ("a private network by NAT64", "[64:ff9b::10.0.0.1]"), ("by 6to4", "[2002:c0a8:101::]"),
    ])
    func theInsideIsNotReached(_ attack: String, _ host: String) async throws {
        let target = try Target([
            "localhost": ["127.0.0.1", "::1"], "wildcard.example": ["127.0.0.1"], "six.example": ["::1"],
            "mapped.example": ["::ffff:127.0.0.1"],
        ])
        let refusal = await target.attack("http://\(host):PORT/")
        #expect(refusal.code == "address_refused", "\(attack): \(refusal)")
        #expect(refusal.message.contains("those are not fetched from"))
        #expect(refusal.hint == "if it is meant, ingest it with --allow-private-networks")
        #expect(target.server.connectionCount == 0)
    }

    /// Not even where private networks are open.
    @Test(arguments: [
        ("metadata", "169.254.169.254"), ("as a number", "2852039166"), ("in hexadecimal", "0xA9FEA9FE"),
        ("octal", "0251.0376.0251.0376"), ("short", "169.254.43518"), ("mapped", "[::ffff:169.254.169.254]"),
        ("mapped in hexadecimal", "[::ffff:a9fe:a9fe]"), ("compatible", "[::a9fe:a9fe]"),
        ("NAT64", "[64:ff9b::a9fe:a9fe]"), ("6to4", "[2002:a9fe:a9fe::]"),
        ("a network's own NAT64, /96", "[64:ff9b:1::a9fe:a9fe]"),
        ("a network's own NAT64, /64", "[64:ff9b:1:0:a9:fea9:fe00:0]"),
        ("a network's own NAT64, /56", "[64:ff9b:1:a9:fe:a9fe::]"),
        ("a network's own NAT64, /48", "[64:ff9b:1:a9fe:a9:fe00::]"),
        ("its name", "metadata.google.internal"), ("its name with a dot", "metadata.google.internal."),
        ("a name that leads there", "innocent.example"), ("credentials of containers", "169.254.170.2"),
        ("credentials of pods", "169.254.170.23"), ("of another cloud", "100.100.100.200"),
        ("and another", "168.63.129.16"), ("and another", "192.0.0.192"), ("by IPv6", "[fd00:ec2::254]"),
        ("by IPv6, another", "[fd20:ce::254]"), ("by link-local IPv6", "[fe80::a9fe:a9fe]"),
        ("multicast", "224.0.0.1"), ("multicast, highest", "239.255.255.255"), ("broadcast", "255.255.255.255"),
        ("reserved", "240.0.0.1"), ("protocols", "192.0.0.8"), ("documentation", "192.0.2.1"),
        ("documentation, second net", "198.51.100.1"), ("documentation, third net", "203.0.113.1"),
        ("6to4 relay", "192.88.99.1"), ("IPv6 multicast", "[ff02::1]"), ("IPv6 documentation", "[2001:db8::1]"),
        ("IPv6 documentation, second net", "[3fff::1]"), ("Teredo", "[2001::7f00:1]"), ("discard", "[100::1]"),
        ("ORCHID", "[2001:20::1]"), ("segment routing", "[5f00::1]"), ("not handed out", "[4000::1]"),
    ])
    func whatIsNoSourceIsNeverReached(_ attack: String, _ host: String) async throws {
        let target = try Target([
            "metadata.google.internal": ["169.254.169.254"], "innocent.example": ["169.254.169.254"],
        ])
        for isAllowed in [false, true] {
            let refusal = await target.attack("http://\(host)/", allowed: isAllowed)
            #expect(refusal.code == "address_refused", "\(attack): \(refusal)")
            #expect(refusal.message.hasSuffix("which is never fetched from") && refusal.hint == nil, "\(refusal)")
        }
    }

    @Test(arguments: [
        ("a zone", "[fe80::1%25eth0]"), ("a zone, not encoded", "[fe80::1%eth0]"), ("a zone on loopback", "[::1%25lo]"),
        ("enclosed digits", "①②⑦.⓪.⓪.①"), ("superscript digits", "¹27.0.0.1"), ("letters in circles", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ"),
        ("digits with a full stop", "⒈⒉⒎.0.0.1"), ("a Roman numeral", "Ⅸ.example"),
        ("mathematical digits", "𝟙𝟚𝟟.𝟘.𝟘.𝟙"), ("a leader dot", "127․0․0․1"), ("a small full stop", "127﹒0﹒0﹒1"),
        ("a soft hyphen", "local\u{AD}host"), ("a zero-width space", "local\u{200B}host"),
        ("a zero-width joiner", "local\u{200D}host"), ("a variation selector", "localhost\u{FE0F}"),
        ("text from right to left", "127.0.0.1\u{202E}"), ("a long s", "localhoſt"),
        ("account of", "℀.example"), ("a percent sign that is encoded", "127.0.0.1%2500"), ("a null", "127.0.0.1%00"),
        ("an encoded slash", "evil.example%2f127.0.0.1"), ("a full-width slash", "evil.example／127.0.0.1"),
        ("a full-width colon", "127.0.0.1：80"), ("an encoded number sign", "127.0.0.1%23.example"),
        ("an encoded @", "good.example%40127.0.0.1"), ("a full-width @", "good.example＠127.0.0.1"),
        ("a number too large", "4294967297"), ("a part too large", "127.0.0.256"), ("five parts", "127.0.0.0.1"),
        ("a digit that is not octal", "0189.0.0.1"), ("a plus", "+127.0.0.1"),
        ("an empty part", "127..0.1"), ("hexadecimal at the end of a name", "good.example.0x7f"),
        ("a number at the end of a name", "good.example.1"), ("IPv4 in brackets", "[127.0.0.1]"),
        ("IPv6 without brackets", "::1"), ("IPv6 and something", "[::1].example"), ("a blank", "127.0.0.1 .example"),
        ("nothing", ""), ("a future address", "[v1.127.0.0.1]"),
    ])
    func aSpellingThatCouldMeanSomethingElseIsNoURL(_ attack: String, _ host: String) async throws {
        let target = try Target([:])
        let refusal = await target.attack("http://\(host):PORT/", allowed: true)
        #expect(refusal.code == "INVALID_URI", "\(attack): \(refusal)")
        #expect(target.server.connectionCount == 0)
    }

    @Test(arguments: [21, 22, 23, 25, 53, 110, 143, 389, 465, 587, 993, 2049, 5060, 6000, 6667, 10080])
    func portsOfOtherProtocolsAreRefused(_ port: Int) async throws {
        for host in ["127.0.0.1", "public.example"] {
            let refusal = try await Target(["public.example": ["8.8.8.8"]]).attack(
                "http://\(host):\(port)/", allowed: true)
            #expect(refusal.code == "address_refused" && refusal.message.contains("port of another protocol"))
        }
    }

    /// So that the tables above cannot pass for want of a way to the server.
    @Test func theTargetIsThere() async throws {
        let target = try Target(["name.example": ["127.0.0.1"]])
        for host in ["127.0.0.1", "0x7f.1", "name.example", "[::ffff:127.0.0.1]"] {
            #expect(await target.attack("http://\(host):PORT/", allowed: true).message == "the inside", "\(host)")
        }
        #expect(target.server.connectionCount == 4)
    }
}
