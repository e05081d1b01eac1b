// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVTestTraits
import Testing

@testable import OVCLI

@Suite(.inTurn) struct WatchCommandTests {
    private static let guide = "viking://resources/guide.md"

    private var harness: CommandLineHarness {
        var script = ScriptedPlane.Script()
        script.watches = Samples.watches
        return CommandLineHarness(script)
    }

    @Test(arguments: [
        (["pause", guide], "update \(guide) active=false"),
        (["resume", guide], "update \(guide) active=true"),
        (["update", guide, "--interval", "0.25"], "update \(guide) interval=0.25"),
        (["update", guide, "--active", "false", "--reason", ""], "update \(guide) active=false reason="),
        (["rm", "\(Samples.id(1))"], "delete \(Samples.id(1))"),
        (["show", guide], "watch \(guide)"),
        (["ls", "--active-only"], "watches activeOnly=true as default/default"),
    ])
    func `a command asks for what it says`(words: [String], call: String) async {
        let harness = harness
        let outcome = await harness.run(["task", "watch"] + words)
        #expect(outcome.status == 0 && outcome.stderr.isEmpty, "\(outcome)")
        #expect(harness.plane.calls == [call])
    }

    @Test func `a change is confirmed in one line`() async {
        let outcome = await harness.run("task", "watch", "resume", Self.guide)
        #expect(outcome.stdout == "viking://resources/guide.md  active, every 30m, next in 12m\n")
    }

    @Test(arguments: [
        (["show", "https://example.com"], "not a valid viking:// URI: 'https://example.com' has the scheme 'https'"),
        (["show", "Viking://resources/a"], "must be spelled 'viking://', in lower case"),
        (["rm", "http://x"], "has the scheme 'http'"),
        (["update", guide], "nothing to change"),
        (["update", guide, "--interval", "0"], "`ov task watch pause viking://resources/guide.md`"),
        (["update", guide, "--interval", "-3"], "`ov task watch pause viking://resources/guide.md`"),
        (["update", guide, "--interval", "nan"], "must be a finite number of minutes"),
        (["update", guide, "--interval", "9e9"], "at most 5256000 minutes"),
        (["update", guide, "--interval", "soon"], "the value 'soon' is invalid for '--interval <minutes>'"),
        (["update", guide, "--active", "yes"], "the value 'yes' is invalid for '--active <true|false>'"),
        (["trigger"], "which watch?"),
        (["trigger", "--due", guide], "--due means every watch that is due"),
        (["trigger", guide, "--accept-deletions", "x"], "'x' is not the id of an execution"),
        (["trigger", "--due", "--accept-deletions", "\(Samples.id(1))"], "goes with exactly one watch"),
    ])
    func `what is wrong is refused before anything is asked`(words: [String], message: String) async {
        let harness = harness
        let outcome = await harness.run(["task", "watch"] + words)
        #expect(outcome.stderr.contains(message) && outcome.status == 2, "\(outcome)")
        #expect(outcome.stdout.isEmpty && harness.plane.calls.isEmpty)
    }

    @Test func `an empty list says how to begin`() async {
        let harness = CommandLineHarness()
        let words = "No watch tasks. Create one: ov ingest SOURCE --to URI --watch-interval MINUTES\n"
        #expect(await harness.run("task", "watch", "ls") == Outcome(stderr: words))
        #expect(await harness.run("task", "watch", "ls", "-q") == Outcome())
        let json = #"{"ok":true,"result":{"tasks":[],"total":0}}"# + "\n"
        #expect(await harness.run("task", "watch", "ls", "-cojson").status == 2)
        #expect(await harness.run("task", "watch", "ls", "-c", "-o", "json") == Outcome(stdout: json))
    }

    @Test func `who sees the watches of several owners sees whose they are`() async {
        var script = ScriptedPlane.Script()
        let owner = Owner(account: "team", user: "ada")
        let foreign = WatchTask(
            id: Samples.id(5), owner: owner, role: .user, uri: Samples.uri("viking://resources/x"),
            source: Source(fetcher: "file", location: "/x"), interval: Samples.watches[0].interval,
            createdAt: Samples.now)
        script.watches = Samples.watches + [WatchView(watch: foreign, runningTask: nil, revision: nil)]
        let table = await CommandLineHarness(script).run("task", "watch", "ls").stdout
        #expect(table.contains("OWNER") && table.contains("team/ada"))
    }

    @Test func `a compact table has no header`() async {
        let lines = await harness.run("task", "watch", "ls", "-c").stdout.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines.first?.hasPrefix("viking://resources/guide.md ") == true)
    }

    @Test func `colours are for terminals that want them`() async {
        var harness = harness
        #expect(await !harness.run("task", "watch", "ls").stdout.contains("\u{1B}"))
        harness.width = 200
        #expect(await harness.run("task", "watch", "ls").stdout.contains("\u{1B}[31msuspended\u{1B}[0m"))
        #expect(await !harness.run("task", "watch", "ls", "--no-color").stdout.contains("\u{1B}"))
        harness.environment["NO_COLOR"] = "1"
        #expect(await !harness.run("task", "watch", "ls").stdout.contains("\u{1B}"))
    }

    /// Long lists are rendered in parts, side by side.
    @Test func `a long list is whole and in order`() async throws {
        var script = ScriptedPlane.Script()
        script.watches = (0..<20_000).map { Samples.watch($0, "viking://resources/guide-\($0).md") }
        let outcome = await CommandLineHarness(script).run("task", "watch", "ls", "-o", "json", "-c")
        let result = try #require(try JSONValue(parsing: Array(outcome.stdout.utf8))["result"])
        let tasks = try #require(result["tasks"]?.array)
        #expect(tasks.map { $0["to_uri"]?.string } == script.watches.map(\.uri.text))
        #expect(result["total"]?.integer == 20_000)
    }
}
