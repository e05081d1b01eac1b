// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestSupport
import OVTestTraits
import Synchronization
import Testing

/// The second table of EGRESS.md: addresses that two readers read in two ways, and other schemes.
@Suite(.inTurn) struct AddressBarAttackTests {
    /// Whoever checks and whoever connects read the same host, whatever stands around it.
    @Test(
        arguments: [
            ("http://good.example@127.0.0.1:PORT/", "127.0.0.1"),
            ("http://good.example:80@127.0.0.1:PORT/", "127.0.0.1"),
            ("http://a@good.example@127.0.0.1:PORT/", "127.0.0.1"),
            ("http://good.example%40x@127.0.0.1:PORT/", "127.0.0.1"),
            ("http://127.0.0.1:PORT#@good.example/", "127.0.0.1"),
            ("http://127.0.0.1:PORT?@good.example/", "127.0.0.1"),
            ("http://127.0.0.1:PORT/@good.example/", "127.0.0.1"),
            ("http://127.0.0.1:PORT\\@good.example/", "127.0.0.1"),
            ("http://good.example#@127.0.0.1:PORT/", "good.example"),
            ("http://good.example\\@127.0.0.1:PORT/", "good.example"),
            ("http://good.example?@127.0.0.1:PORT/", "good.example"),
            ("http://good.example/@127.0.0.1:PORT/", "good.example"),
            ("http:////127.0.0.1:PORT/", "127.0.0.1"), ("http://\\/127.0.0.1:PORT/", "127.0.0.1"),
            ("http://127.0.0.1:PORT\\good.example/", "127.0.0.1"),
            (" http://127.0.0.1:PORT/", nil), ("http://127.0.\t0.1:PORT/", "127.0.0.1"),
            ("http://127.0.0.1\n:PORT/", "127.0.0.1"), ("http://\r\n127.0.0.1:PORT/", "127.0.0.1"),
            ("HtTp://127.0.0.1:PORT/", "127.0.0.1"), ("http://:secret@127.0.0.1:PORT/", "127.0.0.1"),
            ("http://good.example:PORT@good.example\\@127.0.0.1/", "good.example"),
        ] as [(String, String?)])
    func oneHostIsRead(_ text: String, _ host: String?) async throws {
        let target = try Target(["good.example": ["10.9.8.7"]])
        let refusal = await target.attack(text)
        #expect(refusal.code == (host == nil ? "INVALID_URI" : "address_refused"), "\(refusal)")
        if let host { #expect(refusal.message.hasPrefix(host + " is "), "\(refusal)") }
        #expect(target.server.connectionCount == 0)
        #expect(!refusal.message.contains("secret"))
    }

    @Test(arguments: [
        "file:///etc/passwd", "file://localhost/etc/passwd", "file:/etc/passwd", "FILE:///etc/passwd",
        "gopher://127.0.0.1:PORT/_x",
        "dict://127.0.0.1:PORT/", "ftp://127.0.0.1:PORT/", "sftp://127.0.0.1/", "ldap://127.0.0.1:PORT/",
        "tftp://127.0.0.1/",
        "smb://127.0.0.1/c$", "jar:http://127.0.0.1:PORT!/", "data:text/html,x", "javascript:alert(1)",
        "ws://127.0.0.1:PORT/",
        "unix:///var/run/docker.sock", "http+unix://%2Fvar%2Frun%2Fdocker.sock/", "https+unix://x/", "php://filter/x",
        "netdoc:///etc/passwd", "view-source:http://127.0.0.1:PORT/", "//127.0.0.1:PORT/", "http:/127.0.0.1:PORT/",
        "http:127.0.0.1:PORT/", "\\\\127.0.0.1\\share", "/etc/passwd", "~/.ssh/id_ed25519", "../../etc/passwd",
    ])
    func whoComesOverTheNetworkGetsToNothingElse(_ text: String) async throws {
        let target = try Target()
        let refusal = await target.attack(text, allowed: true, isLocal: false)
        #expect(["INVALID_URI", "PERMISSION_DENIED"].contains(refusal.code), "\(refusal)")
        #expect(target.server.connectionCount == 0)
    }

    /// Percent-encoding undone once.
    private static func decoded(_ text: String) -> [UInt8] {
        var (result, rest): ([UInt8], ArraySlice<UInt8>) = ([], Array(text.utf8)[...])
        while let byte = rest.popFirst() {
            let code = rest.prefix(2).allSatisfy { $0 != UInt8(ascii: "+") } ? rest.prefix(2) : []
            if byte == UInt8(ascii: "%"), code.count == 2,
                let value = UInt8(String(decoding: code, as: UTF8.self), radix: 16)
            {
                result.append(value)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return result
    }

    /// The library under the client reads the address once more, with a reader of its own.
    @Test(arguments: 0..<8) func theClientAsksForWhatWasRead(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let server = try ScriptedServer { _ in [.answer(200, [], "x")] }
        let pieces = [
            "\\", "@", "#", "?", "/", ":", ";", "%", "%2f", "%40", "%5c", "[", "]", "{", "}", "|", "^", "`", "\"", "<",
            ">",
            " ", "..", "ü", "\u{202E}", "evil.example", "//", "&", "=", "+", "'", "~", "!", "$", "*", "(", ")", ",",
        ]
        for _ in 0..<40 {
            let tail = (0..<Int.random(in: 0..<8, using: &random)).map { _ in random.pick(pieces) }.joined()
            guard let url = try? WebURL(parsing: "\(server.origin)/\(tail)") else { continue }
            #expect(url.host == "127.0.0.1" && url.port == server.port)
            let before = server.requests.count
            let record = try await makeURLFetcher().record(.url(url.text))
            #expect(record.texts == ["": "x"])
            #expect(server.requests.count == before + 1)
            #expect(server.requests.last.map { Self.decoded($0.target) } == Self.decoded(url.target), "\(url)")
            #expect(server.requests.last?.headers["host"] == "127.0.0.1:\(server.port)")
        }
    }
}

/// The third table of EGRESS.md: name servers and redirects that change their mind.
@Suite(.inTurn) struct RebindingAttackTests {
    /// Answers one after the other, and then the last one again.
    private final class Fickle: NameResolver {
        private let answers: Mutex<[[String]]>
        let asked = Mutex(0)

        init(_ answers: [[String]]) { self.answers = Mutex(answers) }

        func addresses(of host: String) async throws(FetchError) -> [IPAddress] {
            asked.withLock { $0 += 1 }
            return answers.withLock { answers in
                let next = answers.count > 1 ? answers.removeFirst() : answers[0]
                return next.compactMap { IPAddress($0) }
            }
        }
    }

    private func fetcher(_ resolver: any NameResolver) -> URLFetcher {
        URLFetcher(client: WebClient(egress: EgressGuard(resolver: resolver)), secrets: SecretSource(environment: [:]))
    }

    private func failure(_ fetcher: URLFetcher, _ source: Source, _ limits: Limits = Limits()) async -> FetchError? {
        await #expect(throws: FetchError.self) { try await fetcher.record(source, limits: limits) }
    }

    @Test(arguments: [
        ["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"], ["2606:4700::1", "::1"], ["8.8.8.8", "::ffff:10.0.0.1"],
        ["8.8.8.8", "9.9.9.9", "169.254.169.254"], ["1.1.1.1", "64:ff9b::7f00:1"],
    ])
    func anAnswerThatMixesInsideAndOutsideIsRefusedAsAWhole(_ addresses: [String]) async throws {
        let target = try Target(["mixed.example": addresses])
        #expect(await target.attack("http://mixed.example:PORT/").code == "address_refused")
        #expect(target.server.connectionCount == 0)
    }

    @Test func aNameIsLookedUpOnceAndItsAddressConnectedTo() async throws {
        let server = try ScriptedServer { _ in [.answer(200, [], "the inside")] }
        let resolver = Fickle([["127.0.0.2"], ["127.0.0.1"]])
        let source = Source.url("http://fickle.example:\(server.port)/")
        #expect(await failure(fetcher(resolver), source)?.cause == "connection_failed")
        #expect(resolver.asked.withLock { $0 } == 1)
        #expect(server.connectionCount == 0)
    }

    @Test func aRedirectToTheSameNameIsCheckedAnew() async throws {
        let server = try ScriptedServer { request in [.answer(302, [("Location", request.target + "x")])] }
        let resolver = Fickle([["127.0.0.1"], ["127.0.0.1"], ["169.254.169.254"]])
        let source = Source.url("http://fickle.example:\(server.port)/")
        #expect(await failure(fetcher(resolver), source)?.cause == "address_refused")
        #expect(server.requests.map(\.target) == ["/", "/x"])
    }

    @Test(arguments: [
        "http://169.254.169.254/latest/meta-data/", "http://2852039166/", "http://[::ffff:a9fe:a9fe]/",
        "//0xA9FEA9FE/x",
        "http://metadata.example/", "http://metadata.example./", "\\\\metadata.example\\x", "http:\\\\2852039166\\",
        "file:///etc/passwd", "file:/etc/passwd", "gopher://127.0.0.1:PORT/_x", "ftp://127.0.0.1:PORT/", "data:,x",
        "javascript:1", "jar:http://127.0.0.1:PORT/!/x", "http+unix://%2Frun%2Fx/", "http://", "http://[::1",
        "http://127.0.0.1:25/",
        "http://127.0.0.1:0/", "http://a@b@169.254.169.254/",
    ])
    func aRedirectIsCheckedLikeAnAddressThatWasGiven(_ place: String) async throws {
        let inner = try ScriptedServer { _ in [.answer(200, [], "the inside")] }
        let outer = try ScriptedServer { [port = inner.port] request in
            // At the first, and behind one that is harmless.
            let place = place.replacing("PORT", with: "\(port)")
            return [.answer(302, [("Location", request.target == "/b" ? "/c" : place)])]
        }
        let resolver = TableResolver(table: ["metadata.example": ["169.254.169.254"]])
        for start in ["/a", "/b"] {
            #expect(await failure(fetcher(resolver), .url(outer.origin + start))?.cause == "address_refused")
        }
        #expect(outer.requests.map(\.target) == ["/a", "/b", "/c"])
        #expect(inner.connectionCount == 0)
    }

    @Test func aRedirectOutOfTheOutsideDoesNotReachTheInside() async throws {
        // The first host is let in as if it were outside: the guard sees a public address, and only then the inside.
        let inner = try ScriptedServer { _ in [.answer(200, [], "the inside")] }
        let resolver = TableResolver(table: ["inside.example": ["127.0.0.1"]])
        let egress = EgressGuard(resolver: resolver)
        let url = try #require(try WebURL(parsing: "http://8.8.8.8/").resolving("http://inside.example:\(inner.port)/"))
        let error = await #expect(throws: FetchError.self) {
            try await egress.admit(url, allowingPrivateNetworks: false)
        }
        #expect(error?.cause == "address_refused")
        #expect(inner.connectionCount == 0)
    }

    @Test(arguments: [301, 302, 303, 307, 308]) func aLoopOfRedirectsEnds(_ status: Int) async throws {
        let server = try ScriptedServer { request in
            [.answer(status, [("Location", request.target == "/a" ? "/b" : "/a")])]
        }
        let error = await failure(fetcher(TableResolver(table: [:])), .url(server.origin + "/a"))
        #expect(error?.cause == "too_many_redirects" && error?.persistence == .permanent)
        #expect(server.requests.count == Limits().redirects + 1)
    }
}
