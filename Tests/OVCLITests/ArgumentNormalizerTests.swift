// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestTraits
import Testing

@testable import OVCLI

@Suite(.inTurn) struct ArgumentNormalizerTests {
    @Test(arguments: [
        ("-o json ls", "ls -o json"),
        ("-ojson ls", "ls -ojson"),
        ("--output=json ls -r", "ls --output=json -r"),
        ("--home /a task --user ada watch -q ls --active-only", "task watch ls --home /a --user ada -q --active-only"),
        ("-cq -o json task list --home /b", "task list -cq -o json --home /b"),
        ("-o json ls -o table", "ls -o json -o table"),
        ("-q -- ls", "-q -- ls"),
        ("add-resource x", "ingest x"),
        ("list", "ls"),
        ("ls -- -o json", "ls -- -o json"),
        ("-o json --version -c", "version -o json"),
        ("-q help task", "help task"),
        ("-q task", "task"),
        ("--no-color", ""),
        ("--frobnicate ls", "--frobnicate ls"),
    ])
    func `global options go behind the command`(words: String, expected: String) throws {
        let normalized = try ArgumentNormalizer(words.split(separator: " ").map(String.init), root: OV.self)
        #expect(normalized.arguments.joined(separator: " ") == expected)
    }

    @Test(arguments: [
        ("tsk", "there is no command 'ov tsk'", "did you mean `ov task`?"),
        ("task wach", "there is no command 'ov task wach'", "did you mean `ov task watch`?"),
        ("-q task watch paus", "there is no command 'ov task watch paus'", "did you mean `ov task watch pause`?"),
        ("frobnicate", "there is no command 'ov frobnicate'", "see `ov --help`"),
        ("--home", "missing value for '--home'", "see `ov ls --help`"),
    ])
    func `a command that there is not is refused with what is near`(
        words: String, message: String, hint: String
    ) async {
        let outcome = await CommandLineHarness().run(words.split(separator: " ").map(String.init))
        #expect(outcome == Outcome(stderr: "ov: \(message)\nhint: \(hint)\n", status: 2))
    }

    @Test func `options work before and after the command`() async {
        var script = ScriptedPlane.Script()
        script.watches = Samples.watches
        let harness = CommandLineHarness(script)
        let before = await harness.run("-o", "json", "-c", "--user", "ada", "task", "watch", "ls")
        let after = await harness.run("task", "watch", "ls", "--user", "ada", "-c", "-o", "json")
        #expect(before == after)
        #expect(before.stdout.hasPrefix(#"{"ok":true,"result":{"tasks":[{"task_id":"#))
        #expect(harness.plane.calls == Array(repeating: "watches activeOnly=false as default/ada", count: 2))
    }
}
