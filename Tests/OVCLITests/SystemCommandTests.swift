// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVTestTraits
import Testing

@testable import OVCLI

@Suite(.inTurn) struct SystemCommandTests {
    @Test(arguments: [
        (["version"], "ov \(productVersion)\n"), (["--version"], "ov \(productVersion)\n"),
        (["version", "-o", "json", "-c"], #"{"ok":true,"result":{"version":"\#(productVersion)"}}"# + "\n"),
        (["health"], "ok\n"),
    ])
    func `it says what it is`(words: [String], stdout: String) async {
        #expect(await CommandLineHarness().run(words) == Outcome(stdout: stdout))
    }

    @Test func `a store that does not work fails the probe`() async {
        var script = ScriptedPlane.Script()
        script.health = HealthReport(isHealthy: false, version: "0.1.0", problems: ["disk full"])
        #expect(await CommandLineHarness(script).run("health") == Outcome(stdout: "problem: disk full\n", status: 1))
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `a completion script knows the commands`(shell: String) async {
        let outcome = await CommandLineHarness().run("completions", shell)
        #expect(outcome.status == 0 && outcome.stdout.contains("ingest") && outcome.stdout.contains("trigger"))
    }

    @Test func `a shell that there is no script for is refused`() async {
        let outcome = await CommandLineHarness().run("completions", "tcsh")
        #expect(outcome.status == 2 && outcome.stderr.contains("'bash', 'zsh' or 'fish'"), "\(outcome)")
    }

    @Test func `a check lists what is wrong and fails`() async {
        var harness = CommandLineHarness()
        harness.maintenance.check.problems = [.init(file: "packs/1.pack", message: "digest differs")]
        harness.maintenance.check.notes = [.init(file: "state.json.gz", message: "torn tail")]
        let outcome = await harness.run("store", "check", "-v")
        #expect(outcome.status == 1)
        #expect(outcome.stderr == "checking packs\n")
        #expect(outcome.stdout.hasPrefix("store:        damaged\nproblem:      packs/1.pack: digest differs\n"))
        #expect(outcome.stdout.hasSuffix("next:         ov store repair\n"))
        let sound = await CommandLineHarness().run("store", "check", "-q", "-o", "json", "-c")
        #expect(sound.stdout.hasPrefix(#"{"ok":true,"result":{"sound":true,"problems":[]"#) && sound.status == 0)
    }

    @Test func `repair and compaction say what they did`() async {
        var harness = CommandLineHarness()
        #expect(await harness.run("store", "repair") == Outcome(stdout: "nothing to repair\n"))
        harness.maintenance.repair.actions = ["went back to generation 3"]
        harness.maintenance.repair.lost = ["the last commit"]
        let repaired = await harness.run("store", "repair")
        #expect(repaired.stdout == "done:  went back to generation 3\nlost:  the last commit\n")
        harness.maintenance.compaction.stateBytesBefore = 2048
        let compacted = await harness.run("store", "compact")
        #expect(compacted.stdout == "state:            2.0 KiB to 0 B\npacks rewritten:  0\npacks removed:    0, 0 B\n")
    }

    @Test func `executions are found by kind, and one by id`() async {
        var script = ScriptedPlane.Script()
        script.tasks = [Samples.failed(9)]
        let harness = CommandLineHarness(script)
        let list = await harness.run("task", "list", "--task-type", "add_resource", "--limit", "7", "-o", "json")
        #expect(list.status == 0)
        let shown = await harness.run("task", "status", "\(Samples.id(9))")
        let error = "error:     PROCESSING_ERROR: folder /data/docs: no such folder\ncause:     source_gone\n"
        #expect(shown.stdout.hasSuffix(error))
        let missing = await harness.run("task", "status", "x", "-o", "json", "-c")
        let json = #"{"error":{"code":"NOT_FOUND","message":"no task x","details":{},"hint":"look elsewhere"}}"#
        #expect(missing == Outcome(stderr: json + "\n", status: 1))
        #expect(harness.plane.calls.first == "tasks kind=add_resource limit=7")
    }
}
