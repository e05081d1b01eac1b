// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVTestTraits
import Testing

@testable import OVCLI

@Suite(.inTurn) struct SearchCommandTests {
    private static func uri(_ text: String) -> VikingURI { VikingURI(canonical: text) ?? .root }

    private var harness: CommandLineHarness {
        var script = ScriptedPlane.Script()
        let hit = SearchHit(
            uri: Self.uri("viking://resources/guide.md"), title: "Guide", headings: ["Guide", "Install"],
            lines: 5...8, size: 1300, line: 7, snippet: "Run the **setup**.\u{1B}[31m", abstract: "Run it.",
            score: 3.456, mediaType: "text/markdown", lastChecked: nil, lastChanged: Samples.now)
        script.found = FindResult(
            hits: [hit], missed: [MissedPart(text: "seutp", reason: "absent", near: ["setup", "set"])])
        script.lines = [
            GrepFile(
                uri: Self.uri("viking://resources/a.md"),
                lines: [
                    .init(number: 2, text: "before", isMatch: false), .init(number: 3, text: "match", isMatch: true),
                    .init(number: 9, text: "match", isMatch: true),
                ], count: 2),
            GrepFile(
                uri: Self.uri("viking://resources/b.md"), lines: [.init(number: 1, text: "x", isMatch: true)],
                count: 1),
        ]
        script.entries = Samples.entries
        return CommandLineHarness(script)
    }

    @Test func `a passage is shown with its place, its headings and its snippet`() async {
        let outcome = await harness.run("find", "setup", "seutp")
        let lines = outcome.stdout.split(separator: "\n")
        #expect(lines.first == "viking://resources/guide.md:5-8  Guide > Install")
        #expect(lines.last == "  Run the **setup**.\u{FFFD}[31m")
        #expect(outcome.stdout.contains("checked never, score 3.46"))
        #expect(outcome.stderr == "nothing has seutp; near it: setup, set\n")
    }

    @Test func `a search that finds nothing says so, and why, and is no failure`() async {
        var script = ScriptedPlane.Script()
        script.found = FindResult(hits: [], missed: [MissedPart(text: "type:pdf", reason: "filter", near: [])])
        let outcome = await CommandLineHarness(script).run("find", "x")
        #expect(outcome.status == 0 && outcome.stdout.isEmpty)
        #expect(outcome.stderr == "Nothing found.\nno document passes type:pdf\n")
    }

    @Test func `as JSON a search answers what REST does`() async {
        let outcome = await harness.run("find", "setup", "-o", "json", "-c")
        #expect(outcome.stdout.hasPrefix(#"{"ok":true,"result":{"resources":[{"uri":"viking://resources/guide.md","#))
        #expect(outcome.stdout.contains(#""memories":[],"skills":[],"total":1,"missed":[{"text":"seutp""#))
        #expect(outcome.stderr.isEmpty)
    }

    @Test func `lines are printed as editors know them`() async {
        #expect(
            await harness.run("grep", "match", "-B", "1").stdout == """
                viking://resources/a.md-2-before
                viking://resources/a.md:3:match
                --
                viking://resources/a.md:9:match
                --
                viking://resources/b.md:1:x

                """)
        #expect(await harness.run("grep", "m", "-l").stdout == "viking://resources/a.md\nviking://resources/b.md\n")
        #expect(
            await harness.run("grep", "m", "--count").stdout
                == "viking://resources/a.md:2\nviking://resources/b.md:1\n")
        let json = await harness.run("grep", "m", "-o", "json", "-c").stdout
        #expect(
            json.hasPrefix(
                #"{"ok":true,"result":{"matches":[{"uri":"viking://resources/a.md","line":3,"content":"match","before":["before"]},"#
            ))
        #expect(json.contains(#""count":3,"match_count":3,"files_scanned":2,"files_skipped":0,"has_more":false"#))
    }

    @Test func `nothing that matches is said`() async {
        let outcome = await CommandLineHarness(ScriptedPlane.Script()).run("grep", "x")
        #expect(outcome.status == 0 && outcome.stdout.isEmpty)
        #expect(outcome.stderr == "nothing matches in 0 documents below viking://\n")
    }

    @Test func `a glob prints addresses`() async {
        let outcome = await harness.run("glob", "*")
        #expect(outcome.stdout.split(separator: "\n").count == Samples.entries.count)
        #expect(outcome.stdout.hasPrefix(Samples.entries[0].uri.text + "\n"))
    }
}
