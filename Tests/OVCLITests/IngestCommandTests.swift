// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVTestTraits
import Testing

@testable import OVCLI

@Suite(.inTurn) struct IngestCommandTests {
    private func harness(_ updates: [TaskView], afterCancel: [TaskView] = []) -> CommandLineHarness {
        var script = ScriptedPlane.Script()
        script.receipt = Samples.receipt()
        script.runs = [Samples.id(9): .init(updates: updates, afterCancel: afterCancel)]
        return CommandLineHarness(script)
    }

    private static let running = Samples.task(9, status: .running) { $0.progress = .init(documents: 2, bytes: 2048) }

    @Test func `an ingest waits and prints what it found`() async {
        let outcome = await harness([Samples.task(9, status: .pending), Self.running, Samples.task(9)])
            .run("ingest", "docs", "--to", "viking://resources/docs")
        #expect(
            outcome
                == Outcome(
                    stdout: """
                        resource:   viking://resources/docs
                        source:     /data/docs
                        task:       7f02e980-8df9-4f27-a570-000000000009
                        outcome:    updated
                        documents:  3 added, 0 changed, 0 removed, 1 unchanged
                        size:       4.1 KiB

                        """))
    }

    @Test func `every option reaches the request`() async {
        let harness = harness([Samples.task(9)])
        _ = await harness.run(
            "add-resource", "docs", "--parent", "viking://resources", "--watch-interval", "-2.5", "--reason", "why",
            "--instruction", "how", "--include", "*.md", "--include", "*.txt", "--exclude", "drafts/**",
            "--ignore-dirs", "a,b", "--fetcher", "folder", "--arg", "charset=latin1", "--allow-private-networks")
        let request = IngestRequest(
            path: "docs", parent: "viking://resources", reason: "why", instruction: "how", watchInterval: -2.5,
            include: ["*.md", "*.txt"], exclude: ["drafts/**"], ignoredDirectories: ["a", "b"], fetcher: "folder",
            arguments: ["charset": "latin1"], allowsPrivateNetworks: true, workingDirectory: "/data")
        #expect(harness.plane.calls.first == "ingest \(request)")
    }

    @Test func `the result in JSON is the answer of REST`() async {
        let outcome = await harness([Samples.task(9)]).run("ingest", "docs", "-o", "json", "-c")
        let id = Samples.id(9)
        #expect(
            outcome.stdout
                == #"{"ok":true,"result":{"status":"success","root_uri":"viking://resources/docs","task_id":"\#(id)","#
                + #""source_path":"/data/docs","watch":null,"coalesced":false,"outcome":"updated","added":3,"changed":0,"removed":0,"#
                + #""unchanged":1,"bytes":4300,"revision":"r1","warnings":[]}}"# + "\n")
        #expect(outcome.stderr.isEmpty && outcome.status == 0)
    }

    @Test func `without waiting the receipt comes first and the run goes on`() async {
        let outcome = await harness([Self.running, Samples.task(9)]).run("ingest", "docs", "--no-wait", "-o", "json")
        #expect(outcome.stdout.contains(#""status": "accepted""#))
        #expect(!outcome.stdout.contains("outcome"))
        #expect(outcome.stderr == "no server is running: the ingest goes on in this process until it ends\n")
        #expect(outcome.status == 0)
    }

    @Test func `what a server executes is not waited for when nobody wants to`() async {
        var harness = harness([Self.running])
        harness.isServer = true
        let outcome = await harness.run("ingest", "docs", "--no-wait")
        #expect(outcome.status == 0 && outcome.stdout.contains("accepted") && outcome.stderr.isEmpty)
    }

    @Test func `a failed ingest says why`() async {
        let outcome = await harness([Samples.failed(9)]).run("ingest", "docs")
        #expect(outcome == Outcome(stderr: "ov: folder /data/docs: no such folder\n", status: 1))
        let json = await harness([Samples.failed(9)]).run("ingest", "docs", "-o", "json", "-c")
        #expect(
            json.stderr
                == #"{"error":{"code":"PROCESSING_ERROR","message":"folder /data/docs: no such folder","details":{"#
                + #""cause":"source_gone","root_uri":"viking://resources/docs","source":"/data/docs","#
                + #""task_id":"\#(Samples.id(9))"}}}"# + "\n")
        #expect(json.stdout.isEmpty && json.status == 1)
    }

    @Test func `a held ingest gives the numbers and the command that lets it through`() async {
        let held = Samples.task(9, watch: Samples.id(1), status: .failed) { task in
            task.error = .init(code: "MASS_DELETION_HELD", message: "it would remove 8 of 10 documents")
            task.result = .init(outcome: .held, revision: nil, changes: .init(removed: 8, unchanged: 2), bytes: 1)
        }
        let outcome = await harness([held]).run("ingest", "docs")
        let command = "ov task watch trigger viking://resources/docs --accept-deletions \(Samples.id(9))"
        let words = "ov: it would remove 8 of 10 documents\nhint: if that is right: `\(command)`\n"
        #expect(outcome == Outcome(stderr: words, status: 1))
        let json = await harness([held]).run("ingest", "docs", "-o", "json")
        #expect(json.stderr.contains(#""code": "MASS_DELETION_HELD""#))
        #expect(json.stderr.contains(#""removed": 8"#))
    }

    @Test func `a timeout names the execution`() async {
        var harness = harness([Self.running])
        harness.clock.expiring = [Milliseconds(1500)]
        let outcome = await harness.run("ingest", "docs", "--timeout", "1.5")
        let words = "ov: no result within 1.5 seconds\nhint: see what became of it: `ov task status \(Samples.id(9))`\n"
        #expect(outcome == Outcome(stderr: words, status: 1))
    }

    @Test(arguments: [(TerminationSignal.interrupt, Int32(130)), (.terminate, 143)])
    func `a signal cancels the run and waits for its end`(signal: TerminationSignal, status: Int32) async {
        let cancelled = Samples.task(9, status: .cancelled)
        var harness = harness([Self.running], afterCancel: [Samples.task(9, status: .cancelling), cancelled])
        harness.signals = ScriptedSignals([signal])
        let outcome = await harness.run("ingest", "docs")
        #expect(outcome.status == status)
        #expect(outcome.stderr == "cancelling; once more ends at once\ncancelled\n")
        #expect(harness.plane.calls.contains("cancel \(Samples.id(9))"))
        #expect(harness.signals.immediateExits.isEmpty)
    }

    @Test func `a second signal ends at once`() async {
        var harness = harness([Self.running])
        harness.signals = ScriptedSignals([.interrupt, .interrupt])
        #expect(await harness.run("ingest", "docs").status == 130)
        #expect(harness.signals.immediateExits == [130])
    }

    @Test func `a dry run only plans`() async {
        var script = ScriptedPlane.Script()
        script.plan = IngestPlan(
            root: Samples.uri("viking://resources/docs"), sourcePath: "/data/docs",
            changes: .init(added: 1, changed: 1, removed: 1, unchanged: 7), added: ["new.md"], changed: ["a.md"],
            removed: ["old\u{1B}[31m.md"], bytes: 10, warnings: ["x.bin is too large"], heldReason: nil)
        let harness = CommandLineHarness(script)
        let outcome = await harness.run("ingest", "docs", "--dry-run")
        #expect(
            outcome.stdout == """
                viking://resources/docs
                + new.md
                ~ a.md
                - old\u{FFFD}[31m.md
                1 added, 1 changed, 1 removed, 7 unchanged, 10 B
                warning: x.bin is too large

                """)
        #expect(harness.plane.calls == ["plan docs"])
    }

    @Test(arguments: [(0, [], true), (1, [], false), (0, ["a.md"], false)] as [(Int, [String], Bool)])
    func `a verification fails when something differs`(removed: Int, unchecked: [String], matches: Bool) async {
        var script = ScriptedPlane.Script()
        script.plan = IngestPlan(
            root: Samples.uri("viking://resources/docs"), sourcePath: "/data/docs",
            changes: .init(removed: removed, unchanged: 7), added: [], changed: [],
            removed: (0..<removed).map { "r\($0).md" }, bytes: 10, warnings: [], heldReason: "never shown",
            unchecked: unchecked, preview: .verification)
        let harness = CommandLineHarness(script)
        let outcome = await harness.run("ingest", "docs", "--verify")
        #expect(outcome.status == (matches ? 0 : 1))
        #expect(outcome.stdout.hasSuffix(matches ? "it is exactly the source\n" : "it differs from the source\n"))
        #expect(outcome.stdout.contains("? a.md\n") == !unchecked.isEmpty && !outcome.stdout.contains("never shown"))
        #expect(outcome.stderr.isEmpty)
        #expect(harness.plane.calls == ["verify docs"])
        let json = await harness.run("ingest", "docs", "--verify", "-o", "json")
        #expect(json.status == outcome.status && json.stdout.contains("\"matches\""))
    }

    @Test(arguments: [
        (["ingest"], "missing expected argument '<source>'"),
        (["ingest", "x", "--arg", "novalue"], "--arg 'novalue' is not KEY=VALUE"),
        (["ingest", "x", "--arg", "a=1", "--arg", "a=2"], "--arg 'a' is given twice"),
        (["ingest", "x", "--timeout", "-1"], "the value '-1' is invalid for '--timeout <seconds>'"),
        (["ingest", "x", "--dryrun"], "unknown option '--dryrun'. Did you mean '--dry-run'?"),
    ])
    func `wrong usage is refused`(words: [String], message: String) async {
        let outcome = await CommandLineHarness().run(words)
        #expect(outcome.stderr.hasPrefix("ov: \(message)\n") && outcome.status == 2, "\(outcome)")
    }

    @Test func `progress is a bar on a terminal and gone when there is a result`() async {
        var harness = harness([Self.running, Samples.task(9)])
        harness.width = 60
        let outcome = await harness.run("ingest", "docs", "--no-color")
        #expect(outcome.stderr == "\r\u{1B}[Kfetching: 2 documents, 2.0 KiB, 0s\r\u{1B}[K")
        #expect(await harness.run("ingest", "docs", "-q").stderr.isEmpty)
    }
}
