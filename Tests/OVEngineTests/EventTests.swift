// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVEngine

@Suite("Events", .inTurn, .timeLimit(.minutes(20)))
struct EventTests {
    private static let uri = "viking://resources/docs"

    private typealias Iterator = AsyncThrowingStream<Event, any Error>.AsyncIterator

    private func events(
        _ test: TestEngine, _ query: EventQuery = EventQuery(), as caller: Caller = .local
    ) async throws -> Iterator {
        try await test.engine.events(query, as: caller).makeAsyncIterator()
    }

    /// Everything up to an event that fulfils a condition.
    private func take(_ events: inout Iterator, until isLast: (Event) -> Bool) async throws -> [Event] {
        var taken: [Event] = []
        while let event = try await events.next() {
            taken.append(event)
            if isLast(event) { return taken }
        }
        Issue.record("the stream ended before that")
        return taken
    }

    private func pause(_ test: TestEngine, _ isPaused: Bool, _ uri: String = uri) async throws {
        try await test.update(uri, WatchPatch(isActive: !isPaused))
    }

    private func isWatch(_ event: Event, active: Bool) -> Bool {
        if case .watch(let view) = event.kind { view.isActive == active } else { false }
    }

    @Test("what another process commits arrives, although nobody here schedules")
    func otherProcess() async throws {
        let world = try World()
        let (here, there) = (try await world.open(), try await world.open())
        _ = try await there.ingest("scripted:docs", to: Self.uri, every: 60)
        var events = try await events(here)
        _ = try await events.next()
        try await pause(there, true)
        let clock = world.clock
        let taken = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await clock.waitForSleeper(within: .minutes(1))
                clock.advance(by: .seconds(1))
            }
            return try await take(&events) { isWatch($0, active: false) }
        }
        #expect(taken.last?.cursor != nil)
    }

    @Test("who comes back hears what happened meanwhile, in another process and once")
    func resumption() async throws {
        let world = try World()
        var cursor: String?
        let process = try await world.open()
        _ = try await process.ingest("scripted:docs", to: Self.uri, every: 60)
        var first = try await events(process)
        cursor = try await first.next()?.cursor
        try await pause(process, true)
        try await pause(process, false)
        let other = try await world.open()
        var second = try await events(other, EventQuery(after: cursor))
        let taken = try await take(&second) { isWatch($0, active: true) }
        #expect(taken.map(\.kind.name) == ["began", "watch"])
        var third = try await events(other, EventQuery(after: taken.last?.cursor))
        #expect(try await third.next()?.kind == .began)
        try await pause(other, true)
        #expect(try await take(&third) { isWatch($0, active: false) }.count == 1)
    }

    @Test("what cannot be told any more is a gap", arguments: ["compacted", "too much", "another store", "the future"])
    func gap(_ reason: String) async throws {
        let world = try World()
        let process = try await world.open()
        _ = try await process.ingest("scripted:docs", to: Self.uri, every: 60)
        var first = try await events(process)
        var cursor = try #require(try await first.next()?.cursor)
        var reader = process
        switch reason {
        case "compacted":
            try await pause(process, true)
            _ = try await StoreKeeper(home: world.home, limits: world.limits, dependencies: world.dependencies)
                .compact()
            reader = try await world.open()
        case "too much":
            // A reader that does not read, and more commits than any journal keeps.
            for _ in 0..<3 {
                try await process.engine.store.commit { transaction in
                    guard let watch = transaction.state.watches.values.first(where: { _ in true }) else { return }
                    for _ in 0..<4000 { transaction.put(watch) }
                }
            }
            #expect(try await take(&first) { $0.cursor != nil }.map(\.kind) == [.gap])
        case "another store":
            let otherWorld = try World()
            _ = otherWorld.random.nextTaskID()
            let other = try await otherWorld.open()
            _ = try await other.ingest("scripted:docs", to: Self.uri, every: 60)
            var events = try await events(other)
            cursor = try #require(try await events.next()?.cursor)
        default: cursor = cursor.split(separator: ".").dropLast().joined(separator: ".") + ".999999"
        }
        var second = try await events(reader, EventQuery(after: cursor))
        #expect(try await second.next()?.kind == .began)
        let gap = try #require(try await second.next())
        #expect(gap.kind == .gap && gap.cursor != nil)
        // From there on it goes on.
        var third = try await events(reader, EventQuery(after: gap.cursor))
        _ = try await third.next()
        try await pause(reader, reason != "compacted")
        #expect(try await third.next()?.kind.name == "watch")
    }

    @Test("nobody hears of what they may not see")
    func visibility() async throws {
        try await World.test { test in
            let callers = [Caller.user("ann"), .user("bob"), .admin(), .admin("other"), .local]
            var streams: [Iterator] = []
            for caller in callers {
                var events = try await events(test, as: caller)
                _ = try await events.next()
                streams.append(events)
            }
            test.sources.put("a", ["a.md": "a\n"])
            let own = "viking://user/ann/resources/a"
            try await test.ingested("scripted:a", to: own, every: 60, as: .user("ann"))
            _ = try await test.engine.deleteWatch(WatchKey(uri: own), as: .user("ann"))
            // Something that everybody hears of is the end of what is looked at.
            for caller in callers.dropLast() {
                _ = try await test.ingest(
                    "scripted:a", to: "viking://user/\(caller.user)/resources/end", every: 60, as: caller)
            }
            for (index, caller) in callers.enumerated() {
                let taken = try await take(&streams[index]) { event in
                    guard case .watch(let view) = event.kind else { return false }
                    return view.uri.name == "end"
                        && (view.owner.user == caller.user || caller.role == .root)
                }
                let names = Set(taken.filter { $0.uri?.name == "a" }.map(\.kind.name))
                let seesIt = caller.account == "default" && caller.user != "bob"
                // Of a watch that is gone by the time one looks, only its end is told.
                let heard = names.subtracting(["watch"])
                #expect(heard == (seesIt ? ["watch_removed", "task", "revision"] : []), "\(caller)")
                #expect(seesIt || names.isEmpty)
            }
        }
    }

    @Test(
        "only what was asked for comes",
        arguments: ["viking://resources/a", "viking://resources/a/in", "viking://resources"])
    func filter(_ uri: String) async throws {
        let test = try await World().open()
        var events = try await events(test, EventQuery(uri: uri))
        _ = try await events.next()
        for name in ["ab", "a/in", "b"] {
            _ = try await test.ingest("scripted:\(name)", to: "viking://resources/\(name)", every: 60)
        }
        let last = uri == "viking://resources" ? "b" : "in"
        let taken = try await take(&events) { event in
            if case .task(let view) = event.kind { view.uri.name == last } else { false }
        }
        let names = taken.compactMap { event in
            if case .watch(let view) = event.kind { view.uri.text } else { nil }
        }
        #expect(names == (last == "b" ? ["ab", "a/in", "b"] : ["a/in"]).map { "viking://resources/\($0)" })
    }

    @Test("the stream of a run ends behind its final state, whenever one comes")
    func ofATask() async throws {
        try await World.test { test in
            test.sources.put("docs", ["a.md": "a\n"])
            let receipt = try await test.ingest("scripted:docs", to: Self.uri, every: 60)
            for _ in 0..<2 {
                var states: [TaskRecord.Status] = []
                for try await event in try await test.engine.events(
                    EventQuery(task: receipt.task.description), as: .local)
                {
                    if case .task(let view) = event.kind {
                        #expect(view.id == receipt.task)
                        states.append(view.status)
                    } else {
                        #expect(event.kind == .began)
                    }
                }
                #expect(states.last == .completed)
                #expect(states.count { $0.isFinal } == 1)
            }
            let hidden = await refusal {
                _ = try await test.engine.events(
                    EventQuery(task: receipt.task.description), as: Caller.user("bob", "other"))
            }
            #expect(hidden?.code == .notFound)
        }
    }

    @Test("what is no cursor is refused", arguments: ["", "x", "1.2", "a.b.c", "0.0.-1", "0.0.0.0", "zzzzzzzzz.1.1"])
    func badCursor(_ text: String) async throws {
        let test = try await World().open()
        let error = await refusal { _ = try await test.engine.events(EventQuery(after: text), as: .local) }
        #expect(error?.code == .invalidArgument)
    }
}

extension Event {
    /// What it is about.
    fileprivate var uri: VikingURI? {
        switch kind {
        case .began, .gap: nil
        case .watch(let view): view.uri
        case .watchRemoved(_, let uri), .resourceRemoved(let uri): uri
        case .task(let view): view.uri
        case .revision(let revision): revision.uri
        }
    }
}
