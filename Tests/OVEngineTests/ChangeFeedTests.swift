// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVEngine
import OVStore
import OVTestSupport
import OVTestTraits
import Testing

@Suite("The feed of changes", .inTurn, .timeLimit(.minutes(20)))
struct ChangeFeedTests {
    private static let uri = "viking://resources/docs"

    private func words(_ page: ChangePage) -> [String] {
        page.items.map { "\($0.kind) \($0.uri.text.dropFirst("viking://resources/".count))" }
    }

    private func now(_ test: TestEngine) async throws -> String {
        try await test.engine.changes(ChangeQuery(), as: .local).nextCursor
    }

    private func changes(_ test: TestEngine, since: String, uri: String? = nil, as caller: Caller = .local)
        async throws -> ChangePage
    {
        try await test.engine.changes(ChangeQuery(since: since, uri: uri), as: caller)
    }

    @Test("a changed document says which sections differ, and what it is called")
    func sections() async throws {
        try await World.test { test in
            test.sources.put(
                "docs", ["a.md": "# Guide\nintro\n\n## Install\nrun it\n\n## Use\nclick\n", "b.txt": "b\n"])
            try await test.ingested("scripted:docs", to: Self.uri)
            let cursor = try await now(test)
            let first = try await test.engine.history(of: Self.uri, as: .local).revisions[0].revision
            test.sources.put(
                "docs", ["a.md": "# Guide\nintro\n\n## Install\nrun it twice\n\n## More\nnew\n", "b.txt": "b\n"])
            try await test.ingested("scripted:docs", to: Self.uri)
            let change = try #require(try await changes(test, since: cursor).items.first)
            #expect(change.title == "Guide" && change.kind == .changed && change.comparedWith == first)
            #expect(
                change.sections.map { "\($0.kind) \($0.headingPath.joined(separator: "/")) \($0.firstLine)" } == [
                    "changed Guide/Install 4", "added Guide/More 7", "removed Guide/Use 7",
                ])
            #expect(try await changes(test, since: cursor).items.count == 1)
        }
    }

    @Test("without the revision that the reader knew, kinds are right, and no sections are claimed")
    func unkept() async throws {
        try await World.test({ $0.revisionsPerResource = 2 }) { test in
            test.sources.put("docs", ["a.md": "# A\n1\n", "old.md": "old\n"])
            try await test.ingested("scripted:docs", to: Self.uri)
            let cursor = try await now(test)
            for round in 2...5 {
                test.sources.put("docs", ["a.md": "# A\n\(round)\n", "old.md": "old\n", "new.md": "\(round)\n"])
                try await test.ingested("scripted:docs", to: Self.uri)
            }
            let page = try await changes(test, since: cursor)
            #expect(words(page) == ["changed docs/a.md", "added docs/new.md"])
            #expect(page.items.allSatisfy { $0.sections.isEmpty && $0.comparedWith == nil })
        }
    }

    @Test("the documents of a removed resource are removed")
    func removedResource() async throws {
        try await World.test { test in
            test.sources.put("docs", ["a.md": "a\n", "b.md": "b\n"])
            try await test.ingested("scripted:docs", to: Self.uri)
            test.sources.put("docs", ["a.md": "a\n"])
            let between = try await now(test)
            try await test.ingested("scripted:docs", to: Self.uri)
            _ = try await test.engine.remove(Self.uri, recursively: false, as: .local)
            let page = try await changes(test, since: between)
            #expect(words(page) == ["removed docs/b.md", "removed docs/a.md"])
            #expect(page.items.last?.revision == nil)
            // Another process, and a compaction later.
            let other = try await test.world.open()
            try await test.world.openStore().compact()
            #expect(words(try await changes(other, since: between)) == words(page))
            #expect(words(try await changes(test, since: between, uri: Self.uri + "/a.md")) == ["removed docs/a.md"])
            #expect(try await changes(test, since: page.nextCursor).items.isEmpty)
        }
    }

    @Test("what comes back after a removal has changed for who knew it, and each address is told once")
    func recreated() async throws {
        try await World.test { test in
            test.sources.put("docs", ["a.md": "a\n", "b.md": "b\n", "sub/c.md": "c\n"])
            try await test.ingested("scripted:docs", to: Self.uri)
            let cursor = try await now(test)
            _ = try await test.engine.remove(Self.uri, recursively: false, as: .local)
            test.sources.put("sub", ["c.md": "C\n", "d.md": "d\n"])
            try await test.ingested("scripted:sub", to: Self.uri + "/sub")
            #expect(
                words(try await changes(test, since: cursor)) == [
                    "removed docs/a.md", "removed docs/b.md", "changed docs/sub/c.md", "added docs/sub/d.md",
                ])
            _ = try await test.engine.remove("viking://resources", recursively: true, as: .local)
            test.sources.put("docs", ["a.md": "A\n"])
            try await test.ingested("scripted:docs", to: Self.uri)
            #expect(
                words(try await changes(test, since: cursor)) == [
                    "removed docs/b.md", "removed docs/sub/c.md", "changed docs/a.md",
                ])
        }
    }

    @Test("what comes back and goes again has gone for who knew it the first time", arguments: [false, true])
    func goesAgain(withItsResource: Bool) async throws {
        try await World.test { test in
            func put(_ documents: [String: String]) async throws {
                test.sources.put("docs", documents)
                try await test.ingested("scripted:docs", to: Self.uri)
            }
            let before = try await now(test)
            try await put(["a.md": "a\n", "b.md": "b\n"])
            let known = try await now(test)
            try await put(["a.md": "a\n"])
            let gone = try await now(test)
            try await put(["a.md": "a\n", "b.md": "again\n"])
            #expect(words(try await changes(test, since: known)) == ["changed docs/b.md"])
            #expect(words(try await changes(test, since: gone)) == ["added docs/b.md"])
            if withItsResource {
                _ = try await test.engine.remove(Self.uri, recursively: false, as: .local)
                #expect(words(try await changes(test, since: known)) == ["removed docs/a.md", "removed docs/b.md"])
            } else {
                try await put(["a.md": "a\n"])
                #expect(words(try await changes(test, since: known)) == ["removed docs/b.md"])
                #expect(words(try await changes(test, since: before)) == ["added docs/a.md"])
            }
        }
    }

    @Test("a document that was renamed says where it was")
    func moved() async throws {
        try await World.test { test in
            test.sources.put("docs", ["a.md": "the same text\n", "b.md": "b\n"])
            try await test.ingested("scripted:docs", to: Self.uri)
            let cursor = try await now(test)
            test.sources.put("docs", ["new/a.md": "the same text\n", "b.md": "b\n"])
            try await test.ingested("scripted:docs", to: Self.uri)
            let page = try await changes(test, since: cursor)
            #expect(words(page) == ["removed docs/a.md", "added docs/new/a.md"])
            #expect(page.items.last?.movedFrom?.text == Self.uri + "/a.md")
        }
    }

    @Test(
        "a cursor that retention has overtaken is too old, and the error says where to go on", arguments: [true, false])
    func tooOld(removesResource: Bool) async throws {
        try await World.test({ $0.tombstoneAge = .days(90) }) { test in
            for name in ["docs", "other"] {
                test.sources.put(name, ["a.md": "a\n", "b.md": "b\n"])
                try await test.ingested("scripted:\(name)", to: "viking://resources/\(name)")
            }
            let cursor = try await now(test)
            if removesResource {
                _ = try await test.engine.remove(Self.uri, recursively: false, as: .local)
            } else {
                test.sources.put("docs", ["a.md": "a\n"])
                try await test.ingested("scripted:docs", to: Self.uri)
            }
            let later = try await now(test)
            test.clock.advance(by: .days(89))
            test.sources.put("docs", ["a.md": "1\n"])
            try await test.ingested("scripted:docs", to: Self.uri)
            #expect(words(try await changes(test, since: cursor)).contains("removed docs/b.md"))
            test.clock.advance(by: .days(2))
            test.sources.put("docs", ["a.md": "2\n"])
            try await test.ingested("scripted:docs", to: Self.uri)
            let error = await refusal { _ = try await changes(test, since: cursor) }
            #expect(error?.code == .cursorTooOld)
            let next = try #require(error?.details["next_cursor"]?.string)
            #expect(error?.hint?.contains(next) == true)
            #expect(try await changes(test, since: next).items.isEmpty)
            #expect(
                words(try await changes(test, since: later)) == ["\(removesResource ? "added" : "changed") docs/a.md"])
            // Who follows another resource has lost nothing of it.
            if !removesResource {
                #expect(try await changes(test, since: cursor, uri: "viking://resources/other").items.isEmpty)
            }
        }
    }

    @Test("a cursor of another store is too old; one of the future is, too; nonsense is an invalid argument")
    func foreign() async throws {
        try await World.test { test in
            test.sources.put("docs", ["a.md": "a\n"])
            try await test.ingested("scripted:docs", to: Self.uri)
            let parts = try await now(test).split(separator: ".").map(String.init)
            for wrong in ["zzz.\(parts[1]).1", "\(parts[0]).7.1", "\(parts[0]).\(parts[1]).999999"] {
                #expect(await refusal { _ = try await changes(test, since: wrong) }?.code == .cursorTooOld)
            }
            for wrong in ["", "x", "1.2", "\(parts[0]).1.x", "\(parts[0]).1.2.3.http://x"] {
                #expect(await refusal { _ = try await changes(test, since: wrong) }?.code == .invalidArgument)
            }
        }
    }

    @Test("nobody is told of what it may not read, be it there or gone")
    func visibility() async throws {
        try await World.test { test in
            let (ann, bob, eve) = (Caller.user("ann"), Caller.user("bob"), Caller.user("eve", "elsewhere"))
            let cursor = try await now(test)
            test.sources.put("ann", ["a.md": "a\n"])
            try await test.ingested("scripted:ann", to: "viking://~/resources/secret", as: ann)
            #expect(try await changes(test, since: cursor, as: ann).items.count == 1)
            let known = try await now(test)
            for other in [bob, eve] { #expect(try await changes(test, since: cursor, as: other).items.isEmpty) }
            _ = try await test.engine.remove("viking://~/resources/secret", recursively: false, as: ann)
            #expect(try await changes(test, since: known, as: ann).items.map(\.kind) == [.removed])
            for other in [bob, eve] { #expect(try await changes(test, since: known, as: other).items.isEmpty) }
            let error = await refusal {
                _ = try await changes(test, since: known, uri: "viking://user/ann/resources/secret", as: bob)
            }
            #expect(error?.code == .notFound)
        }
    }

    @Test("a named reader goes on where it was, each name, user and address for itself")
    func readers() async throws {
        try await World.test({ $0.readersPerUser = 3 }) { test in
            func read(_ name: String, _ uri: String? = nil, as caller: Caller = .local) async throws -> ChangePage {
                let page = try await test.engine.changes(ChangeQuery(uri: uri, reader: name), as: caller)
                let place = ReaderPlace(reader: name, uri: uri, cursor: page.nextCursor)
                #expect(try await test.engine.keepPlace(place, as: caller) == place)
                return page
            }
            test.sources.put("docs", ["a.md": "a\n"])
            try await test.ingested("scripted:docs", to: Self.uri)
            #expect(try await read("bot").items.isEmpty)
            test.sources.put("docs", ["a.md": "A\n"])
            try await test.ingested("scripted:docs", to: Self.uri)
            // Asking alone moves nothing.
            let peek = try await test.engine.changes(ChangeQuery(reader: "bot"), as: .local)
            #expect(words(peek) == ["changed docs/a.md"])
            #expect(try await read("bot", Self.uri).items.isEmpty)
            #expect(try await read("bot", as: .user("ann")).items.isEmpty)
            #expect(words(try await read("bot")) == ["changed docs/a.md"])
            #expect(try await read("bot").items.isEmpty)
            // An older page, which comes in late, does not take it back.
            let old = try await test.engine.keepPlace(
                ReaderPlace(reader: "bot", uri: nil, cursor: peek.nextCursor), as: .local)
            #expect(old.cursor != peek.nextCursor)
            for name in ["second", "third", "fourth"] {
                test.clock.advance(by: .seconds(1))
                _ = try await read(name)
            }
            let state = try await test.world.openStore().state
            #expect(Set(state.readers(of: Caller.local.owner).map(\.key.name)) == ["second", "third", "fourth"])
            #expect(await refusal { _ = try await read("") }?.code == .invalidArgument)
            #expect(await refusal { _ = try await read("a\nb") }?.code == .invalidArgument)
        }
    }

    @Test(
        "who follows the cursor through a storm of processes ends with exactly what there is",
        arguments: 1...4 as ClosedRange<UInt64>)
    func storm(seed: UInt64) async throws {
        let world = try World { $0.revisionsPerResource = 3 }
        let reader = try await world.open()
        let start = try await now(reader)
        let mirror = try await withThrowingTaskGroup(of: Void.self) { group in
            let (writers, done) = (3, Signal())
            for writer in 0..<writers {
                let process = try await world.open()
                group.addTask { try await process.whileRunning { try await Self.write($0, writer, seed) } }
            }
            async let copy = Self.follow(reader, from: start, seed: seed, until: done)
            try await group.waitForAll()
            done.set()
            return try await copy
        }
        #expect(mirror == (try await reader.contents("viking://resources")))
        try await world.checkStore()
    }

    /// Ingests, reverts and removes at random. Every writer has a resource of its own, and one that all share.
    private static func write(_ test: TestEngine, _ writer: Int, _ seed: UInt64) async throws {
        var random = SplitMix64(seed: seed &* 31 &+ UInt64(writer))
        for round in 0..<25 {
            let name = random.once(in: 3) ? "shared" : "own\(writer)"
            let uri = "viking://resources/\(name)"
            switch random.number(0..<10) {
            case 0: _ = try? await test.engine.remove(uri, recursively: false, as: .local)
            case 1: _ = try? await test.engine.revert(uri, to: "latest~1", as: .local)
            default:
                var documents: [String: String] = [:]
                for number in 0..<random.number(1..<9) where number == 0 || !random.once(in: 4) {
                    documents["d\(number).md"] = "\(random.number(0..<4)) \(random.once(in: 2) ? round : 0)\n"
                }
                test.sources.put(name, documents)
                // Another writer may have got there first, or taken the resource away.
                guard let receipt = try? await test.ingest("scripted:\(name)", to: uri) else { continue }
                try await test.end(of: receipt.task)
            }
        }
    }

    /// Keeps a copy of all documents by what the feed says.
    private static func follow(_ test: TestEngine, from start: String, seed: UInt64, until done: Signal)
        async throws -> [String: String]
    {
        var (random, cursor, copy): (SplitMix64, String, [String: String]) = (SplitMix64(seed: seed), start, [:])
        while true {
            let isLast = done.isDone
            let query = ChangeQuery(since: cursor, limit: random.number(1..<6))
            let page = try await test.engine.changes(query, as: .local)
            for change in page.items {
                let path = String(change.uri.text.dropFirst("viking://resources/".count))
                copy[path] = nil
                guard change.kind != .removed else { continue }
                // Gone already: the feed will say so.
                let bytes = try? await test.engine.download(change.uri.text, as: .local).bytes
                copy[path] = bytes.map { String(decoding: $0, as: UTF8.self) }
            }
            cursor = page.nextCursor
            if isLast, !page.hasMore { return copy }
        }
    }
}
