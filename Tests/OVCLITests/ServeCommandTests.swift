// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Synchronization
import Testing

@testable import OVCLI

/// Takes down how it was to serve, and says that it does.
final class ScriptedDaemon: DaemonRunner {
    private let asked = Mutex<(settings: Settings, options: ServeOptions)?>(nil)

    /// Whether the store that it serves has keys.
    let hasKeys: Bool

    init(hasKeys: Bool = false) { self.hasKeys = hasKeys }

    var options: ServeOptions? { asked.withLock { $0?.options } }
    var limits: Limits? { asked.withLock { $0?.settings.limits } }

    func serve(
        _ settings: Settings, _ options: ServeOptions, in workingDirectory: String,
        announce: @escaping @Sendable (ServerPlace) throws -> Void
    ) async throws {
        asked.withLock { $0 = (settings, options) }
        try options.check(hasKeys: hasKeys)
        try announce(ServerPlace(url: "http://\(options.host):\(options.port)", socket: "/nowhere/ov.sock"))
    }
}

@Suite(.inTurn) struct ServeCommandTests {
    @Test func `it says where it listens, for people and for programs`() async throws {
        let harness = CommandLineHarness()
        let words = await harness.run("serve", "--port", "8080")
        #expect(words.stdout == "listening on http://127.0.0.1:8080 and /nowhere/ov.sock\n")
        let json = await harness.run("serve", "-o", "json", "-c")
        #expect(
            json.stdout
                == #"{"ok":true,"result":{"url":"http://127.0.0.1:1933","socket":"/nowhere/ov.sock"}}"# + "\n")
    }

    @Test func `options reach the server`() async throws {
        var harness = CommandLineHarness()
        harness.environment["NOTIFY_SOCKET"] = "@notify"
        let outcome = await harness.run(
            "serve", "--host", "localhost", "--no-scheduler", "--max-concurrency", "7", "--allow-private-networks",
            "--allow-path", "/a", "--allow-path", "b", "--allow-host", "x.example")
        #expect(outcome.status == 0, "\(outcome)")
        let options = try #require(harness.daemon.options)
        #expect(options.host == "localhost")
        #expect(!options.schedules)
        #expect(options.allowsPrivateNetworks)
        #expect(options.allowedPaths == ["/a", "b"])
        #expect(options.hostNames == ["x.example"])
        #expect(options.noticeSocket == "@notify")
        #expect(harness.daemon.limits?.concurrentRuns == 7)
    }

    @Test func `the file says what no option does, and an option goes before it`() async throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "config.json",
            """
            {"limits": {"concurrent_runs": 9}, "serve": {"host": "localhost", "port": 4000, "scheduler": false,
            "max_concurrency": 5, "allow_private_networks": true, "allow_paths": ["/file"], "allow_hosts": ["file"],
            "allow_fetchers": ["wiki"]}}
            """)
        var harness = CommandLineHarness()
        harness.environment["OV_HOME"] = folder.path
        #expect(await harness.run("serve").status == 0)
        let fromFile = try #require(harness.daemon.options)
        #expect(fromFile.host == "localhost" && fromFile.port == 4000 && !fromFile.schedules)
        #expect(fromFile.allowsPrivateNetworks && fromFile.allowedPaths == ["/file"] && fromFile.hostNames == ["file"])
        #expect(fromFile.allowedFetchers == ["wiki"])
        #expect(harness.daemon.limits?.concurrentRuns == 5)
        let words = [
            "serve", "--port", "0", "--scheduler", "--max-concurrency", "2", "--allow-path", "/option", "--allow-host",
            "option",
        ]
        #expect(await harness.run(words).status == 0)
        let given = try #require(harness.daemon.options)
        #expect(given.host == "localhost" && given.port == 0 && given.schedules)
        #expect(given.allowedPaths == ["/option"] && given.hostNames == ["option"])
        #expect(harness.daemon.limits?.concurrentRuns == 2)
    }

    @Test(arguments: ["0.0.0.0", "192.168.1.1", "::", "example.com", "127.0.0.1.example.com", "127.1"])
    func `without keys it does not listen where others can reach it`(host: String) async throws {
        let outcome = await CommandLineHarness().run("serve", "--host", host)
        #expect(outcome.status == ExitStatus.failure)
        #expect(outcome.stderr.contains("there are no keys"))
        #expect(outcome.stderr.contains("ov key create --role root"))
        #expect(outcome.stdout.isEmpty)
        var harness = CommandLineHarness()
        harness.daemon = ScriptedDaemon(hasKeys: true)
        #expect(await harness.run("serve", "--host", host).status == ExitStatus.success)
    }

    @Test(arguments: [["--port", "65536"], ["--port", "-1"], ["--max-concurrency", "0"], ["--port", "x"]])
    func `values out of range are wrong usage`(words: [String]) async throws {
        let harness = CommandLineHarness()
        #expect(await harness.run(["serve"] + words).status == ExitStatus.usage)
        #expect(harness.daemon.options == nil)
    }
}
