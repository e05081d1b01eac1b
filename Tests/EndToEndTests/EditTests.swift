// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

/// What happened to a source between two runs is what the second one counts and publishes.
@Suite(.inTurn) struct EditTests {
    private static let target = "viking://resources/notes"

    private func installation(documents: Int = 12) async throws -> Installation {
        let ov = try Installation()
        for number in 0..<documents { try ov.folder.write("notes/\(number).md", "# \(number)\n\nText \(number).\n") }
        let first = try await ov.json("ingest", ov.folder.path("notes"), "--to", Self.target, "--watch-interval", "60")
        #expect(first.counts == [Int64(documents), 0, 0, 0] && first["outcome"]?.string == "updated")
        return ov
    }

    private func ingest(_ ov: Installation) async throws -> JSONValue {
        try await ov.json("ingest", ov.folder.path("notes"), "--to", Self.target)
    }

    @Test func editsOfEveryKindAreCounted() async throws {
        let ov = try await installation()
        #expect(try await ingest(ov).counts == [0, 0, 0, 12])

        try ov.folder.write("notes/new/deep.md", "new\n")
        #expect(try await ingest(ov).counts == [1, 0, 0, 12])

        try ov.folder.append("notes/3.md", "more\n")
        #expect(try await ingest(ov).counts == [0, 1, 0, 12])
        #expect(try await ov.succeed("read", "\(Self.target)/3.md").hasSuffix("more\n"))

        try ov.folder.remove("notes/4.md")
        #expect(try await ingest(ov).counts == [0, 0, 1, 12])
        #expect(try await ov.run("read", "\(Self.target)/4.md").status == 1)

        try ov.folder.rename("notes/5.md", to: "notes/five.md")
        #expect(try await ingest(ov).counts == [1, 0, 1, 11])
        #expect(try await ov.succeed("read", "\(Self.target)/five.md") == "# 5\n\nText 5.\n")

        try ov.folder.write("notes/6.md", "six\n")
        try ov.folder.write("notes/7.md", "seven\n")
        try ov.folder.remove("notes/8.md")
        try ov.folder.write("notes/9b.md", "nine\n")
        let all = try await ov.json("task", "watch", "trigger", Self.target, "--wait")
        #expect(try all.member("result").counts == [1, 2, 1, 9])

        let last = try await ingest(ov)
        #expect(last.counts == [0, 0, 0, 12] && last["outcome"]?.string == "unchanged")
        try await ov.checkStore()
    }

    @Test func anEditOfTheSameSizeInTheSameMomentIsNotMissed() async throws {
        let ov = try await installation()
        try ov.folder.write("notes/3.md", "# 3\n\nTexT 3.\n")
        #expect(try await ingest(ov).counts == [0, 1, 0, 11])
        try ov.folder.write("notes/3.md", "# 3\n\nTeXT 3.\n")
        #expect(try await ingest(ov).counts == [0, 1, 0, 11])
    }

    @Test func aDryRunSaysTheSameAndChangesNothing() async throws {
        let ov = try await installation()
        try ov.folder.remove("notes/1.md")
        try ov.folder.write("notes/2.md", "two\n")
        try ov.folder.write("notes/x.md", "x\n")
        let plan = try await ov.json("ingest", ov.folder.path("notes"), "--to", Self.target, "--dry-run")
        #expect(plan["added"] == .array([.string("x.md")]) && plan["changed"] == .array([.string("2.md")]))
        #expect(plan["removed"] == .array([.string("1.md")]))
        #expect(try await ov.json("task", "list").array?.count == 1)
        #expect(try await ov.succeed("read", "\(Self.target)/1.md") == "# 1\n\nText 1.\n")
        #expect(try await ingest(ov).counts == [1, 1, 1, 10])
    }

    @Test func aMassDeletionIsHeldUntilSomebodyAcceptsIt() async throws {
        let ov = try await installation()
        for number in 0..<8 { try ov.folder.remove("notes/\(number).md") }
        let held = try await ov.run("ingest", ov.folder.path("notes"), "--to", Self.target)
        #expect(held.status == 1 && held.errors.contains("--accept-deletions"), "\(held.summary)")
        #expect(try await ov.succeed("read", "\(Self.target)/0.md") == "# 0\n\nText 0.\n")
        let task = try #require(try await ov.json("task", "list", "--status", "failed").array?.first)
        #expect(task["error"]?["code"]?.string == "MASS_DELETION_HELD")
        let id = try #require(task["task_id"]?.string)
        let accepted = try await ov.json(
            "task", "watch", "trigger", Self.target, "--accept-deletions", id, "--wait")
        #expect(try accepted.member("result").counts == [0, 0, 8, 4])
        #expect(try await ov.run("read", "\(Self.target)/0.md").status == 1)
    }

    @Test func anotherSourceAtTheSameTargetIsAConflict() async throws {
        let ov = try await installation()
        try ov.folder.write("other/a.md", "a\n")
        for target in [Self.target, "\(Self.target)/inner", "viking://resources/notes/1.md"] {
            let result = try await ov.run("ingest", ov.folder.path("other"), "--to", target)
            #expect(result.status == 1 && result.errors.contains("ov rm"), "\(result.summary)")
        }
        #expect(try await ingest(ov).counts == [0, 0, 0, 12])
    }
}
