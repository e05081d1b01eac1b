// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVStore
import OVTestSupport
import OVTestTraits
import Testing

/// Pages of real web servers, from first ingest to their end.
@Suite(.inTurn) struct WebSourceTests {
    private static let target = "viking://resources/page.md"

    @Test(.enabled(if: NginxSite.executable != nil, "nginx is not installed"))
    func aPageIsKeptFreshByANginx() async throws {
        let site = try await NginxSite()
        let ov = try Installation()
        try site.write("page.md", "# One\n\nÜber alles.\n")
        let first = try await ov.json(
            "ingest", site.origin + "/page.md", "--to", Self.target, "--watch-interval", "60",
            "--allow-private-networks")
        #expect(first.counts == [1, 0, 0, 0])
        #expect(try await ov.succeed("read", Self.target) == "# One\n\nÜber alles.\n")

        // Written this very second, so it is asked for in full until it is older; then it is not sent again.
        try site.folder.setModified("pages/page.md", 1_700_000_000_000_000_000)
        let packs = try LocalFileSystem().names(in: ov.home + "/packs").sorted()
        for _ in 0..<2 {
            let same = try await ov.json("task", "watch", "trigger", Self.target, "--wait").member("result")
            #expect(same.counts == [0, 0, 0, 1] && same["outcome"]?.string == "unchanged")
        }
        #expect(try site.log().map(\.status) == ["200", "200", "304"])
        #expect(try site.log().last?.bytes == "0")
        #expect(try LocalFileSystem().names(in: ov.home + "/packs").sorted() == packs)

        try site.write("page.md", "# Two\n")
        let changed = try await ov.json("task", "watch", "trigger", Self.target, "--wait").member("result")
        #expect(changed.counts == [0, 1, 0, 0])
        #expect(try await ov.succeed("read", Self.target) == "# Two\n")

        try site.remove("page.md")
        let gone = try await ov.run("task", "watch", "trigger", Self.target, "--wait")
        #expect(gone.status == 1 && gone.errors.contains("404"), "\(gone.summary)")
        #expect(try await ov.succeed("read", Self.target) == "# Two\n")
        let watch = try await ov.watch(Self.target)
        #expect(watch["source_type"]?.string == "url" && watch["consecutive_failures"]?.integer == 1)
        #expect(watch["last_error"]?.string?.contains("404") == true)
        try await ov.checkStore()
    }

    @Test(.enabled(if: NginxSite.executable != nil, "nginx is not installed"))
    func compressedAndChunkedPagesAreReadWhole() async throws {
        let site = try await NginxSite("gzip on; gzip_types text/markdown; gzip_min_length 1;")
        let ov = try Installation()
        let text = (1...5000).map { "Line \($0) of a page that is long enough.\n" }.joined()
        try site.write("long.md", text)
        try await ov.succeed("ingest", site.origin + "/long.md", "--allow-private-networks")
        #expect(try await ov.succeed("read", "viking://resources/long.md") == text)
        let sent = try #require(try site.log().first.flatMap { Int($0.bytes) })
        #expect(sent < text.utf8.count / 4)
    }

    /// Edits with moments in between, of the same length, each followed by a refresh: none is missed, and the record
    /// of runs says what happened.
    @Test(.enabled(if: NginxSite.executable != nil, "nginx is not installed"))
    func everyEditIsFollowed() async throws {
        let site = try await NginxSite()
        let ov = try Installation()
        try site.write("page.md", "edit 00\n")
        try await ov.succeed(
            "ingest", site.origin + "/page.md", "--to", Self.target, "--watch-interval", "0.016",
            "--allow-private-networks")
        for edit in 1...6 {
            let isEdited = edit % 3 != 0
            if isEdited { try site.write("page.md", "edit 0\(edit)\n") }
            // What is due when it is asked for, or in less than a second.
            try await ov.poll("the watch is due") {
                try await ov.succeed("task", "watch", "trigger", "--due", "--wait", "-o", "json").isEmpty == false
            }
            let now = isEdited ? edit : edit - 1
            #expect(try await ov.succeed("read", Self.target) == "edit 0\(now)\n")
        }
        let runs = try #require(try await ov.json("task", "list").array)
        let outcomes = runs.reversed().map { $0["result"]?["outcome"]?.string ?? "?" }
        #expect(outcomes == ["updated", "updated", "updated", "unchanged", "updated", "updated", "unchanged"])
        #expect(try await ov.watch(Self.target)["consecutive_failures"]?.integer == 0)
    }

    @Test func aPrivateAddressIsRefusedAndLeavesNothing() async throws {
        let server = try ScriptedServer { _ in [.answer(200, [], "secret")] }
        let ov = try Installation()
        let refused = try await ov.run("ingest", server.origin + "/page")
        #expect(refused.status == 1 && refused.errors.contains("--allow-private-networks"), "\(refused.summary)")
        #expect(server.requests.isEmpty)
        #expect(try await ov.json("ls") == .array([]))
    }

    @Test func aWatchRemembersThatPrivateNetworksAreAllowed() async throws {
        let server = try ScriptedServer { _ in [.answer(200, [], "inside")] }
        let ov = try Installation()
        try await ov.succeed(
            "ingest", server.origin + "/page", "--to", Self.target, "--watch-interval", "60",
            "--allow-private-networks")
        try await ov.succeed("task", "watch", "trigger", Self.target, "--wait")
        #expect(server.requests.count == 2)
    }

    @Test func aServerThatAsksForPatienceIsGivenIt() async throws {
        let server = try ScriptedServer { _ in [.answer(503, [("Retry-After", "7200")])] }
        let ov = try Installation()
        let started = SystemClock().now()
        _ = try await ov.run(
            "ingest", server.origin + "/page", "--to", Self.target, "--watch-interval", "1",
            "--allow-private-networks")
        let next = try await ov.watch(Self.target).member("next_execution_time").string.flatMap { Timestamp($0) }
        let wait = try #require(next).since(started)
        #expect(wait > .minutes(119) && wait < .minutes(125))
    }

    @Test(.enabled(if: SecureSite.isPossible, "openssl is not installed"))
    func certificatesAreChecked() async throws {
        let site = try await SecureSite()
        let ov = try Installation()
        let page = site.origin + "/page"
        let unknown = try await ov.run("ingest", page, "--allow-private-networks")
        #expect(unknown.status == 1 && unknown.errors.contains("certificate is not trusted"), "\(unknown.summary)")
        let trusting = ov.with(["SSL_CERT_FILE": site.certificate])
        try await trusting.succeed("ingest", page, "--allow-private-networks")
        #expect(try await ov.succeed("read", "viking://resources/page") == "seen: None")
        let other = try await trusting.run(
            "ingest", "https://127.0.0.1:\(site.port)/page", "--to", "viking://resources/other",
            "--allow-private-networks")
        #expect(other.status == 1 && other.errors.contains("certificate"), "\(other.summary)")
    }

    @Test(.enabled(if: SecureSite.isPossible, "openssl is not installed"))
    func aPasswordInAnAddressIsKeptApart() async throws {
        let site = try await SecureSite()
        let ov = try Installation().with(["SSL_CERT_FILE": site.certificate])
        let host = "localhost:\(site.port)"
        let wrong = try await ov.run("ingest", "https://user:hush@\(host)/private", "--allow-private-networks")
        #expect(wrong.status == 1 && wrong.errors.contains("401") && !wrong.errors.contains("hush"), "\(wrong.summary)")

        let address = "https://user:password@\(host)/private"
        let receipt = try await ov.succeed(
            "ingest", address, "--to", Self.target, "--watch-interval", "60", "--allow-private-networks", "-v")
        #expect(receipt.contains("https://\(host)/private") && !receipt.contains("password"))
        #expect(try await ov.succeed("read", Self.target).hasPrefix("seen: Basic"))
        let trigger = try await ov.json("task", "watch", "trigger", Self.target, "--wait").member("result")
        #expect(trigger.counts == [0, 0, 0, 1])
        // The same address again is the same source, with the same secret.
        try await ov.succeed("ingest", address, "--to", Self.target, "--allow-private-networks")
        let state = try await ChildProcess(ChildProcess.Command("/bin/zcat", [ov.home + "/state.json.gz"])).wait().text
        #expect(state.contains("secret:") && !state.contains("password") && !state.contains("hush"))
        let secrets = try LocalFileSystem().names(in: ov.home + "/secrets")
        #expect(secrets.count == 2)

        // What is refused leaves none, and a plan keeps none.
        let other = "https://user:password@\(host)/elsewhere"
        #expect(try await ov.run("ingest", other, "--to", Self.target, "--allow-private-networks").status == 1)
        try await ov.succeed("ingest", other, "--dry-run", "--allow-private-networks")
        #expect(try LocalFileSystem().names(in: ov.home + "/secrets").count == secrets.count)
        try await ov.checkStore()
    }
}
