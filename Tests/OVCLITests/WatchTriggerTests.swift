// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVTestTraits
import Testing

@testable import OVCLI

@Suite(.inTurn) struct WatchTriggerTests {
    private static let guide = "viking://resources/guide.md"

    /// Watch 1 succeeds as task 101, watch 3 fails as task 103.
    private func harness(due: DueReceipt? = nil) -> CommandLineHarness {
        var script = ScriptedPlane.Script()
        script.watches = Samples.watches
        script.runs = [
            Samples.id(101): .init(updates: [Samples.task(101, Self.guide, watch: Samples.id(1))]),
            Samples.id(103): .init(updates: [Samples.failed(103, watch: Samples.id(3))]),
        ]
        script.due = due
        return CommandLineHarness(script)
    }

    private static let line =
        "viking://resources/guide.md  completed  updated: 3 added, 1 unchanged  \(Samples.id(101))\n"

    @Test func `a run that is waited for is a line`() async {
        let harness = harness()
        #expect(await harness.run("task", "watch", "trigger", Self.guide, "--wait") == Outcome(stdout: Self.line))
        #expect(harness.plane.calls.first == "trigger \(Self.guide) accepting nothing")
    }

    @Test func `a failed run fails the command, and the others are still reported`() async {
        let outcome = await harness().run("task", "watch", "trigger", Self.guide, "\(Samples.id(3))", "--wait")
        #expect(outcome.status == 1)
        #expect(outcome.stdout.contains(Self.line))
        #expect(outcome.stdout.contains("viking://resources/docs  failed  folder /data/docs: no such folder"))
        #expect(outcome.stderr == "ov: folder /data/docs: no such folder\n")
    }

    @Test func `a watch that is refused keeps no other from running`() async {
        let outcome = await harness().run("task", "watch", "trigger", "nobody", Self.guide, "--wait")
        let words = "ov: no watch task nobody\nhint: look elsewhere\n"
        #expect(outcome == Outcome(stdout: Self.line, stderr: words, status: 1))
    }

    @Test func `in JSON each run is an object`() async throws {
        let words = ["task", "watch", "trigger", Self.guide, "\(Samples.id(3))", "--wait", "-c", "-o", "json"]
        let outcome = await harness().run(words)
        let lines = outcome.stdout.split(separator: "\n")
        #expect(lines.count == 2)
        let statuses = try lines.map { try JSONValue(parsing: Array($0.utf8))["result"]?["status"]?.string }
        #expect(Set(statuses) == ["completed", "failed"])
        #expect(outcome.stderr.hasPrefix(#"{"error":{"code":"PROCESSING_ERROR""#))
    }

    @Test func `what a server refreshes is not waited for, but for what is due, which starts one after the other`()
        async
    {
        var harness = harness()
        harness.isServer = true
        let outcome = await harness.run("task", "watch", "trigger", Self.guide)
        #expect(outcome.status == 0 && outcome.stdout.contains("accepted") && outcome.stderr.isEmpty)
        #expect(!harness.plane.calls.contains { $0.hasPrefix("updates") })
        let receipt = TriggerReceipt(
            watch: Samples.id(1), uri: Samples.uri(Self.guide), run: Samples.id(101), isCoalesced: false)
        harness = self.harness(due: DueReceipt(started: [receipt], running: [receipt.uri]))
        harness.isServer = true
        let due = await harness.run("task", "watch", "trigger", "--due")
        #expect(due.status == 0 && due.stderr == "the refresh goes on at the server, one after the other\n")
        #expect(harness.plane.calls.count { $0 == "triggerDue" } == 2)
    }

    @Test func `without waiting the receipt comes first and the refresh runs in the process`() async {
        let outcome = await harness().run("task", "watch", "trigger", Self.guide, "-o", "json", "-c")
        let receipt =
            #"{"task_id":"\#(Samples.id(1))","to_uri":"viking://resources/guide.md","scheduled":true,"#
            + #""run_id":"\#(Samples.id(101))","coalesced":false}"#
        #expect(
            outcome
                == Outcome(
                    stdout: #"{"ok":true,"result":\#(receipt)}"# + "\n",
                    stderr: "no server is running: the refresh goes on in this process until it ends\n"))
    }

    @Test func `held deletions are accepted by the id of the execution`() async {
        let harness = harness()
        let held = Samples.id(55)
        let outcome = await harness.run(
            "task", "watch", "trigger", Self.guide, "--accept-deletions", "\(held)", "--wait")
        #expect(outcome.status == 0)
        #expect(harness.plane.calls.first == "trigger \(Self.guide) accepting \(held)")
    }

    @Test func `what another process is running is skipped and no failure`() async {
        let started = TriggerReceipt(
            watch: Samples.id(1), uri: Samples.uri(Self.guide), run: Samples.id(101), isCoalesced: false)
        let wiki = Samples.uri("viking://resources/wiki")
        let outcome = await harness(due: DueReceipt(started: [started], running: [wiki]))
            .run("task", "watch", "trigger", "--due", "--wait")
        let skipped = "skipped viking://resources/wiki: another process is running it\n"
        #expect(outcome == Outcome(stdout: Self.line, stderr: skipped))
    }

    @Test func `nothing due is no failure`() async {
        let outcome = await harness(due: DueReceipt(started: [], running: []))
            .run("task", "watch", "trigger", "--due", "--wait")
        #expect(outcome == Outcome(stderr: "no watch is due\n"))
    }

    @Test func `a run that nobody knows is an error`() async {
        let started = TriggerReceipt(
            watch: Samples.id(1), uri: Samples.uri(Self.guide), run: Samples.id(77), isCoalesced: false)
        let outcome = await harness(due: DueReceipt(started: [started], running: []))
            .run("task", "watch", "trigger", "--due", "--wait")
        #expect(outcome.status == 1)
        #expect(outcome.stderr.hasPrefix("ov: no task \(Samples.id(77))\n"))
    }
}
