// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVEngine
import OVTestSupport
import OVTestTraits
import Testing

@Suite("What happens, and what has changed", .inTurn, .timeLimit(.minutes(20)))
struct FeedTests {
    private static let uri = "viking://resources/docs"

    private func changes(_ test: TestEngine, since: String?, limit: Int = 100) async throws -> ChangePage {
        try await test.engine.changes(ChangeQuery(since: since, limit: limit), as: .local)
    }

    @Test("who follows changes is told of each document once, in its newest state")
    func follow() async throws {
        try await World.test { test in
            test.sources.put("docs", ["a.md": "a\n", "b.md": "b\n", "c.md": "c\n"])
            let start = try await changes(test, since: nil)
            #expect(start.items.isEmpty)
            try await test.ingested("scripted:docs", to: Self.uri)
            let first = try await changes(test, since: start.nextCursor)
            #expect(first.items.map(\.kind) == [.added, .added, .added])
            #expect(first.items.map(\.uri.text) == ["a", "b", "c"].map { "\(Self.uri)/\($0).md" })
            test.sources.put("docs", ["a.md": "a\n", "b.md": "B\n", "d.md": "d\n"])
            try await test.ingested("scripted:docs", to: Self.uri)
            let second = try await changes(test, since: first.nextCursor)
            #expect(second.items.map { "\($0.uri.name) \($0.kind)" } == ["b.md changed", "c.md removed", "d.md added"])
            #expect(try await changes(test, since: second.nextCursor).items.isEmpty)
        }
    }

    @Test("pages miss nothing and double nothing", arguments: [1, 2, 3, 5])
    func pages(limit: Int) async throws {
        try await World.test { test in
            let start = try await changes(test, since: nil)
            for number in 1...3 {
                test.sources.put("s\(number)", ["a.md": "a\n", "b.md": "b\n"])
                try await test.ingested("scripted:s\(number)", to: "viking://resources/s\(number)")
            }
            var (cursor, seen): (String, [String]) = (start.nextCursor, [])
            while true {
                let page = try await changes(test, since: cursor, limit: limit)
                seen += page.items.map { "\($0.kind) \($0.uri.text.dropFirst(19))" }
                cursor = page.nextCursor
                if !page.hasMore { break }
            }
            #expect(seen == (1...3).flatMap { ["added s\($0)/a.md", "added s\($0)/b.md"] })
        }
    }

    @Test("events tell of a run from its beginning to what it published")
    func events() async throws {
        try await World.test { test in
            test.sources.put("docs", ["a.md": "a\n"])
            var events = try await test.engine.events(EventQuery(), as: .local).makeAsyncIterator()
            let began = try #require(try await events.next())
            #expect(began.kind == .began)
            let receipt = try await test.ingest("scripted:docs", to: Self.uri, every: 60)
            var names: [String] = []
            while let event = try await events.next() {
                if names.last != event.kind.name { names.append(event.kind.name) }
                if case .task(let view) = event.kind, view.status.isFinal { break }
            }
            #expect(names.contains("watch"))
            #expect(Array(names.suffix(2)) == ["revision", "task"] || names.suffix(3).contains("revision"))
            // Who comes back hears the same, without what was only on the way.
            var again = try await test.engine.events(EventQuery(after: began.cursor), as: .local).makeAsyncIterator()
            var kinds: Set<String> = []
            while let event = try await again.next() {
                kinds.insert(event.kind.name)
                if case .task(let view) = event.kind, view.id == receipt.task, view.status.isFinal { break }
            }
            #expect(kinds == ["began", "watch", "revision", "task"] || kinds == ["began", "revision", "task"])
        }
    }
}
