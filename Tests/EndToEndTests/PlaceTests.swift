// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVTestSupport
import OVTestTraits
import Testing

/// A command says and does the same in its own process, through a daemon's socket, and at a server.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct PlaceTests {
    private static let docs = "viking://resources/docs"

    private static let reads: [[String]] = [
        ["task", "watch", "ls"], ["task", "watch", "ls", "-o", "json"], ["task", "watch", "ls", "-o", "json", "-c"],
        ["task", "watch", "show", docs], ["task", "watch", "show", docs, "-o", "json"],
        ["task", "watch", "show", "viking://resources/none"], ["task", "watch", "show", "none", "-o", "json"],
        ["task", "watch", "show", "http://example.com"], ["task", "watch", "update", docs, "--interval", "0"],
        ["task", "watch", "rm", "00000000-0000-4000-8000-000000000000", "-o", "json"],
        ["task", "list"], ["task", "list", "-o", "json"], ["task", "list", "--status", "nonsense"],
        ["task", "status", "none"], ["task", "cancel", "none", "-o", "json"],
        ["ls"], ["ls", docs, "-o", "json"], ["ls", "viking://resources/none"], ["tree"], ["tree", docs, "-o", "json"],
        ["stat", docs], ["stat", "\(docs)/guide.md", "-o", "json"], ["stat", "nonsense"],
        ["read", "\(docs)/guide.md"], ["read", "\(docs)/guide.md", "\(docs)/sub/note.md", "-o", "json"],
        ["read", "\(docs)/guide.md", "--offset", "2", "--limit", "1"], ["read", "\(docs)/guide.md", "--limit", "-3"],
        ["read", docs, "-o", "json"], ["abstract", "\(docs)/guide.md"], ["overview", docs],
        ["get", "\(docs)/guide.md", "-"], ["get", "\(docs)/nothing", "-"], ["health"], ["health", "-o", "json"],
        ["rm", "\(docs)/guide.md"], ["rm", "viking://resources", "-o", "json"],
        ["ingest", "https://example.com/", "--to", docs, "--dry-run"],
        ["ingest", "file:///nothing/here", "--watch-interval", "5", "--dry-run"],
    ]

    private static func installation() throws -> Installation {
        let ov = try Installation()
        try ov.folder.write("docs/guide.md", "# Guide\n\nFirst words.\n\n## Setup\n\nMore.\n")
        try ov.folder.write("docs/sub/note.md", "# Note\n\nA note.\n")
        return ov
    }

    private static func source(_ ov: Installation) -> String { "file://" + ov.folder.path("docs") }

    /// What a command said, without what differs from run to run.
    private static func said(_ result: ChildProcess.Result, _ ov: Installation) -> String {
        var text = "status \(result.status ?? -1)\n--- output\n\(result.text)--- errors\n\(result.errors)"
        text = text.split(separator: ov.folder.path, omittingEmptySubsequences: false).joined(separator: "DIR")
        text.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/, with: "ID")
        text.replace(/[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+Z?/, with: "TIME")
        text.replace(/1[0-9]{9}(\.[0-9]+)?/, with: "SECONDS")
        text.replace(/(in )?[0-9]+ ?(ms|s|m|h)( ago)?\b/, with: "WHILE")
        text.replace(/\bnow\b/, with: "WHILE")
        // Columns are as wide as what stands in them.
        text.replace(#/ {2,}/#, with: "  ")
        return text
    }

    /// A caller of a server, with a home of its own in which there is nothing.
    private static func caller(of server: RunningServer, _ ov: Installation) -> Installation {
        ov.with(["OV_SERVER": server.url, "OV_HOME": ov.folder.path("nothing")])
    }

    @Test func `what reads, and what is refused, is the same byte for byte`() async throws {
        let ov = try Self.installation()
        try await ov.succeed("ingest", Self.source(ov), "--to", Self.docs, "--watch-interval", "60")
        var expected: [String] = []
        for words in Self.reads { expected.append(Self.said(try await ov.run(words), ov)) }
        #expect(Set(expected).count > Self.reads.count * 3 / 4)
        let server = try await ov.serve("--no-scheduler", "--allow-path", ov.folder.path("docs"))
        for (words, expected) in zip(Self.reads, expected) {
            let overSocket = try await ov.run(words)
            #expect(Self.said(overSocket, ov) == expected, "over the socket: \(overSocket.name)")
            let overNetwork = try await Self.caller(of: server, ov).run(words)
            // Over the network only what is allowed may be named, whether or not it is there.
            if words.contains("file:///nothing/here") {
                #expect(overNetwork.status == 1 && overNetwork.errors.contains("over the network"))
            } else {
                #expect(Self.said(overNetwork, ov) == expected, "over the network: \(overNetwork.name)")
            }
        }
        let metrics = try await ChildProcess(
            .init("/usr/bin/curl", ["-sS", server.url + "/metrics"], environment: ["PATH": "/usr/bin:/bin"])
        ).wait().text
        #expect(metrics.contains(#"route="/api/v1/content/read""#), "nobody asked the server")
        #expect(access(ov.folder.path("nothing"), F_OK) != 0, "a caller of a server needs no store")
        #expect(try await server.stop().status == 0)
    }

    /// What is done one after the other; each changes something.
    private static func changes(_ source: String) -> [[String]] {
        [
            ["ingest", source, "--to", docs, "--dry-run"],
            ["ingest", source, "--to", docs, "--watch-interval", "60", "--reason", "to read"],
            ["ingest", source, "--to", docs, "-o", "json"],
            ["task", "watch", "pause", docs], ["task", "watch", "resume", docs, "-o", "json"],
            ["task", "watch", "update", docs, "--interval", "5", "--reason", "other", "--active", "false"],
            ["task", "watch", "trigger", docs, "--wait"], ["task", "watch", "trigger", docs, "--wait", "-o", "json"],
            ["task", "watch", "trigger", docs, "viking://resources/none", "--wait"],
            ["task", "watch", "trigger", "--due", "--wait"],
            ["ingest", "/other/source", "--to", docs, "--fetcher", "folder"],
            ["ingest", source, "--to", "viking://resources/docs/below"],
            ["rm", docs], ["task", "watch", "resume", docs], ["task", "watch", "rm", docs, "-o", "json"], ["ls"],
        ]
    }

    @Test(arguments: ["socket", "network"])
    func `what changes something says the same and leaves the same`(place: String) async throws {
        let (near, far) = (try Self.installation(), try Self.installation())
        let server = try await far.serve("--no-scheduler", "--allow-path", far.folder.path("docs"))
        let caller = place == "socket" ? far : Self.caller(of: server, far)
        let steps = zip(Self.changes(Self.source(near)), Self.changes(Self.source(far)))
        for (nearWords, farWords) in steps {
            if place == "network", farWords.contains("/other/source") { continue }
            let result = try await caller.run(farWords)
            #expect(Self.said(result, far) == Self.said(try await near.run(nearWords), near), "\(result.name)")
        }
        #expect(try await server.stop().status == 0)
        try await far.checkStore()
    }

    @Test func `an upload of a file and of a folder is read like any other source`() async throws {
        let ov = try Self.installation()
        let server = try await ov.serve("--no-scheduler")
        let caller = Self.caller(of: server, ov)
        let file = try await caller.run(
            in: ov.folder.path, ["ingest", "docs/guide.md", "--parent", "viking://resources"])
        #expect(file.status == 0, "\(file.summary)")
        #expect(try await caller.succeed("read", "viking://resources/guide.md").hasPrefix("# Guide"))
        let watched = try await caller.run(
            in: ov.folder.path, ["ingest", "docs", "--to", Self.docs, "--watch-interval", "5"])
        #expect(watched.status == 1 && watched.errors.contains("an upload is a snapshot"), "\(watched.summary)")
        #expect(try await server.stop().status == 0)
    }

    @Test func `a run that the server executes goes on without the command`() async throws {
        let ov = try Self.installation()
        let server = try await ov.serve("--no-scheduler")
        let receipt = try await ov.json(
            "ingest", Self.source(ov), "--to", Self.docs, "--watch-interval", "60", "--no-wait")
        #expect(receipt["status"]?.string == "accepted")
        let task = try #require(receipt["task_id"]?.string)
        try await ov.poll("the server ends it") {
            try await ov.json("task", "status", task)["status"]?.string == "completed"
        }
        let triggered = try await ov.run("task", "watch", "trigger", Self.docs)
        #expect(triggered.status == 0 && triggered.text.contains("accepted"))
        #expect(!triggered.errors.contains("no server is running"), "\(triggered.errors)")
        #expect(try await server.stop().status == 0)
    }

    @Test func `a daemon that was killed is no reason to fail`() async throws {
        let ov = try Self.installation()
        let server = try await ov.serve()
        server.process.signal(SIGKILL)
        _ = try await server.process.wait()
        try await ov.succeed("ingest", Self.source(ov), "--to", Self.docs)
        #expect(try await ov.succeed("read", "\(Self.docs)/sub/note.md") == "# Note\n\nA note.\n")
    }

    @Test func `no server at an address is status 3, and says what to do`() async throws {
        let ov = try Self.installation()
        let server = try await ov.serve("--no-scheduler")
        #expect(try await server.stop().status == 0)
        let result = try await ov.run("ls", "--server", server.url)
        #expect(result.status == 3 && result.errors.contains("no server answers at \(server.url)"), "\(result.summary)")
        #expect(result.errors.contains("ov serve"))
        for words in [["store", "check"], ["store", "compact"]] {
            let refused = try await ov.run(words + ["--server", server.url])
            #expect(refused.status == 2 && refused.errors.contains("files of a store"), "\(refused.summary)")
        }
        let wrong = try await ov.run("ls", "--server", "localhost:1933")
        #expect(wrong.status == 2 && wrong.errors.contains("http://HOST:PORT"))
    }
}
