// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVTestTraits
import Testing

@testable import OVCLI

/// Whole outputs, compared with `fixtures/cli`.
@Suite(.inTurn) struct GoldenOutputTests {
    private static let script: ScriptedPlane.Script = {
        var script = HistoryCommandTests.script
        script.watches = Samples.watches
        script.tasks = [
            Samples.task(9), Samples.task(8, watch: Samples.id(1), status: .running), Samples.failed(7),
            Samples.task(6, status: .pending),
        ]
        script.entries = Samples.entries
        script.status.resources = 2
        script.status.activeWatches = 2
        script.status.nextRun = Samples.at("2026-08-22T09:42:00.000Z")
        return script
    }()

    @Test(arguments: [
        "ov", "ov --help", "ov ingest --help", "ov task --help", "ov task watch --help", "ov task watch update --help",
        "ov task watch trigger --help", "ov ls --help", "ov get --help", "ov store --help",
        "ov key --help", "ov key create --help", "ov key create --role root", "ov key create --role user -o json",
        "ov key ls", "ov key ls -o json", "ov task watch ls", "ov task watch ls -o json",
        "ov task watch show viking://resources/guide.md",
        "ov task watch show viking://resources/wiki", "ov task list", "ov task list -o json", "ov ls", "ov ls -o json",
        "ov ls --abstracts", "ov tree", "ov stat viking://resources/docs", "ov status", "ov status -o json",
        "ov changes --help", "ov diff --help", "ov read --help", "ov changes viking://resources/docs --as bot",
        "ov changes viking://resources/docs -o json", "ov history viking://resources/docs",
        "ov diff viking://resources/docs", "ov diff viking://resources/docs -o json",
        "ov revert viking://resources/docs --to r1",
    ])
    func `output is what it was`(command: String) async throws {
        let words = command.split(separator: " ").dropFirst().map(String.init)
        var harness = CommandLineHarness(Self.script)
        harness.maintenance.keyViews = Samples.keys
        var text = "$ \(command)\n\(await harness.run(words))"
        harness.width = 80
        harness.environment["NO_COLOR"] = "1"
        text += "$ NO_COLOR=1 \(command)  # on a terminal of 80 columns\n\(await harness.run(words))"
        let name = command.map { $0.isLetter ? String($0) : "-" }.joined()
            .split(separator: "-").joined(separator: "-")
        try Golden.expect(text, matches: "fixtures/cli/\(name).txt")
    }
}
