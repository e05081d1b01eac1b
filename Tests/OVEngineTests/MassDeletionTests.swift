// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVEngine
import OVTestTraits
import Testing

@Suite("The brake on mass deletion", .inTurn, .timeLimit(.minutes(20)))
struct MassDeletionTests {
    private static let uri = "viking://resources/docs"

    /// With a watched resource of some documents.
    private func test(_ before: [String: String], _ body: (TestEngine) async throws -> Void) async throws {
        try await World.test { test in
            test.sources.put("docs", before)
            try await test.ingested("scripted:docs", to: Self.uri, every: 60)
            try await body(test)
        }
    }

    private static func identical(_ count: Int, of total: Int) -> [String: String] {
        var documents = documents(total)
        for number in 0..<count { documents["d\(number).md"] = "# Not found\n" }
        return documents
    }

    @Test(
        "losing more than half of ten or more, everything, or becoming all alike is held",
        arguments: [
            (10, documents(4)), (11, documents(5)), (10, documents(12, prefix: "other")), (10, [:]), (1, [:]), (9, [:]),
            (10, identical(6, of: 10)), (11, identical(6, of: 11)),
        ] as [(Int, [String: String])])
    func held(count: Int, next: [String: String]) async throws {
        try await test(documents(count)) { test in
            let before = try await test.engine.watch(WatchKey(uri: Self.uri), as: .local)
            let packs = try test.world.packs()
            test.sources.put("docs", next)
            for round in 1...4 {
                let task = try await test.refreshed(Self.uri)
                #expect(task.status == .failed)
                #expect(task.error?.code == "MASS_DELETION_HELD")
                #expect(task.error?.hint?.contains("--accept-deletions \(task.id)") == true)
                let result = try #require(task.result)
                #expect(result.outcome == .held)
                #expect(result.revision == nil)
                #expect(result.changes.removed + result.changes.changed > 0)
                #expect(try await test.contents(Self.uri) == documents(count))
                let after = try await test.engine.watch(WatchKey(uri: Self.uri), as: .local)
                // However often: the source is there, somebody has to look.
                #expect(after.isActive)
                #expect(after.lastFailure?.code == "MASS_DELETION_HELD")
                #expect(after.consecutiveFailures == round)
                #expect(after.nextRun == before.nextRun)
                #expect(after.revision == before.revision)
            }
            #expect(try test.world.packs() == packs)
        }
    }

    /// What a site serves overnight, with the address of each page in its front matter and in its words.
    private static func notFound(_ count: Int, of total: Int) -> [String: String] {
        var documents = documents(total)
        for number in 0..<count {
            documents["d\(number).md"] = """
                ---
                title: "Not found"
                url: "https://example.com/d\(number)"
                ---

                # Not found

                There is nothing at /d\(number), request 4711-\(number).

                """
        }
        return documents
    }

    @Test(
        "pages that come to say that they are not there are held",
        arguments: [(6, 10, true), (20, 20, true), (5, 10, false)])
    func notFoundPages(count: Int, total: Int, isHeld: Bool) async throws {
        let before = Self.pages(of: total)
        try await test(before) { test in
            test.sources.put(
                "docs", Self.notFound(count, of: total).merging(before) { new, old in new.hasPrefix("---") ? new : old }
            )
            let task = try await test.refreshed(Self.uri)
            #expect((task.error?.code == "MASS_DELETION_HELD") == isHeld)
            if isHeld { #expect(task.error?.message.contains("ask for a login") == true) }
            if isHeld { #expect(try await test.contents(Self.uri) == before) }
        }
    }

    private static func pages(of count: Int) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: (0..<count).map { number in
                ("d\(number).md", "# Page \(number)\n\n\(String(repeating: "word", count: number + 1)) of its own\n")
            })
    }

    @Test("documents that always say the same but for a number are not")
    func meters() async throws {
        func meters(_ day: Int) -> [String: String] {
            Dictionary(
                uniqueKeysWithValues: (0..<12).map {
                    ("m\($0).md", "# Meter \($0)\n\nThe reading is \(day * 100 + $0)\n")
                })
        }
        try await test(meters(1)) { test in
            test.sources.put("docs", meters(2))
            #expect(try await test.refreshed(Self.uri).result?.outcome == .updated)
        }
    }

    @Test(
        "half, or most of a small resource, goes through",
        arguments: [
            (10, documents(5)), (12, documents(6)), (9, documents(1)), (2, documents(1)), (9, identical(8, of: 9)),
            (10, identical(5, of: 10)), (10, documents(40)), (10, documents(10).mapValues { $0 + "more\n" }),
        ] as [(Int, [String: String])])
    func passing(count: Int, next: [String: String]) async throws {
        try await test(documents(count)) { test in
            test.sources.put("docs", next)
            let task = try await test.refreshed(Self.uri)
            #expect(task.result?.outcome == .updated)
            let contents = try await test.contents(Self.uri)
            #expect(contents == next)
        }
    }

    @Test("accepting lets through what was held, and not more")
    func acceptance() async throws {
        try await test(documents(20)) { test in
            test.sources.put("docs", documents(8))
            let held = try await test.refreshed(Self.uri)
            #expect(held.result?.changes == ChangeCounts(removed: 12, unchanged: 8))
            test.sources.put("docs", documents(7))
            let more = try await test.refreshed(Self.uri, accepting: held.id)
            #expect(more.result?.outcome == .held)
            #expect(try await test.contents(Self.uri).count == 20)
            test.sources.put("docs", documents(8).merging(["new.md": "new\n"]) { old, _ in old })
            let accepted = try await test.refreshed(Self.uri, accepting: held.id)
            #expect(accepted.status == .completed)
            #expect(accepted.result?.changes == ChangeCounts(added: 1, removed: 12, unchanged: 8))
            #expect(try await test.contents(Self.uri).count == 9)
            #expect(try await test.watch(Self.uri).lastFailure == nil)
        }
    }

    @Test("an acceptance counts once: the next loss is held again")
    func acceptanceCountsOnce() async throws {
        try await test(documents(40)) { test in
            test.sources.put("docs", documents(15))
            let held = try await test.refreshed(Self.uri)
            try await test.refreshed(Self.uri, accepting: held.id)
            test.sources.put("docs", documents(4))
            #expect(try await test.refreshed(Self.uri).result?.outcome == .held)
        }
    }

    @Test("without a watch the words do not speak of one")
    func withoutWatch() async throws {
        try await World.test { test in
            test.sources.put("docs", documents(12))
            try await test.ingested("scripted:docs", to: Self.uri)
            test.sources.put("docs", [:])
            let task = try await test.ingested("scripted:docs", to: Self.uri)
            #expect(task.error?.code == "MASS_DELETION_HELD")
            #expect(task.error?.hint?.contains("watch") == false)
            #expect(try await test.contents(Self.uri).count == 12)
        }
    }

    @Test("a source that shows a window removes nothing")
    func additive() async throws {
        try await test(documents(12)) { test in
            test.sources.edit("docs") {
                ($0.isAdditive, $0.documents) = (true, ["new.md": "new\n", "d0.md": "else\n"])
            }
            let task = try await test.refreshed(Self.uri)
            #expect(task.result?.changes == ChangeCounts(added: 1, changed: 1, unchanged: 11))
            test.sources.put("docs", [:])
            #expect(try await test.refreshed(Self.uri).result?.outcome == .unchanged)
            #expect(try await test.contents(Self.uri).count == 13)
        }
    }

    @Test("a folder that could not be looked at keeps what is in it, and nothing beside it")
    func uncheckedFolder() async throws {
        let before = documents(6, prefix: "in/d").merging(documents(6, prefix: "in-side/d")) { one, _ in one }
        try await test(before) { test in
            let first = try await test.engine.stat(Self.uri + "/in/d0.md", as: .local).lastChecked
            test.sources.edit("docs") { ($0.documents, $0.unchecked) = (["in-side/d0.md": "# 0\n"], ["in"]) }
            let task = try await test.refreshed(Self.uri)
            #expect(task.result?.changes == ChangeCounts(changed: 1, removed: 5, unchanged: 6))
            #expect(try await test.engine.stat(Self.uri + "/in/d0.md", as: .local).lastChecked == first)
            #expect(try await test.engine.stat(Self.uri + "/in-side/d0.md", as: .local).lastChecked == task.finishedAt)
        }
    }

    @Test("a source that is as it was leaves unchecked what it could not look at before")
    func uncheckedStays() async throws {
        try await test(documents(12)) { test in
            let first = try await test.engine.stat(Self.uri + "/d0.md", as: .local).lastChecked
            test.sources.edit("docs") { script in
                script.documents["d0.md"] = nil
                script.unchecked = ["d0.md"]
            }
            try await test.refreshed(Self.uri)
            test.sources.edit("docs") { ($0.isUnchanged, $0.unchecked) = (true, []) }
            let task = try await test.refreshed(Self.uri)
            #expect(task.result?.outcome == .unchanged && task.result?.changes == ChangeCounts(unchanged: 12))
            #expect(try await test.engine.stat(Self.uri + "/d0.md", as: .local).lastChecked == first)
            #expect(try await test.engine.stat(Self.uri + "/d1.md", as: .local).lastChecked == task.finishedAt)
        }
    }
}
