// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVEngine
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

@Suite("Watch tasks", .inTurn, .timeLimit(.minutes(20)))
struct WatchTests {
    @Test("an ingest with an interval makes a watch that is there before the ingest ends")
    func creation() async throws {
        try await World.test { test in
            let gate = test.sources.close("guide")
            let start = test.clock.now()
            let receipt = try await test.ingest("scripted:guide", to: "viking://resources/guide", every: 30) {
                ($0.reason, $0.instruction) = ("because", "do")
            }
            try await gate.arrived.wait()
            let view = try await test.engine.watch(WatchKey(uri: "viking://resources/guide"), as: .local)
            #expect(view.id == receipt.watch?.id)
            #expect(view.interval.minutes == 30)
            #expect(view.status == "active")
            #expect(view.nextRun == start.advanced(by: .minutes(30)))
            #expect((view.reason, view.instruction) == ("because", "do"))
            #expect(view.runningTask == receipt.task)
            #expect(view.revision == nil)
            #expect(receipt.sourcePath == "scripted:guide")
            #expect(receipt.root.text == "viking://resources/guide")
            #expect(!receipt.isCoalesced)
            test.sources.open("guide")
            #expect(try await test.end(of: receipt.task).trigger == .create)
            let after = try await test.engine.watch(WatchKey(uri: "viking://resources/guide"), as: .local)
            #expect(after.runningTask == nil)
            #expect(after.revision?.hasPrefix("r1-") == true)
            #expect(after.lastStatus == .completed)
            #expect(after.lastTask == receipt.task)
        }
    }

    @Test("a watch is named by its id, its address, or both if they agree")
    func keys() async throws {
        try await World.test { test in
            let (one, two) = ("viking://resources/one", "viking://resources/two")
            let first = try #require(try await test.ingest("scripted:1", to: one, every: 5).watch?.id)
            let second = try #require(try await test.ingest("scripted:2", to: two, every: 5).watch?.id)
            for key in [
                WatchKey(id: first.description), WatchKey(uri: one), WatchKey(id: first.description, uri: one),
                WatchKey(id: first.description.uppercased()), WatchKey(uri: one + "/"),
            ] {
                #expect(try await test.engine.watch(key, as: .local).id == first)
            }
            let contradiction = await refusal {
                _ = try await test.engine.watch(WatchKey(id: first.description, uri: two), as: .local)
            }
            #expect(contradiction?.code == .contradictoryArguments)
            let none = await refusal { _ = try await test.engine.watch(WatchKey(), as: .local) }
            #expect(none?.code == .invalidArgument)
            for key in [
                WatchKey(id: second.description, uri: "viking://resources/three"), WatchKey(id: "trigger"),
                WatchKey(id: TaskID(high: 1, low: 1).description, uri: two), WatchKey(uri: "viking://resources/three"),
            ] {
                let missing = await refusal { _ = try await test.engine.watch(key, as: .local) }
                #expect(missing?.code == .notFound)
            }
            let invalid = await refusal { _ = try await test.engine.watch(WatchKey(uri: "http://x"), as: .local) }
            #expect(invalid?.code == .invalidURI)
        }
    }

    @Test("contradictory keys do nothing, whatever the verb")
    func contradictoryKeys() async throws {
        try await World.test { test in
            let (one, two) = ("viking://resources/one", "viking://resources/two")
            let receipt = try await test.ingest("scripted:1", to: one, every: 5)
            try await test.ingested("scripted:2", to: two, every: 5)
            try await test.end(of: receipt.task)
            let key = WatchKey(id: receipt.watch?.id.description, uri: two)
            let before = try test.world.trace()
            let engine = test.engine
            let errors = [
                await refusal { _ = try await engine.updateWatch(key, WatchPatch(isActive: false), as: .local) },
                await refusal { _ = try await engine.deleteWatch(key, as: .local) },
                await refusal { _ = try await engine.triggerWatch(key, acceptingDeletionsOf: nil, as: .local) },
            ]
            #expect(errors.map { $0?.code } == Array(repeating: .contradictoryArguments, count: 3))
            #expect(try test.world.trace() == before)
        }
    }

    @Test("lists go oldest first, page by page, without gap or repetition")
    func paging() async throws {
        try await World.test { test in
            var ids: [TaskID] = []
            for number in 0..<25 {
                let uri = "viking://resources/w\(number)"
                ids.append(
                    try #require(try await test.ingest("scripted:\(number)", to: uri, every: 60).watch?.id))
                test.clock.advance(by: Milliseconds(1))
            }
            for number in stride(from: 0, to: 25, by: 3) {
                try await test.update("viking://resources/w\(number)", WatchPatch(isActive: false))
            }
            let all = try await test.engine.watches(WatchQuery(), as: .local)
            #expect(all.watches.map(\.id) == ids)
            #expect(all.total == 25)
            #expect(all.nextCursor == nil)
            let active = ids.indices.filter { $0 % 3 != 0 }.map { ids[$0] }
            for (activeOnly, expected) in [(false, ids), (true, active)] {
                for limit in [1, 4, 5, 25, 100] {
                    #expect(try await pages(test, activeOnly, limit, total: expected.count) == expected)
                }
            }
        }
    }

    private func pages(_ test: TestEngine, _ activeOnly: Bool, _ limit: Int, total: Int) async throws -> [TaskID] {
        var (found, cursor): ([TaskID], String?) = ([], nil)
        repeat {
            let query = WatchQuery(activeOnly: activeOnly, limit: limit, cursor: cursor)
            let page = try await test.engine.watches(query, as: .local)
            #expect(page.watches.count <= limit)
            #expect(page.total == total)
            found += page.watches.map(\.id)
            cursor = page.nextCursor
        } while cursor != nil && found.count <= total
        return found
    }

    @Test(
        "a cursor that no list gave, and a limit below one, are refused",
        arguments: [
            WatchQuery(limit: 0), WatchQuery(limit: -1), WatchQuery(cursor: ""), WatchQuery(cursor: "t1"),
            WatchQuery(cursor: "w!"), WatchQuery(limit: 3, cursor: "nonsense"),
        ])
    func wrongPages(_ query: WatchQuery) async throws {
        try await World.test { test in
            try await test.ingested("scripted:1", to: "viking://resources/one", every: 5)
            #expect(await refusal { _ = try await test.engine.watches(query, as: .local) }?.code == .invalidArgument)
        }
    }

    @Test("a watch made between two pages comes on a later one, one that was deleted on none")
    func pagingWhileItChanges() async throws {
        try await World.test { test in
            for number in 0..<4 {
                try await test.ingest("scripted:\(number)", to: "viking://resources/w\(number)", every: 60)
                test.clock.advance(by: Milliseconds(1))
            }
            let first = try await test.engine.watches(WatchQuery(limit: 2), as: .local)
            _ = try await test.engine.deleteWatch(WatchKey(uri: "viking://resources/w1"), as: .local)
            _ = try await test.engine.deleteWatch(WatchKey(uri: "viking://resources/w2"), as: .local)
            try await test.ingest("scripted:4", to: "viking://resources/w4", every: 60)
            let second = try await test.engine.watches(WatchQuery(limit: 2, cursor: first.nextCursor), as: .local)
            #expect(second.watches.map(\.uri.name) == ["w3", "w4"])
            #expect(second.nextCursor == nil)
        }
    }

    @Test("deleting keeps the content and cancels what waits")
    func deletion() async throws {
        try await World.test { test in
            let uri = "viking://resources/docs"
            test.sources.put("docs", ["a.md": "a\n"])
            try await test.ingested("scripted:docs", to: uri, every: 5)
            let gate = test.sources.close("docs")
            test.clock.advance(by: .seconds(2))
            let key = WatchKey(uri: uri)
            let running = try await test.engine.triggerWatch(key, acceptingDeletionsOf: nil, as: .local)
            try await gate.arrived.wait()
            let waiting = try await test.engine.triggerWatch(key, acceptingDeletionsOf: nil, as: .local)
            let deleted = try await test.engine.deleteWatch(key, as: .local)
            #expect(deleted == DeletedWatch(id: running.watch, uri: running.uri))
            #expect(try await test.end(of: waiting.run).status == .cancelled)
            test.sources.put("docs", ["a.md": "b\n"])
            gate.opened.set()
            #expect(try await test.end(of: running.run).status.isFinal)
            #expect(try await test.engine.watches(WatchQuery(), as: .local).total == 0)
            #expect(await refusal { _ = try await test.engine.watch(key, as: .local) }?.code == .notFound)
            #expect(await refusal { _ = try await test.engine.deleteWatch(key, as: .local) }?.code == .notFound)
            #expect(try await test.contents(uri).keys.sorted() == ["a.md"])
        }
    }

    @Test("a watch whose first ingest failed leaves nothing when it is deleted")
    func deletionOfUnborn() async throws {
        try await World.test { test in
            let uri = "viking://resources/docs"
            test.sources.edit("docs") { $0.failure = .transient(cause: "io_error", "no") }
            try await test.ingested("scripted:docs", to: uri, every: 5)
            _ = try await test.engine.deleteWatch(WatchKey(uri: uri), as: .local)
            #expect(try await test.engine.status(as: .local).resources == 0)
            test.sources.put("other", ["a.md": "a\n"])
            #expect(try await test.ingested("scripted:other", to: uri).status == .completed)
        }
    }
}
