// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestSupport
import OVTestTraits
import Synchronization
import Testing

/// A fetcher that finds `site.example` and this machine at the loopback address, and time standing still.
func makeURLFetcher(_ names: [String: [String]] = ["site.example": ["127.0.0.1"]]) -> URLFetcher {
    let now = Timestamp("2026-03-01T12:00:00.000Z") ?? .earliest
    return URLFetcher(
        client: WebClient(
            egress: EgressGuard(resolver: TableResolver(table: names)), clock: StoppedClock(instant: now)),
        secrets: SecretSource(environment: ["LOGIN": "user:password", "TOKEN": "abc", "EMPTY": " "]))
}

extension Source {
    /// A page on this machine, which may be fetched.
    static func url(_ location: String) -> Source {
        Source(fetcher: "url", location: location, options: Options(allowsPrivateNetworks: true))
    }
}

@Suite(.inTurn) struct URLFetcherTests {
    final class OnePage: ContractSource {
        private let server: ScriptedServer
        let fetcher: any Fetcher = makeURLFetcher()
        let isSingle = true

        init() throws {
            let state = PageState()
            server = try ScriptedServer { request in
                guard let text = state.text.withLock({ $0 }) else { return [.answer(410)] }
                let tag = "\"\(text.utf8.count)x\(state.edition.withLock { $0 })\""
                return request.headers["if-none-match"] == tag
                    ? [.answer(304, [("ETag", tag)])] : [.answer(200, [("ETag", tag)], text)]
            }
            self.state = state
        }

        private let state: PageState
        var source: Source { .url(server.origin + "/guide.md") }
        func put(_ documents: [String: String]) async throws { state.text.withLock { $0 = documents[""] } }
        func touch() async throws { state.edition.withLock { $0 += 1 } }
        func removeAll() async throws { state.text.withLock { $0 = nil } }
    }

    private final class PageState: Sendable {
        let text = Mutex<String?>(nil)
        let edition = Mutex(0)
    }

    @Test(arguments: FetcherContract.allCases)
    func keepsTheContract(_ rule: FetcherContract) async throws { try await rule.check(OnePage.init) }

    private let fetcher = makeURLFetcher()

    /// What the fetcher makes of one answer.
    private func fetch(_ steps: [ScriptedServer.Step], limits: Limits = Limits()) async throws -> RecordingSink.Record {
        let server = try ScriptedServer { _ in steps }
        return try await fetcher.record(.url(server.origin + "/page"), limits: limits)
    }

    private func failure(_ steps: [ScriptedServer.Step], limits: Limits = Limits()) async -> FetchError? {
        await #expect(throws: FetchError.self) { try await fetch(steps, limits: limits) }
    }

    @Test func saysWhatTheServerDeclared() async throws {
        let server = try ScriptedServer { _ in
            [.answer(200, [("Content-Type", "Text/HTML; Charset=\"windows-1251\"")], "<p>x")]
        }
        let record = try await fetcher.record(.url(server.origin + "/docs/guide?x=1"))
        let document = try #require(record.delivered[""])
        #expect(document.declaredType == "text/html")
        #expect(document.declaredCharset == "windows-1251")
        #expect(document.name == "guide")
        #expect(document.location?.text == server.origin + "/docs/guide?x=1")
        #expect(document.validator == nil)
        let request = try #require(server.requests.first)
        #expect(request.method == "GET")
        #expect(request.target == "/docs/guide?x=1")
        #expect(request.headers["host"] == "127.0.0.1:\(server.port)")
        #expect(request.headers["user-agent"] == "ov/\(productVersion)")
        #expect(request.headers["accept"]?.hasPrefix("text/markdown") == true)
    }

    @Test func connectsToTheAddressThatWasChecked() async throws {
        let server = try ScriptedServer { _ in [.answer(200, [], "here")] }
        let record = try await fetcher.record(.url("http://site.example:\(server.port)/"))
        #expect(record.texts == ["": "here"])
        #expect(server.requests.first?.headers["host"] == "site.example:\(server.port)")
    }

    @Test func triesTheNextAddressOfAName() async throws {
        let server = try ScriptedServer { _ in [.answer(200, [], "here")] }
        let fetcher = makeURLFetcher(["two.example": ["127.0.0.2", "127.0.0.1"]])
        #expect(try await fetcher.record(.url("http://two.example:\(server.port)/")).texts == ["": "here"])
    }

    @Test func asksWithTheValidatorsOfTheLastRun() async throws {
        let modified = "Sun, 01 Feb 2026 10:00:00 GMT"
        let server = try ScriptedServer { request in
            request.headers["if-none-match"] == nil
                ? [.answer(200, [("ETag", "W/\"1-2\""), ("Last-Modified", modified)], "x")] : [.answer(304)]
        }
        let source = Source.url(server.origin)
        let first = try await fetcher.record(source)
        let second = try await fetcher.record(source, validators: first.validators)
        #expect(second.kept == first.validators)
        #expect(server.requests.last?.headers["if-none-match"] == "W/\"1-2\"")
        #expect(server.requests.last?.headers["if-modified-since"] == modified)
    }

    /// A page that changed in the second in which it was sent may change again in it, under the same date.
    @Test(
        arguments: [
            ("Sun, 01 Mar 2026 11:59:59 GMT", nil, false), ("Sun, 01 Mar 2026 11:59:58 GMT", nil, true),
            ("Sun, 01 Mar 2026 11:59:59 GMT", "Sun, 01 Mar 2026 12:00:05 GMT", true),
            ("Sunday, 01-Mar-26 11:59:59 GMT", nil, false), ("Sun Mar  1 11:59:59 2026", nil, false),
        ] as [(String, String?, Bool)])
    func doesNotTrustTheDateOfAYoungPage(_ modified: String, _ date: String?, _ isTrusted: Bool) async throws {
        for tag in [nil, "\"65e1-2a\"", "\"unrelated\""] {
            var headers = [("Last-Modified", modified)]
            if let date { headers.append(("Date", date)) }
            if let tag { headers.append(("ETag", tag)) }
            let record = try await fetch([.answer(200, headers, "x")])
            #expect(record.validators.isEmpty == (!isTrusted && tag != "\"unrelated\""), "\(tag ?? "no tag")")
        }
    }

    @Test func doesNotBelieveAnAnswerToAQuestionThatWasNotAsked() async throws {
        #expect(await failure([.answer(304)])?.cause == "protocol_error")
    }

    // MARK: Statuses

    @Test(arguments: [
        (404, "source_gone", true), (410, "source_gone", true), (401, "access_denied", true),
        (403, "access_denied", true), (400, "request_refused", true), (408, "server_error", false),
        (429, "server_error", false), (500, "server_error", false), (503, "server_error", false),
        (204, "protocol_error", false), (206, "protocol_error", false), (300, "protocol_error", false),
    ])
    func isNoDocument(_ status: Int, _ cause: String, _ isPermanent: Bool) async throws {
        let error = try #require(await failure([.answer(status, [], "<h1>an error page</h1>")]))
        #expect(error.cause == cause)
        #expect((error.persistence == .permanent) == isPermanent)
        #expect(error.message.contains("\(status)"))
    }

    @Test(
        arguments: [
            ("120", Milliseconds.seconds(120)), ("0", .zero), ("Sun, 01 Mar 2026 12:01:00 GMT", .seconds(60)),
            ("Sun, 01 Mar 2020 12:01:00 GMT", .zero), ("soon", nil), ("-1", nil), ("99999999999999999999", nil),
        ] as [(String, Milliseconds?)])
    func handsOnWhenToComeBack(_ value: String, _ wait: Milliseconds?) async {
        let error = await failure([.answer(503, [("Retry-After", value)])])
        #expect(error?.persistence == .transient(retryAfter: wait))
    }

    // MARK: Redirects

    @Test(arguments: [301, 302, 303, 307, 308])
    func followsRedirects(_ status: Int) async throws {
        let server = try ScriptedServer { request in
            request.target == "/b/c" ? [.answer(200, [], "there")] : [.answer(status, [("Location", "b/c#part")])]
        }
        let record = try await fetcher.record(.url(server.origin + "/a"))
        #expect(record.texts == ["": "there"])
        #expect(record.delivered[""]?.location?.text == server.origin + "/b/c")
        #expect(Set(server.requests.map(\.connection)).count == 1)
    }

    @Test func checksEveryRedirectAnew() async throws {
        for place in ["http://169.254.169.254/latest/meta-data/", "http://[::ffff:a9fe:a9fe]/", "http://2852039166/"] {
            let error = await failure([.answer(302, [("Location", place)])])
            #expect(error?.cause == "address_refused")
            #expect(error?.message.contains("metadata") == true)
        }
        #expect(await failure([.answer(302, [("Location", "http://inside.example/")])])?.cause == "unknown_host")
        for place in ["file:///etc/passwd", "gopher://127.0.0.1/", "http://"] {
            #expect(await failure([.answer(302, [("Location", place)])])?.cause == "address_refused")
        }
    }

    @Test func endsWhereRedirectsDoNot() async throws {
        let server = try ScriptedServer { request in [.answer(302, [("Location", request.target + "x")])] }
        let error = await #expect(throws: FetchError.self) { try await fetcher.record(.url(server.origin + "/")) }
        #expect(error?.cause == "too_many_redirects")
        #expect(server.requests.count == Limits().redirects + 1)
    }

    @Test func refusesPrivateNetworksUnlessTheyAreAllowed() async throws {
        let server = try ScriptedServer { _ in [.answer(200, [], "secret")] }
        for place in [server.origin, "http://localhost:\(server.port)", "http://site.example:\(server.port)"] {
            let fetcher = makeURLFetcher(["site.example": ["127.0.0.1"], "localhost": ["127.0.0.1", "::1"]])
            let error = await #expect(throws: FetchError.self) {
                try await fetcher.record(Source(fetcher: "url", location: place))
            }
            #expect(error?.cause == "address_refused")
        }
        #expect(server.requests.isEmpty)
    }

    // MARK: Who asks

    private func authorization(_ reference: String, _ location: String) async throws -> RecordingSink.Record {
        var source = Source.url(location)
        source.options.arguments["auth"] = reference
        return try await fetcher.record(source)
    }

    @Test(arguments: [("env:LOGIN", "Basic dXNlcjpwYXNzd29yZA=="), ("env:TOKEN", "Bearer abc")])
    func saysWhoAsks(_ reference: String, _ header: String) async throws {
        let server = try ScriptedServer { _ in [.answer(200, [], "x")] }
        _ = try await authorization(reference, server.origin)
        #expect(server.requests.first?.headers["authorization"] == header)
    }

    /// Another port is another server.
    @Test func tellsNobodyElseWhoAsks() async throws {
        let other = try ScriptedServer { _ in [.answer(200, [], "x")] }
        let server = try ScriptedServer { request in
            switch request.target {
            case "/away": [.answer(302, [("Location", other.origin)])]
            default: [.answer(302, [("Location", "/away")])]
            }
        }
        _ = try await authorization("env:LOGIN", server.origin + "/start")
        #expect(server.requests.map { $0.headers["authorization"] != nil } == [true, true])
        #expect(other.requests.map { $0.headers["authorization"] } == [nil])
    }

    @Test(arguments: ["env:MISSING", "env:EMPTY", "file:/nowhere/at/all", "user:password", "secret:x"])
    func sendsNothingWithoutTheSecret(_ reference: String) async throws {
        let server = try ScriptedServer { _ in [.answer(200, [], "x")] }
        let error = await #expect(throws: FetchError.self) { try await authorization(reference, server.origin) }
        #expect(error?.persistence == .permanent)
        #expect(error?.message.contains("password") == false)
        #expect(server.requests.isEmpty)
    }

    @Test func sendsNoSecretInTheClear() async {
        var source = Source(fetcher: "url", location: "http://8.8.8.8/")
        source.options.arguments["auth"] = "env:LOGIN"
        let error = await #expect(throws: FetchError.self) { try await fetcher.record(source) }
        #expect(error?.hint == "use https://")
    }

    // MARK: What is sent

    @Test func readsChunksAndWhatEndsWithTheConnection() async throws {
        let chunked =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nA: b\r\n\r\n"
        #expect(try await fetch([.send(chunked)]).texts == ["": "abcde"])
        #expect(try await fetch([.send("HTTP/1.1 200 OK\r\n\r\nabc"), .close]).texts == ["": "abc"])
        #expect(try await fetch([.send("HTTP/1.1 100 Continue\r\n\r\n"), .answer(200, [], "x")]).texts == ["": "x"])
    }

    @Test func isNotFooledByHalfAnAnswer() async throws {
        let whole = Array("HTTP/1.1 200 OK\r\nETag: \"x\"\r\nContent-Length: 5\r\n\r\nabcde".utf8)
        for length in whole.indices {
            for end in [ScriptedServer.Step.close, .reset] {
                let error = await failure([.send(Array(whole[..<length])), end])
                #expect(["connection_lost", "protocol_error"].contains(error?.cause), "after \(length) bytes")
                #expect(error?.persistence == .transient(retryAfter: nil))
            }
        }
        let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
        #expect(await failure([.send(chunks), .close]) != nil)
    }

    @Test(arguments: [
        "garbage\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "\0\0\0\0", "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx",
    ])
    func isAClearErrorForGarbage(_ answer: String) async {
        let error = await failure([.send(answer), .close])
        #expect(error != nil)
        #expect(error?.message.contains("127.0.0.1") == true)
    }

    @Test func endsWhenNothingComes() async {
        var limits = Limits()
        limits.idleTimeout = Milliseconds(150)
        for start in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"] {
            #expect(await failure([.send(start), .hang], limits: limits)?.cause == "timed_out")
        }
    }

    @Test func readsNoMoreThanADocumentMayHave() async {
        var limits = Limits()
        limits.documentBytes = 1 << 20
        let endless = ScriptedServer.Step.sendForever(Array(repeating: 120, count: 65536))
        #expect(await failure([.send("HTTP/1.1 200 OK\r\n\r\n"), endless], limits: limits)?.cause == "limit_exceeded")
        let announced = "HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n"
        #expect(await failure([.send(announced), .hang], limits: limits)?.cause == "limit_exceeded")
        #expect(await failure([.send("HTTP/1.1 500 No\r\n\r\n"), endless], limits: limits)?.cause == "server_error")
    }

    @Test func endsAFloodOfHeaders() async {
        let flood = ScriptedServer.Step.sendForever(Array("X-Flood: \(String(repeating: "x", count: 1000))\r\n".utf8))
        #expect(await failure([.send("HTTP/1.1 200 OK\r\n"), flood])?.cause == "protocol_error")
        let long = ScriptedServer.Step.sendForever(Array(repeating: 120, count: 65536))
        #expect(await failure([.send("HTTP/1.1 200 OK\r\nX-Long: "), long])?.cause == "protocol_error")
    }

    @Test func saysThatNobodyAnswers() async throws {
        let port = try ScriptedServer { _ in [] }.port
        let error = await #expect(throws: FetchError.self) {
            try await fetcher.record(.url("http://127.0.0.1:\(port)/"))
        }
        #expect(error?.cause == "connection_failed")
        #expect(error?.message == "cannot connect to 127.0.0.1:\(port): connection refused")
    }
}
