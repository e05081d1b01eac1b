// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVIngest
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

/// The sixth table of EGRESS.md: what git would do if it were asked to. What servers and repositories try is in
/// `GitRemoteTests` and `GitHostileTests`.
@Suite(.inTurn) struct GitAttackTests {
    private let folder: TemporaryFolder
    private let supervisor: Supervisor

    init() throws {
        folder = try TemporaryFolder()
        supervisor = Supervisor(executable: try productFolder() + "/ov")
    }

    /// Resolves and fetches, as git is meant to or not.
    private func attack(
        _ text: String, _ arguments: [String: String] = [:], named: Bool = true, isLocal: Bool = false,
        allowed: Bool = true
    ) async -> String {
        let git = GitFetcher(
            cache: folder.path("cache"), supervisor: supervisor, environment: ["PATH": "/usr/bin:/bin"],
            egress: EgressGuard(resolver: TableResolver(table: ["inside.example": ["127.0.0.1"]])),
            idleLimit: .seconds(10))
        let context = SourceContext(workingDirectory: folder.path, homeDirectory: nil, allowsLocalPaths: isLocal)
        do throws(OVError) {
            let (source, _) = try await FetcherRegistry([git]).resolve(
                text, fetcher: named ? "git" : nil,
                options: .init(arguments: arguments, allowsPrivateNetworks: allowed), in: context)
            do {
                _ = try await git.record(source)
                return "fetched"
            } catch let error as FetchError { return error.cause } catch { return "\(error)" }
        } catch { return error.code.name }
    }

    private func wasRun() -> Bool { (try? FileStatus(of: folder.path("proof"))) != nil }

    @Test(arguments: [
        "ext::sh -c 'touch PROOF'", "ext::sh% -c% touch% PROOF", "EXT::touch PROOF", "git+ext::touch PROOF", "fd::17",
        "fd::17,18/x",
        "file::/etc", "http::https://inside.example/x.git", "ext::http://inside.example/", "transport::address",
        "--upload-pack=touch PROOF", "-uPROOF", "--upload-pack=touch PROOF;git@inside.example:x",
        "--config=core.sshCommand=touch PROOF",
        "ssh://-oProxyCommand=touch PROOF/x", "ssh://-oProxyCommand=touch$IFS'PROOF'/x",
        "-oProxyCommand=touch PROOF@inside.example:x",
        "git@-oProxyCommand=touch PROOF:x", "git@[-oProxyCommand=touch PROOF]:x", "ssh://git@-oProxyCommand=x/y",
        "ssh://-oProxyCommand=x@inside.example/y", "ssh://a b@inside.example/x",
        "ssh://$(touch PROOF)@inside.example/x",
        "ssh://`touch PROOF`@inside.example/x", "git@inside.example:-oProxyCommand=x",
        "git@inside.example:--upload-pack=touch PROOF",
        "ssh://inside.example:22 -oProxyCommand=x/y", "ssh://inside.example:-1/x", "ssh://inside.example:0/x",
        "ssh://inside.example/",
        "ssh://inside.example/%00", "ssh://inside.example/a%0ab", "ssh://in'side.example/x",
        "ssh://inside.example;touch PROOF/x",
        "git@in$(touch PROOF)side.example:x", "git@inside.example;touch PROOF:x", "ssh://user:secret@inside.example/x",
        "git://inside.example/x.git", "git+git://inside.example/x", "ftp://inside.example/x.git",
        "rsync://inside.example/x.git",
        "file:///etc", "git+file:///etc", "git+file://inside.example/etc", "/etc", "./.git", "~/x.git",
        "https://user:secret@inside.example/x.git",
        "https://inside.example/x.git?--upload-pack=x", "https://inside.example/x.git#-x",
        "javascript://%0atouch PROOF",
    ])
    func whoComesOverTheNetworkCannotHaveAProgramRun(_ text: String) async {
        let text = text.replacing("PROOF", with: folder.path("proof"))
        for isNamed in [true, false] {
            let end = await attack(text, named: isNamed)
            #expect(["INVALID_URI", "PERMISSION_DENIED"].contains(end), "\(text): \(end)")
        }
        #expect(!wasRun())
    }

    @Test(arguments: [
        "ext::sh -c 'touch PROOF'", "git+ext::touch PROOF", "fd::17", "--upload-pack=touch PROOF",
        "ssh://-oProxyCommand=touch PROOF/x",
        "git@-oProxyCommand=touch PROOF:x", "git@inside.example:--upload-pack=touch PROOF",
        "git://inside.example/x.git",
    ])
    func nobodyElseCanEither(_ text: String) async {
        let end = await attack(text.replacing("PROOF", with: folder.path("proof")), isLocal: true)
        #expect(end == "INVALID_URI", "\(text): \(end)")
        #expect(!wasRun())
    }

    @Test(arguments: [
        ("ref", "--upload-pack=touch PROOF"), ("ref", "-u"), ("ref", "a:b"), ("ref", "+refs/heads/*:refs/ov/*"),
        ("ref", "a b"),
        ("ref", "refs/heads/../../x"), ("ref", "a\nb"), ("ref", "a\u{0}b"), ("ref", "@{-1}"), ("ref", "HEAD~1"),
        ("ref", "HEAD^{/x}"),
        ("ref", ""), ("ref", "a.lock"), ("path", "../../etc"), ("path", "a/../../b"), ("path", "a\u{0}b"),
    ])
    func anArgumentIsNoOption(_ name: String, _ value: String) async throws {
        let server = try ScriptedServer { _ in [.answer(404)] }
        let value = value.replacing("PROOF", with: folder.path("proof"))
        let end = await attack("http://127.0.0.1:\(server.port)/x.git", [name: value])
        #expect(end == "invalid_argument", "\(value): \(end)")
        #expect(server.connectionCount == 0 && !wasRun())
    }

    /// The same guard as for pages.
    @Test(arguments: [
        "http://127.0.0.1:PORT/x.git", "http://2130706433:PORT/x.git", "http://0x7f.1:PORT/x.git",
        "http://[::ffff:127.0.0.1]:PORT/x.git",
        "http://inside.example:PORT/x.git", "http://inside.example.:PORT/x.git", "ssh://inside.example:PORT/x",
        "git@inside.example:x",
        "ssh://git@127.1:PORT/x", "git@[::1]:x", "git@[::ffff:7f00:1]:x", "http://127.0.0.1:25/x.git",
    ])
    func theInsideIsNotReached(_ text: String) async throws {
        let server = try ScriptedServer { _ in [.answer(404)] }
        let end = await attack(text.replacing("PORT", with: "\(server.port)"), allowed: false)
        #expect(end == "address_refused", "\(text): \(end)")
        #expect(server.connectionCount == 0)
    }

    @Test(arguments: [
        "http://169.254.169.254/x.git", "git@169.254.169.254:x", "ssh://git@[fd00:ec2::254]/x",
        "http://inside.example:22/x.git",
    ])
    func whatIsNoSourceIsNeverReached(_ text: String) async {
        #expect(await attack(text, allowed: true) == "address_refused")
    }

    /// A server that sends git elsewhere: by redirects, by alternates of the old protocol, by lists of addresses.
    @Test(arguments: [301, 302, 307, 308]) func aServerCannotSendGitElsewhere(_ status: Int) async throws {
        let inner = try ScriptedServer { _ in [.answer(200, [], "the inside")] }
        let server = try ScriptedServer { [port = inner.port] request in
            switch request.target {
            case "/dumb.git/info/refs?service=git-upload-pack":
                [
                    .answer(
                        200, [("Content-Type", "text/plain")],
                        "0123456789012345678901234567890123456789\trefs/heads/main\n")
                ]
            case "/dumb.git/HEAD": [.answer(200, [], "ref: refs/heads/main\n")]
            case "/dumb.git/objects/info/http-alternates", "/dumb.git/objects/info/alternates":
                [.answer(200, [], "http://127.0.0.1:\(port)/objects\n")]
            case let target where target.hasPrefix("/dumb.git/"): [.answer(404)]
            default:
                [.answer(status, [("Location", "http://127.0.0.1:\(port)/x.git/info/refs?service=git-upload-pack")])]
            }
        }
        #expect(await attack("http://127.0.0.1:\(server.port)/moved.git") == "redirected")
        #expect(await attack("http://127.0.0.1:\(server.port)/dumb.git") != "fetched")
        #expect(server.requests.count >= 2)
        #expect(inner.connectionCount == 0)
    }
}
