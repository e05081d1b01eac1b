// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

/// What somebody does in the first quarter of an hour.
@Suite(.inTurn) struct TourTests {
    static let docs = "viking://resources/docs"

    private func installation() throws -> Installation {
        let ov = try Installation()
        try ov.folder.write("docs/guide.md", "# Guide\n\nFirst words.\n\n## Setup\n\nMore.\n")
        try ov.folder.write("docs/sub/note.md", "# Note\n\nA note.\n")
        try ov.folder.write("docs/plain.txt", "plain\n")
        return ov
    }

    @Test func aFolderIsTakenInReadAndRemoved() async throws {
        let ov = try installation()
        let ingest = try await ov.run(
            in: ov.folder.path, ["ingest", "docs", "--to", Self.docs, "--watch-interval", "60"])
        try #require(ingest.status == 0, "\(ingest.summary)")
        #expect(ingest.text.contains("3 added"))

        #expect(try await ov.succeed("ls").contains("docs/"))
        let tree = try await ov.succeed("tree")
        for name in ["docs/", "guide.md", "sub/", "note.md", "plain.txt"] { #expect(tree.contains(name)) }
        #expect(try await ov.succeed("read", "\(Self.docs)/sub/note.md") == "# Note\n\nA note.\n")
        #expect(try await ov.succeed("overview", "\(Self.docs)/guide.md").contains("Setup"))
        #expect(try await ov.succeed("abstract", "\(Self.docs)/guide.md").contains("First words."))
        #expect(try await ov.json("stat", Self.docs).member("documents").integer == 3)

        try await ov.succeed("get", "\(Self.docs)/guide.md", ov.folder.path("out.md"))
        #expect(try ov.folder.read("out.md") == ov.folder.read("docs/guide.md"))
        let again = try await ov.run("get", "\(Self.docs)/guide.md", ov.folder.path("out.md"))
        #expect(again.status == 1 && again.errors.contains("--force"))

        #expect(try await ov.run("rm", "\(Self.docs)/guide.md").status == 1)
        try await ov.succeed("rm", Self.docs)
        #expect(try await ov.json("ls") == .array([]))
        let orphan = try await ov.watch(Self.docs)
        #expect(orphan["status"]?.string == "suspended" && orphan["suspended_reason"]?.string != nil)
        try await ov.checkStore()
    }

    @Test func aWatchIsShownChangedTriggeredAndRemoved() async throws {
        let ov = try installation()
        let receipt = try await ov.json(
            "ingest", ov.folder.path("docs"), "--to", Self.docs, "--watch-interval", "60", "--reason", "to read")
        let id = try #require(receipt["watch"]?["task_id"]?.string)

        let list = try await ov.json("task", "watch", "ls")
        #expect(list["total"]?.integer == 1 && list["tasks"]?.array?.first?["task_id"]?.string == id)
        #expect(try await ov.succeed("task", "watch", "ls").contains(Self.docs))
        let shown = try await ov.json("task", "watch", "show", id)
        #expect(try await ov.watch(Self.docs) == shown)
        #expect(shown["reason"]?.string == "to read" && shown["watch_interval"]?.double == 60)

        #expect(try await ov.json("task", "watch", "pause", Self.docs)["status"]?.string == "paused")
        #expect(try await ov.watch(id)["next_execution_time"] == .null)
        #expect(try await ov.json("task", "watch", "ls", "--active-only")["total"]?.integer == 0)
        #expect(try await ov.json("task", "watch", "resume", id)["status"]?.string == "active")
        let updated = try await ov.json("task", "watch", "update", id, "--interval", "0.5", "--reason", "to keep")
        #expect(updated["watch_interval"]?.double == 0.5 && updated["reason"]?.string == "to keep")

        let run = try await ov.json("task", "watch", "trigger", Self.docs, "--wait")
        #expect(run["status"]?.string == "completed" && run["result"]?["outcome"]?.string == "unchanged")
        let task = try await ov.json("task", "status", try #require(run["task_id"]?.string))
        #expect(task == run)
        #expect(try await ov.json("task", "list")["tasks"] == nil)
        #expect(try await ov.json("task", "list").array?.count == 2)

        #expect(try await ov.json("task", "watch", "rm", Self.docs)["deleted"]?.bool == true)
        #expect(try await ov.run("task", "watch", "show", id).status == 1)
        #expect(try await ov.succeed("read", "\(Self.docs)/plain.txt") == "plain\n")
    }

    @Test func theSystemSaysHowItIs() async throws {
        let ov = try installation()
        #expect(try await ov.json("task", "watch", "ls")["total"]?.integer == 0)
        #expect(try await ov.succeed("health").hasPrefix("ok"))
        try await ov.succeed("ingest", ov.folder.path("docs"), "--to", Self.docs, "--watch-interval", "60")
        #expect(try await ov.succeed("status").contains("1 active"))
        #expect(try await ov.json("status")["version"]?.string == productVersion)
        #expect(try await ov.succeed("health").hasPrefix("ok"))
        #expect(try await ov.succeed("store", "check").contains("sound"))
        let check = try await ov.json("store", "check")
        #expect(check["sound"]?.bool == true && check["documents"]?.integer == 3)
        try await ov.succeed("store", "compact")
        try await ov.checkStore()
    }

    @Test(arguments: [
        ["ls"], ["tree"], ["task", "list"], ["task", "watch", "ls"], ["status"], ["store", "check"], ["health"],
        ["stat", docs], ["read", "\(docs)/plain.txt"], ["version"],
    ])
    func compactJSONIsOneLineInAnEnvelope(words: [String]) async throws {
        let ov = try installation()
        try await ov.succeed("ingest", ov.folder.path("docs"), "--to", Self.docs, "--watch-interval", "60")
        let result = try await ov.run(words + ["-o", "json", "-c"])
        #expect(result.status == 0, "\(result.summary)")
        #expect(result.output.filter { $0 == 10 }.count == 1)
        let envelope = try JSONValue(parsing: result.output)
        #expect(envelope["ok"]?.bool == true && envelope["result"] != nil)
    }
}
