// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVEngine
import OVStore
import OVTestSupport
import OVTestTraits
import Testing

@Suite("Revisions: history, diff, revert, and reading earlier ones", .inTurn, .timeLimit(.minutes(20)))
struct RevisionTests {
    private static let uri = "viking://resources/docs"

    /// Three revisions of four documents.
    private func prepare(_ test: TestEngine) async throws {
        let long = (1...30).map { "line \($0) of a longer text" }.joined(separator: "\n") + "\n"
        test.sources.put("docs", ["a.md": "# A\none\ntwo\n", "b/c.md": "c\n", "b/d.md": "d\n", "long.md": long])
        try await test.ingested("scripted:docs", to: Self.uri)
        test.sources.put("docs", ["a.md": "# A\none\n2\n", "b/c.md": "c\n", "b/d.md": "d\n", "long.md": long])
        try await test.ingested("scripted:docs", to: Self.uri)
        test.sources.put(
            "docs",
            [
                "a.md": "# A\none\n2\n", "b/c2.md": "c\n", "b/e.md": "e\n",
                "moved.md": long.replacing("line 7 ", with: "LINE 7 "),
            ])
        try await test.ingested("scripted:docs", to: Self.uri)
    }

    private func diff(_ test: TestEngine, _ path: String = "", _ adjust: (inout DiffQuery) -> Void = { _ in })
        async throws -> RevisionDiff
    {
        var query = DiffQuery(uri: Self.uri + path)
        adjust(&query)
        return try await test.engine.diff(query, as: .local)
    }

    @Test("history lists what is kept, newest first; of a document, what changed it")
    func history() async throws {
        try await World.test({ $0.revisionsPerResource = 3 }) { test in
            try await prepare(test)
            func numbers(_ path: String) async throws -> [Int] {
                try await test.engine.history(of: Self.uri + path, as: .local).revisions.map(\.number)
            }
            let all = try await test.engine.history(of: Self.uri, as: .local)
            #expect(all.revisions.map(\.number) == [3, 2, 1] && all.dropped == 0 && all.keptRevisions == 3)
            #expect(all.revisions.map { [$0.added, $0.changed, $0.removed] } == [[3, 0, 3], [0, 1, 0], [4, 0, 0]])
            #expect(all.revisions.map(\.isCurrent) == [true, false, false])
            #expect(try await numbers("/a.md") == [2, 1])
            #expect(try await numbers("/b") == [3, 1])
            #expect(try await numbers("/b/c.md") == [3, 1])
            // Of what is not kept, the documents themselves know when they changed.
            test.sources.put("docs", ["a.md": "3\n"])
            try await test.ingested("scripted:docs", to: Self.uri)
            #expect(try await numbers("/a.md") == [4, 2])
            #expect(try await test.engine.history(of: Self.uri, as: .local).dropped == 1)
            #expect(await refusal { _ = try await numbers("/nothing.md") }?.code == .notFound)
            #expect(
                await refusal { _ = try await test.engine.history(of: "viking://resources", as: .local) }?.code
                    == .failedPrecondition)
        }
    }

    @Test("a diff says what came, went, changed and moved, in each format")
    func formats() async throws {
        try await World.test { test in
            try await prepare(test)
            let stat = try await diff(test)
            #expect(
                stat.documents.map {
                    "\($0.kind) \($0.uri.text.dropFirst(Self.uri.utf8.count + 1)) \($0.addedLines ?? -1) \($0.removedLines ?? -1)"
                }
                    == ["moved b/c2.md 0 0", "removed b/d.md 0 1", "added b/e.md 1 0", "moved moved.md 1 1"])
            #expect(stat.documents.map(\.movedFrom?.name) == ["c.md", nil, nil, "long.md"])
            #expect(stat.isComplete && stat.from?.hasPrefix("r2-") == true && stat.to.hasPrefix("r3-"))
            let names = try await diff(test) { $0.format = .names }
            #expect(names.documents.map(\.kind) == stat.documents.map(\.kind))
            #expect(names.documents.allSatisfy { $0.addedLines == nil && $0.unified == nil })
            let unified = try await diff(test, "/a.md") { ($0.from, $0.to, $0.format) = ("1", "r2", .unified) }
            #expect(
                unified.documents.map(\.unified) == ["--- a/a.md\n+++ b/a.md\n@@ -1,3 +1,3 @@\n # A\n one\n-two\n+2\n"])
            let sections = try await diff(test) { ($0.from, $0.format) = ("latest~2", .sections) }
            let changed = try #require(sections.documents.first { $0.kind == .changed }?.sections)
            #expect(changed.map { [$0.kind.rawValue, $0.headingPath.joined()] } == [["changed", "A"]])
            // The other way round.
            let back = try await diff(test) { ($0.from, $0.to) = ("3", "2") }
            #expect(back.documents.map(\.kind) == [.moved, .added, .removed, .moved])
            let first = try await diff(test) { $0.to = "1" }
            #expect(first.from == nil && first.documents.map(\.kind) == [.added, .added, .added, .added])
            #expect(try await diff(test) { ($0.from, $0.to) = ("2", "2") }.documents.isEmpty)
        }
    }

    @Test("what names no revision, or one that is not kept, is refused with what there is")
    func references() async throws {
        try await World.test({ $0.revisionsPerResource = 2 }) { test in
            try await prepare(test)
            for wrong in ["x", "r", "", "r1x", "latest~", "latest~x", "-1", "r-1"] {
                #expect(
                    await refusal { _ = try await diff(test) { $0.from = wrong } }?.code == .invalidArgument, "\(wrong)"
                )
            }
            for gone in ["1", "r1", "latest~2", "r3-00000000", "9"] {
                let error = await refusal { _ = try await diff(test) { $0.from = gone } }
                #expect(error?.code == .notFound && error?.hint?.contains("r2-") == true, "\(gone)")
            }
            #expect(await refusal { _ = try await diff(test) { $0.to = "2" } }?.code == .notFound)
            #expect(await refusal { _ = try await diff(test, "/nothing.md") }?.code == .notFound)
            #expect(try await diff(test, "/a.md").documents.isEmpty)
        }
    }

    @Test("an earlier revision can be read, and claims no freshness")
    func readRevision() async throws {
        try await World.test { test in
            try await prepare(test)
            let old = try await test.engine.read(Self.uri + "/a.md", DocumentPart(revision: "r1"), as: .local)
            #expect(old.text == "# A\none\ntwo\n" && old.revision?.hasPrefix("r1-") == true && old.lastChecked == nil)
            let now = try await test.engine.read(Self.uri + "/a.md", DocumentPart(revision: "latest"), as: .local)
            #expect(now.text == "# A\none\n2\n" && now.lastChecked != nil)
            #expect(
                try await test.engine.read(Self.uri + "/b/d.md", DocumentPart(revision: "2"), as: .local).text == "d\n")
        }
    }

    @Test("a revert makes a new revision, tells who follows, and lasts until the source is read again")
    func revert() async throws {
        try await World.test { test in
            try await prepare(test)
            let before = try await test.contents(Self.uri)
            let cursor = try await test.engine.changes(ChangeQuery(), as: .local).nextCursor
            let receipt = try await test.engine.revert(Self.uri, to: "1", as: .local)
            #expect(receipt.revision.hasPrefix("r4-") && receipt.restored.hasPrefix("r1-"))
            #expect([receipt.changes.added, receipt.changes.changed, receipt.changes.removed] == [3, 1, 3])
            let reverted = try await test.contents(Self.uri)
            #expect(reverted["a.md"] == "# A\none\ntwo\n" && reverted.count == 4)
            let task = try await test.engine.task(try #require(receipt.task).description, as: .local)
            #expect(task.kind == .revert && task.status == .completed && task.result?.revision == receipt.revision)
            let page = try await test.engine.changes(ChangeQuery(since: cursor), as: .local)
            #expect(page.items.count == 7)
            // What was restored is as old as it is.
            let stat = try await test.engine.stat(Self.uri + "/a.md", as: .local)
            #expect(try #require(stat.lastChecked) < (try #require(stat.lastChanged)))
            #expect(try await test.engine.revert(Self.uri, to: "1", as: .local).task == nil)
            let refreshed = try await test.ingested("scripted:docs", to: Self.uri)
            #expect(refreshed.result?.outcome == .updated)
            #expect(try await test.contents(Self.uri) == before)
        }
    }

    @Test("a run that began before a revert does not undo it")
    func revertDuringRun() async throws {
        try await World.test { test in
            try await prepare(test)
            let gate = test.sources.close("docs")
            test.clock.advance(by: .seconds(1))
            let receipt = try await test.ingest("scripted:docs", to: Self.uri)
            try await gate.arrived.wait()
            let reverted = try await test.engine.revert(Self.uri, to: "2", as: .local)
            test.sources.open("docs")
            let run = try await test.end(of: receipt.task)
            #expect(run.status == .failed && run.error?.cause == "superseded")
            #expect(
                try await test.engine.history(of: Self.uri, as: .local).revisions.first?.revision == reverted.revision)
        }
    }

    @Test("who may not change a resource may not revert it; a part of one cannot be reverted")
    func revertRefused() async throws {
        try await World.test { test in
            test.sources.put("docs", ["a.md": "a\n"])
            try await test.ingested("scripted:docs", to: Self.uri, as: .user("ann"))
            let trace = try test.world.trace()
            for (caller, uri, code) in [
                (Caller.user("bob"), Self.uri, OVError.Code.permissionDenied),
                (.user("ann"), Self.uri + "/a.md", .failedPrecondition),
                (.user("eve", "elsewhere"), Self.uri, .notFound), (.user("ann"), Self.uri + "x", .notFound),
            ] {
                let error = await refusal { _ = try await test.engine.revert(uri, to: "latest", as: caller) }
                #expect(error?.code == code)
            }
            #expect(try test.world.trace() == trace)
        }
    }

    // MARK: Parts

    private static let guide = """
        # Guide
        intro

        ## Install
        one

        ### Linux
        apt

        ### Windows
        exe

        ## Use
        click

        ### Linux
        type

        """

    @Test(
        "a part of a document is read by its headings, its lines, or as much as fits",
        arguments: [
            (DocumentPart(section: "install > linux"), "### Linux\napt\n\n", nil),
            (DocumentPart(section: "Guide > Use"), "## Use\nclick\n\n### Linux\ntype\n", nil),
            (DocumentPart(section: " windows "), "### Windows\nexe\n\n", nil),
            (DocumentPart(range: LineRange(offset: 1, limit: 1), section: "Windows"), "exe\n", nil),
            (DocumentPart(range: LineRange(offset: 3, limit: 2)), "## Install\none\n", nil),
            (DocumentPart(range: LineRange(offset: 99, limit: .max)), "", nil),
            (DocumentPart(maximumTokens: 7), "# Guide\nintro\n\n", 3..<17),
            (DocumentPart(section: "Install", maximumTokens: 1), "## Install\n", 4..<12),
            (DocumentPart(maximumTokens: 1000), guide, nil),
        ] as [(DocumentPart, String, Range<Int>?)])
    func parts(part: DocumentPart, text: String, rest: Range<Int>?) async throws {
        try await World.test { test in
            test.sources.put("docs", ["a.md": Self.guide])
            try await test.ingested("scripted:docs", to: Self.uri)
            let answer = try await test.engine.read(Self.uri + "/a.md", part, as: .local)
            #expect(answer.text == text)
            #expect(answer.rest == rest)
        }
    }

    @Test("what names no section, or several, is refused with what there is")
    func noPart() async throws {
        try await World.test { test in
            test.sources.put("docs", ["a.md": Self.guide])
            try await test.ingested("scripted:docs", to: Self.uri)
            func error(_ part: DocumentPart) async -> OVError? {
                await refusal { _ = try await test.engine.read(Self.uri + "/a.md", part, as: .local) }
            }
            #expect(await error(DocumentPart(section: "Instal"))?.hint == "did you mean 'Install'?")
            let several = await error(DocumentPart(section: "Linux"))
            #expect(several?.code == .contradictoryArguments && several?.hint?.contains("--lines 16:17") == true)
            #expect(await error(DocumentPart(section: ">"))?.code == .notFound)
            #expect(await error(DocumentPart(maximumTokens: 0))?.code == .invalidArgument)
            #expect(await error(DocumentPart(range: LineRange(offset: -1, limit: nil)))?.code == .invalidArgument)
        }
    }
}
