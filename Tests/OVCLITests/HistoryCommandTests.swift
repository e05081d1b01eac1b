// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVTestTraits
import Testing

@testable import OVCLI

@Suite(.inTurn) struct HistoryCommandTests {
    private static let uri = "viking://resources/docs"

    private static let sections = [
        SectionChange(
            headingPath: ["Guide", "Install"], kind: .changed, lines: 4, firstLine: 12, addedLines: 2,
            removedLines: 1),
        SectionChange(headingPath: [], kind: .added, lines: 2, firstLine: 1),
        SectionChange(
            headingPath: ["Guide", "Set up"], kind: .moved, lines: 1, firstLine: 30, movedFrom: ["Guide", "Setup"]),
        SectionChange(headingPath: ["Guide", "Old \u{1B}[31m"], kind: .removed, lines: 3, firstLine: 20),
    ]

    /// A plane whose store has seen a few changes.
    static var script: ScriptedPlane.Script {
        var script = ScriptedPlane.Script()
        script.changes = ChangePage(
            items: [
                DocumentChange(
                    uri: Samples.uri("\(uri)/guide.md"), kind: .changed, revision: "r2-11111111",
                    at: Samples.at("2026-08-22T09:00:00.000Z"), title: "The guide", sections: Self.sections,
                    comparedWith: "r1-00000000"),
                DocumentChange(
                    uri: Samples.uri("\(uri)/new.md"), kind: .added, revision: "r2-11111111",
                    at: Samples.at("2026-08-22T09:00:00.000Z"), movedFrom: Samples.uri("\(uri)/old.md")),
                DocumentChange(
                    uri: Samples.uri("\(uri)/old.md"), kind: .removed, revision: nil,
                    at: Samples.at("2026-08-22T09:10:00.000Z")),
            ], nextCursor: "abc.1.7", hasMore: true)
        let entries = [2, 1].map { number in
            ResourceHistory.Entry(
                revision: "r\(number)-0000000\(number)", number: number,
                at: Samples.at("2026-08-2\(number)T09:00:00.000Z"),
                task: Samples.id(UInt64(number)), added: 3, changed: number, removed: 0, documents: 12, bytes: 4096,
                isCurrent: number == 2)
        }
        script.history = ResourceHistory(
            uri: Samples.uri(uri), resource: Samples.uri(uri), revisions: entries, dropped: 3, keptRevisions: 10,
            keptDays: 365)
        var changed = DocumentDiff(
            uri: Samples.uri("\(uri)/guide.md"), kind: .changed, movedFrom: nil, oldSize: 100, newSize: 120)
        (changed.addedLines, changed.removedLines, changed.sections) = (2, 1, Self.sections)
        changed.unified = "--- a/guide.md\n+++ b/guide.md\n@@ -1 +1 @@\n-a\u{1B}\n+b\n"
        let moved = DocumentDiff(
            uri: Samples.uri("\(uri)/new.png"), kind: .moved, movedFrom: Samples.uri("\(uri)/old.png"), oldSize: 9,
            newSize: 9)
        script.diff = RevisionDiff(
            uri: Samples.uri(uri), from: "r1-00000000", to: "r2-11111111", format: .stat,
            documents: [changed, moved], isComplete: true)
        script.revert = RevertReceipt(
            uri: Samples.uri(uri), task: Samples.id(5), revision: "r3-22222222", previous: "r2-11111111",
            restored: "r1-00000000", changes: ChangeCounts(added: 1, changed: 2, removed: 3),
            nextRefresh: Samples.at("2026-08-22T10:00:00.000Z"))
        return script
    }

    @Test(arguments: [
        ("changes --since 1.2.3 viking://resources/docs", "changes 1.2.3 viking://resources/docs"),
        ("history viking://resources/docs", "history viking://resources/docs"),
        ("diff viking://resources/docs", "diff viking://resources/docs - - stat"),
        (
            "diff viking://resources/docs --from 3 --to latest --unified",
            "diff viking://resources/docs 3 latest unified"
        ),
        ("diff viking://resources/docs --sections", "diff viking://resources/docs - - sections"),
        ("diff viking://resources/docs --names", "diff viking://resources/docs - - names"),
        ("revert viking://resources/docs --to r1", "revert viking://resources/docs r1"),
    ])
    func `a command asks for what it says`(command: String, call: String) async {
        let harness = CommandLineHarness(Self.script)
        #expect(await harness.run(command.split(separator: " ").map(String.init)).status == 0)
        #expect(harness.plane.calls == [call])
    }

    @Test func `a named reader's place is kept once the page is printed, and not when that failed`() async {
        let harness = CommandLineHarness(Self.script)
        let outcome = await harness.run("changes", "--as", "bot", Self.uri)
        #expect(outcome.stderr == "there is more: run it again\n")
        #expect(harness.plane.calls == ["changes - \(Self.uri) as bot", "keep bot \(Self.uri) abc.1.7"])
        var failing = Self.script
        failing.error = OVError(.cursorTooOld, "too old", hint: "read anew")
        let other = CommandLineHarness(failing)
        #expect(await other.run("changes", "--as", "bot").status == 1)
        #expect(other.plane.calls == ["changes - - as bot"])
    }

    @Test func `without a cursor the cursor of now is what is printed`() async {
        let outcome = await CommandLineHarness().run("changes")
        #expect(outcome.stdout == "1\n")
        let first = await CommandLineHarness().run("changes", "--as", "bot")
        #expect(first.stdout.isEmpty && first.stderr == "Nothing has changed.\n")
    }

    @Test(arguments: [
        "diff viking://resources/docs --names --stat", "diff", "revert viking://resources/docs", "history",
        "read viking://resources/a.md --lines x", "read viking://resources/a.md --lines 7:3",
        "read viking://resources/a.md --lines 0:3", "read viking://resources/a.md --lines :",
        "read viking://resources/a.md --lines 1:2:3", "read viking://resources/a.md --lines 1:2 --limit 3",
    ])
    func `wrong use is refused before anything is asked`(command: String) async {
        let harness = CommandLineHarness(Self.script)
        #expect(await harness.run(command.split(separator: " ").map(String.init)).status == 2)
        #expect(harness.plane.calls == [])
    }

    @Test func `a text that was cut short says how to go on`() async {
        var script = Self.script
        (script.texts, script.rest) = (["viking://resources/a.md": "text\n"], 20..<45)
        let outcome = await CommandLineHarness(script).run("read", "viking://resources/a.md", "--revision", "r1")
        #expect(outcome.stdout == "text\n")
        #expect(
            outcome.stderr.contains("25 more lines: ov read viking://resources/a.md --lines 21:45 --revision r1\n"))
    }

    @Test func `a diff goes into a pipe as it is, and to a terminal as nothing that it would act on`() async {
        var script = Self.script
        script.diff = script.diff.map {
            RevisionDiff(
                uri: $0.uri, from: $0.from, to: $0.to, format: .unified, documents: $0.documents, isComplete: false)
        }
        var harness = CommandLineHarness(script)
        let piped = await harness.run("diff", Self.uri, "--unified")
        #expect(piped.stdout.contains("-a\u{1B}\n"))
        #expect(piped.stderr.contains("too much for one answer"))
        harness.width = 80
        #expect(!(await harness.run("diff", Self.uri, "--unified")).stdout.contains("\u{1B}"))
    }
}
