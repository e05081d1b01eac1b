// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVIngest
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

/// The fifth table of EGRESS.md: ways to get at a secret that is meant for another.
@Suite(.inTurn) struct CredentialAttackTests {
    private let fetcher = makeURLFetcher(["site.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]])

    private func source(_ location: String) -> Source {
        var source = Source.url(location)
        source.options.arguments["auth"] = "env:LOGIN"
        return source
    }

    private func seen(_ server: ScriptedServer) -> [String] {
        server.requests.map { "\($0.target) \($0.headers["authorization"] == nil ? "without" : "with")" }
    }

    @Test func aRedirectToAnotherPortOrHostGoesWithout() async throws {
        let other = try ScriptedServer { _ in [.answer(200, [], "x")] }
        let server = try ScriptedServer { [port = other.port] request in
            switch request.target {
            case "/port": [.answer(302, [("Location", "http://127.0.0.1:\(port)/a")])]
            case "/host": [.answer(302, [("Location", "http://site.example:\(port)/b")])]
            case "/login": [.answer(302, [("Location", "http://user:password@127.0.0.1:\(port)/c")])]
            default: [.answer(302, [("Location", "/port")])]
            }
        }
        for target in ["/port", "/host", "/login", "/start"] {
            _ = try await fetcher.record(source(server.origin + target))
        }
        #expect(seen(server) == ["/port with", "/host with", "/login with", "/start with", "/port with"])
        #expect(seen(other) == ["/a without", "/b without", "/c without", "/a without"])
    }

    /// Where it leads then is another's choice: a page of the first host that does something, for one.
    @Test func nobodyIsSentBackWithASecret() async throws {
        let server = try ScriptedServer { request in
            switch request.target {
            case "/start":
                [
                    .answer(
                        302,
                        [
                            (
                                "Location",
                                "http://other.example:\(request.headers["host"]?.split(separator: ":").last ?? "")/away"
                            )
                        ])
                ]
            case "/away":
                [
                    .answer(
                        302,
                        [
                            (
                                "Location",
                                "http://site.example:\(request.headers["host"]?.split(separator: ":").last ?? "")/delete"
                            )
                        ])
                ]
            default: [.answer(200, [], "x")]
            }
        }
        _ = try await fetcher.record(source("http://site.example:\(server.port)/start"))
        #expect(seen(server) == ["/start with", "/away without", "/delete without"])
    }

    @Test func nothingIsSentInTheClear() async throws {
        let server = try ScriptedServer { _ in [.answer(200, [], "x")] }
        var source = source("http://site.example:\(server.port)/")
        source.options.allowsPrivateNetworks = false
        let error = await #expect(throws: FetchError.self) { try await fetcher.record(source) }
        #expect(error?.message == "a secret is not sent over http, which everybody on the way can read")
        #expect(server.connectionCount == 0)
    }

    @Test(arguments: [
        "user:pass\r\nX-Evil: 1", "user:pass\nX-Evil: 1", "user:pass\rX", "user:\u{0}", "user:\u{7F}",
        "token\r\n\r\nGET /x",
    ])
    func aSecretCannotBeginAnotherHeader(_ secret: String) async throws {
        let server = try ScriptedServer { _ in [.answer(200, [], "x")] }
        let secrets = SecretSource(environment: ["EVIL": secret])
        let client = WebClient(egress: EgressGuard(resolver: TableResolver(table: [:])))
        var source = Source.url(server.origin)
        source.options.arguments["auth"] = "env:EVIL"
        let error = await #expect(throws: FetchError.self) {
            try await URLFetcher(client: client, secrets: secrets).record(source)
        }
        #expect(error?.cause == "secret_missing" && error?.message.contains("pass") == false)
        #expect(server.connectionCount == 0)
    }

    @Test func whatTheServerSaidCannotBeginAnotherHeaderNextTime() async throws {
        let server = try ScriptedServer { _ in [.answer(200, [("ETag", "\"a\tb\"")], "x")] }
        for text in ["web1\n\"a\r\nX-Evil: 1\"\n", "web1\n\"x\"\nnow\r\nX-Evil: 1"] {
            let record = try? await fetcher.record(.url(server.origin), validators: ["": Validator(text)])
            #expect(server.requests.allSatisfy { $0.headers["x-evil"] == nil }, "\(String(describing: record?.texts))")
        }
    }

    // MARK: What is shown

    @Test(arguments: [
        "https://user:hush@example.com/", "https://hush@example.com", "https://user:hu/hush@example.com/",
        "http:\\\\user:hush@x y/",
        "http:////user:hush@exa mple/", "https://user:hush#hush@example.com/", "https://user:h?hush@example.com",
        "user:hush@host:path",
        " https://user:hush@exa mple", "ht\ttps://user:hush@example.com", "ssh://user:hush@host/path",
        "ssh://user:hush@host:x/path",
        "git://user:hush@host/path", "git+https://user:hush@exa mple/", "ext::https://user:hush@host/",
        "ftp://user:hush@host/",
        "wiki://user:hush@host/x", "htps://user:hush@example.com/",
        "https://user:" + String(repeating: "hush", count: 1000) + "@[x]/",
        "https://\(String(repeating: "hush", count: 3000))@example.com/",
    ])
    func aPasswordInAnAddressIsInNoErrorAndNoLocation(_ text: String) async throws {
        let surroundings = Surroundings(home: "/nowhere", environment: [:])
        let pipeline = IngestPipeline.standard(threads: ThreadPool(count: 2), surroundings: surroundings)
        for isLocal in [true, false] {
            let context = SourceContext(workingDirectory: "/nowhere", homeDirectory: nil, allowsLocalPaths: isLocal)
            do throws(OVError) {
                let resolution = try await pipeline.resolve(text, fetcher: nil, options: .init(), in: context)
                #expect(!resolution.source.location.contains("hush") && !resolution.suggestedName.contains("hush"))
                #expect(resolution.credential?.contains("hush") == true)
            } catch {
                #expect(
                    !"\(error) \(error.hint ?? "") \(error.details)".contains("hush"), "\(error) \(error.hint ?? "")")
            }
        }
    }

    @Test(arguments: [
        ("https://example.com/@user/post", "https://example.com/@user/post"),
        ("https://example.com/a?b=c@d", "https://example.com/a?b=c@d"),
        ("git@host:path", "git@host:path"), ("https://a:b@host/x", "https://…@host/x"), ("a:b@c", "…@c"),
        ("https://a:1/x@y", "https://…@y"), ("plain", "plain"), ("\u{1B}[31mred\u{202E}", "[31mred"), ("", ""),
    ])
    func onlyWhatMayBeAPasswordIsLeftOut(_ text: String, _ shown: String) { #expect(WebURL.redacted(text) == shown) }
}

/// `.netrc`, and files that others may read.
@Suite(.inTurn) struct NetrcTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func secrets(
        _ text: String, mode: UInt32 = 0o600, name: String = ".netrc", _ variables: [String: String] = [:]
    )
        throws -> SecretSource
    {
        try folder.write(name, text)
        try folder.setPermissions(name, mode)
        return SecretSource(environment: ["HOME": folder.path].merging(variables) { $1 })
    }

    @Test(arguments: [
        ("machine a.example login anna password s3cret", "anna:s3cret"),
        (
            "machine b.example login b password wrong\nmachine a.example\n\tlogin anna\n\tpassword s3cret\n",
            "anna:s3cret"
        ),
        ("machine A.Example login anna password s3cret", "anna:s3cret"),
        (
            "# machine a.example login x password wrong\nmachine a.example login anna password s3cret # and so on",
            "anna:s3cret"
        ),
        ("machine a.example login anna account x password s3cret", "anna:s3cret"),
        ("machine a.example password s3cret login anna", "anna:s3cret"),
        ("machine a.example password s3cret", ":s3cret"),
        ("machine a.example login \"an na\" password \"s3\\\"c\\\\ret\"", "an na:s3\"c\\ret"),
        (
            "machine b.example login b password b\nmacdef init\nmachine a.example login x password wrong\ncd /\n\nmachine a.example login anna password s3cret",
            "anna:s3cret"
        ),
        (
            "macdef init\r\nmachine a.example login x password wrong\r\n\r\nmachine a.example login anna password s3cret",
            "anna:s3cret"
        ),
        ("machine a.example login x\nmachine a.example login anna password s3cret", "anna:s3cret"),
        ("default login anna password s3cret", "anna:s3cret"),
        ("machine a.example login anna password s3cret\ndefault login x password wrong", "anna:s3cret"),
        ("machine a.example login anna password a:b#c", "anna:a:b#c"),
    ])
    func saysWhoOneIsAtAHost(_ text: String, _ login: String) throws {
        #expect(try secrets(text).value(of: "netrc", for: "a.example") == login)
    }

    @Test(arguments: [
        "", "machine", "machine a.example login", "machine b.example login x password s3cret",
        "machine a.example login s3cret",
        "login anna password s3cret", "machine a.example login anna password \"s3cret",
        "machine a.example lgoin s3cret",
        "machine xa.example login x password s3cret", "machine a.example.evil login x password s3cret",
        "machine example login x password s3cret", "macdef init\nmachine a.example login x password s3cret",
        "machine a.example password \"s3\\ncret\"",
        "s3cret", "machine a.example password \"\"",
    ])
    func saysWhatIsMissingAndShowsNoSecret(_ text: String) throws {
        let secrets = try secrets(text)
        let error = #expect(throws: FetchError.self) { try secrets.value(of: "netrc", for: "a.example") }
        #expect(error?.cause == "secret_missing" && error?.persistence == .permanent)
        #expect(!"\(String(describing: error))".contains("s3cret"), "\(String(describing: error))")
    }

    @Test func isWhereTheEnvironmentSays() throws {
        let text = "machine a.example login anna password s3cret"
        let elsewhere = try secrets(text, name: "elsewhere", ["NETRC": folder.path("elsewhere")])
        #expect(try elsewhere.value(of: "netrc", for: "a.example") == "anna:s3cret")
        for environment in [
            [:], ["HOME": folder.path], ["NETRC": "relative"], ["NETRC": "/nowhere/netrc"], ["NETRC": folder.path],
        ] {
            let error = #expect(throws: FetchError.self) {
                try SecretSource(environment: environment).value(of: "netrc", for: "a.example")
            }
            #expect(error?.cause == "secret_missing")
        }
        #expect(throws: FetchError.self) { try elsewhere.value(of: "netrc") }
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o620, 0o602, 0o611] as [UInt32])
    func aFileThatOthersMayReadOrChangeIsRefused(_ mode: UInt32) throws {
        let netrc = try secrets("machine a.example login anna password s3cret", mode: mode)
        try folder.write("token", "s3cret")
        try folder.setPermissions("token", mode)
        for reference in ["netrc", "file:" + folder.path("token")] {
            let error = #expect(throws: FetchError.self) { try netrc.value(of: reference, for: "a.example") }
            #expect(error?.message.hasSuffix("may be read or changed by others of this machine") == true)
            #expect(error?.hint?.hasPrefix("make it yours alone: chmod 600 '") == true)
        }
        for mode in [0o600, 0o400] as [UInt32] {
            try folder.setPermissions("token", mode)
            #expect(try netrc.value(of: "file:" + folder.path("token")) == "s3cret")
        }
    }

    /// Secrets that somebody else mounts, into a container for example, are as open as they have to be there.
    @Test(.enabled(if: geteuid() == 0, "only root can give a file away")) func aFileOfSomebodyElseIsTheirs() throws {
        try folder.write("token", "s3cret")
        try folder.setPermissions("token", 0o644)
        #expect(chown(folder.path("token"), 65534, 65534) == 0)
        #expect(try SecretSource(environment: [:]).value(of: "file:" + folder.path("token")) == "s3cret")
    }

    @Test(arguments: 0..<4) func endlessAndHostileTextIsRead(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let words = [
            "machine", "default", "login", "password", "account", "macdef", "\"", "\\", "#", "\n", " ", "a.example",
            "\r", "\n\n", "ü", "\0",
        ]
        for _ in 0..<300 {
            let text = (0..<Int.random(in: 0..<60, using: &random)).map { _ in
                random.pick(words) + (random.isTrue(oneIn: 2) ? " " : "")
            }.joined()
            _ = try? secrets(text).value(of: "netrc", for: "a.example")
        }
        _ = try? secrets(String(repeating: "machine a ", count: 200_000)).value(of: "netrc", for: "a.example")
        _ = try? secrets("macdef x" + String(repeating: "\ny", count: 200_000)).value(of: "netrc", for: "a.example")
    }
}
