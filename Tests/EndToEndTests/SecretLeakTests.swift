// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVTestSupport
import OVTestTraits
import Testing

/// A secret is used, and is found nowhere but where it is kept.
@Suite(.inTurn) struct SecretLeakTests {
    /// In no word of any other text, and without a character that is encoded somewhere.
    private static let secret = "Zx9secretQ7"
    private static let encoded = ["Zx9secretQ7", "eDpaeDlzZWNyZXRRN", "Wng5c2VjcmV0UTc", "b2F1dGgyOlp4OXNlY3JldFE3"]

    /// Knows who asks, serves a page to them, and has no repository for anybody.
    private static func server() throws -> ScriptedServer {
        try ScriptedServer { request in
            let isKnown = request.headers["authorization"]?.hasPrefix("B") == true
            if request.target.contains("git") {
                return [.answer(isKnown ? 404 : 401, [("WWW-Authenticate", "Basic realm=x")])]
            }
            if request.target.hasPrefix("/moved") { return [.answer(302, [("Location", "/page.md?from=there")])] }
            return isKnown ? [.answer(200, [("ETag", "\"1\"")], "# Inside\n")] : [.answer(401)]
        }
    }

    private func prepared() throws -> Installation {
        var ov = try Installation()
        try ov.folder.write("token", Self.secret + "\n")
        try ov.folder.write(".netrc", "machine 127.0.0.1 login x password \(Self.secret)\n")
        for name in ["token", ".netrc"] { try ov.folder.setPermissions(name, 0o600) }
        ov = ov.with(["TOKEN": "x:" + Self.secret])
        try ov.folder.write(
            "home/config.json",
            """
            {"serve": {"allow_private_networks": true, "allow_secrets": [
              {"secret": "env:TOKEN", "host": "127.0.0.1"}, {"secret": "netrc", "host": "127.0.0.1"},
              {"secret": "file:\(ov.folder.path("token"))", "host": "elsewhere.example"}]}}
            """)
        return ov
    }

    /// Everything that the commands and the server have said, and every file of the home but the secrets.
    private func expectNoSecret(in outputs: [String], _ ov: Installation) async throws {
        for output in outputs {
            for text in Self.encoded { #expect(!output.contains(text), "\(output)") }
        }
        for text in Self.encoded {
            let search =
                "grep -rlaF \(text) '\(ov.home)' --exclude-dir=secrets; zcat '\(ov.home)/state.json.gz' | grep -F \(text)"
            let found = try await ChildProcess(ChildProcess.Command("/bin/sh", ["-c", search])).wait()
            #expect(found.text.isEmpty, "\(found.text)")
        }
        // So that a search that finds nothing finds something.
        let kept = try await ChildProcess(
            ChildProcess.Command("/bin/grep", ["-rlF", Self.secret, ov.home + "/secrets"])
        ).wait()
        #expect(!kept.text.isEmpty)
    }

    @Test func aSecretIsInNoStateListLogOrAnswer() async throws {
        let ov = try prepared()
        let site = try Self.server()
        let host = "127.0.0.1:\(site.port)"
        let server = try await ov.serve("-v")
        var outputs: [String] = []
        let references = ["env:TOKEN", "file:" + ov.folder.path("token"), "netrc"]
        for (number, reference) in references.enumerated() {
            for path in ["page.md", "moved", "x.git"] {
                let words = [
                    "--arg", "auth=\(reference)", "--to", "viking://resources/\(number)-\(path)", "--watch-interval",
                    "60", "-v",
                ]
                let run = try await ov.run(["ingest", "http://\(host)/\(path)", "--allow-private-networks"] + words)
                #expect(run.status == (path == "x.git" ? 1 : 0), "\(run.summary)")
                outputs += [run.text, run.errors]
            }
        }
        for path in ["page.md", "moved", "x.git", "nowhere.git?x"] {
            for words in [["--dry-run"], ["-v"], ["-o", "json"], ["--verify"], ["--arg", "auth=env:TOKEN"]] {
                let address = "http://x:\(Self.secret)@\(host)/\(path)"
                let run = try await ov.run(
                    [
                        "ingest", address, "--to", "viking://resources/address-\(path.prefix(4))",
                        "--allow-private-networks",
                    ] + words)
                outputs += [run.text, run.errors]
            }
        }
        outputs += try await lists(ov)
        outputs += try await answers(of: server, host: host)
        let ended = try await server.stop()
        try await expectNoSecret(in: outputs + [ended.text, ended.errors], ov)
    }

    /// What commands say of what is kept.
    private func lists(_ ov: Installation) async throws -> [String] {
        var outputs: [String] = []
        for words in [
            ["task", "list", "-o", "json"], ["task", "watch", "ls", "-o", "json"], ["task", "watch", "ls"],
            ["changes", "-o", "json"],
            ["tree", "viking://resources"], ["history", "viking://resources/0-page.md"],
            ["read", "viking://resources/0-page.md"],
            ["task", "watch", "show", "viking://resources/0-page.md", "-o", "json"], ["status", "-o", "json"],
            ["store", "check", "-v"],
            ["task", "watch", "trigger", "viking://resources/address-page", "--wait", "-v"],
        ] {
            let run = try await ov.run(words)
            outputs += [run.text, run.errors]
        }
        return outputs
    }

    /// What callers over TCP are answered: the secrets that are listed work at their host, and no others.
    private func answers(of server: RunningServer, host: String) async throws -> [String] {
        var answers: [String] = []
        for (reference, path, isAllowed) in [
            ("env:TOKEN", "http://\(host)/page.md", true), ("netrc", "http://\(host)/page.md", true),
            ("env:HOME", "http://\(host)/page.md", false), ("env:TOKEN", "http://other.example/page.md", false),
            ("netrc", "https://other.example/page.md", false), ("file:/etc/passwd", "http://\(host)/page.md", false),
            ("secret:00000000-0000-4000-8000-000000000000", "http://\(host)/page.md", false),
        ] {
            let body = #"{"path":"\#(path)","args":{"auth":"\#(reference)"},"dry_run":true}"#
            let answer = try await server.curl("/api/v1/resources", "-d", body, "-H", "Content-Type: application/json")
            #expect((answer["status"]?.string == "ok") == isAllowed, "\(reference) at \(path): \(answer)")
            if !isAllowed { #expect(answer["error"]?["code"]?.string == "PERMISSION_DENIED") }
            answers.append("\(answer)")
        }
        for target in ["/api/v1/watches", "/api/v1/tasks?limit=200", "/api/v1/system/status", "/openapi.json"] {
            answers.append("\(try await server.curl(target))")
        }
        let call = #"""
            {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_watches","arguments":{},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}
            """#
        let script = """
            curl -sS '\(server.url)/metrics'; curl -sS '\(server.url)/mcp' -H 'Content-Type: application/json' \
            -H 'Accept: application/json, text/event-stream' -H 'MCP-Protocol-Version: 2026-07-28' -H 'Mcp-Method: tools/call' \
            -H 'Mcp-Name: list_watches' -d '\(call)'; curl -sS --max-time 2 '\(server.url)/api/v1/events?since=0'; true
            """
        let rest = try await ChildProcess(
            ChildProcess.Command("/bin/sh", ["-c", script], environment: ["PATH": "/usr/bin:/bin"])
        ).wait()
        #expect(rest.text.contains("ov_") && rest.text.contains("viking://resources/0-page.md"), "\(rest.summary)")
        return answers + [rest.text, rest.errors]
    }

    /// Verifying over the three ways in: in process, by the socket, over TCP.
    @Test func whatIsKeptIsVerifiedOverEveryWayIn() async throws {
        let ov = try Installation()
        let texts = ov.folder.path("docs")
        try ov.folder.write("docs/a.md", "# A\n")
        try ov.folder.write("docs/b.md", "# B\n")
        let target = ["--to", "viking://resources/docs"]
        let early = try await ov.run(["ingest", texts, "--verify"] + target)
        #expect(early.status == 1 && early.errors.contains("there is nothing to verify"), "\(early.summary)")
        try await ov.succeed("ingest", texts, "--to", "viking://resources/docs")
        let same = try await ov.run(["ingest", texts, "--verify"] + target)
        #expect(same.status == 0 && same.text.contains("it is exactly the source"), "\(same.summary)")
        let both = try await ov.run(["ingest", texts, "--verify", "--dry-run"] + target)
        #expect(both.status == 1 && both.errors.contains("exclude each other"), "\(both.summary)")

        // The same size and time: validators see nothing.
        let time: Int64 = 1_700_000_000_000_000_000
        try ov.folder.write("docs/b.md", "# C\n")
        try ov.folder.setModified("docs/b.md", time)
        let server = try await ov.serve("--allow-path", texts)
        for place in [[], ["--server", server.url]] {
            let path = place.isEmpty ? texts : "file://" + texts
            let differs = try await ov.run(["ingest", path, "--verify"] + target + place)
            #expect(differs.status == 1 && differs.text.contains("~ b.md\n"), "\(differs.summary)")
            #expect(differs.text.hasSuffix("it differs from the source\n"))
            let json = try await ov.run(["ingest", path, "--verify", "-o", "json"] + target + place)
            let plan = try JSONValue(parsing: json.output)
            #expect(plan["verify"] == true && plan["matches"] == false && plan["changed"] == ["b.md"])
        }
        #expect(try await ov.succeed("read", "viking://resources/docs/b.md") == "# B\n", "nothing was published")
        _ = try await server.stop()
        try await ov.succeed("ingest", texts, "--to", "viking://resources/docs")
        #expect(try await ov.run(["ingest", texts, "--verify"] + target).status == 0)
        try await ov.checkStore()
    }
}
