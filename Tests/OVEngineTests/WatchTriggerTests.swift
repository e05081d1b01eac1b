// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVEngine
import OVTestSupport
import OVTestTraits
import Testing

@Suite("Triggering a watch", .inTurn, .timeLimit(.minutes(20)))
struct WatchTriggerTests {
    private static let uri = "viking://resources/docs"
    private static let key = WatchKey(uri: uri)

    private func test(_ limits: (inout Limits) -> Void = { _ in }, _ body: (TestEngine) async throws -> Void)
        async throws
    {
        try await World.test(limits) { test in
            test.sources.put("docs", ["a.md": "a\n"])
            try await test.ingested("scripted:docs", to: Self.uri, every: 30)
            test.clock.advance(by: .seconds(1))
            try await body(test)
        }
    }

    @Test("an idle watch runs, and its schedule stays as it is")
    func idle() async throws {
        try await test { test in
            let before = try await test.watch(Self.uri)
            let receipt = try await test.engine.triggerWatch(Self.key, acceptingDeletionsOf: nil, as: .local)
            #expect(!receipt.isCoalesced)
            #expect((receipt.watch, receipt.uri.text) == (before.id, Self.uri))
            let task = try await test.end(of: receipt.run)
            #expect((task.kind, task.trigger, task.watch) == (.watchRefresh, .manual, before.id))
            #expect(task.result?.outcome == .unchanged)
            #expect(try await test.watch(Self.uri).nextRun == before.nextRun)
        }
    }

    @Test("a paused watch may be triggered and stays paused")
    func paused() async throws {
        try await test { test in
            try await test.update(Self.uri, WatchPatch(isActive: false))
            #expect(try await test.refreshed(Self.uri).status == .completed)
            let watch = try await test.watch(Self.uri)
            #expect(watch.state == .paused)
            #expect(watch.nextRun == nil)
        }
    }

    @Test("a suspended watch may not be triggered until it is resumed")
    func suspended() async throws {
        try await test { test in
            _ = try await test.engine.remove(Self.uri, recursively: false, as: .local)
            let before = try test.world.trace()
            let error = await refusal {
                _ = try await test.engine.triggerWatch(Self.key, acceptingDeletionsOf: nil, as: .local)
            }
            #expect(error?.code == .failedPrecondition)
            #expect(error?.hint?.contains("resume") == true)
            #expect(try test.world.trace() == before)
        }
    }

    @Test("while it runs, however many triggers make one follow-up, which runs after it")
    func followUp() async throws {
        try await test { test in
            let gate = test.sources.close("docs")
            let first = try await test.engine.triggerWatch(Self.key, acceptingDeletionsOf: nil, as: .local)
            try await gate.arrived.wait()
            var runs: Set<TaskID> = []
            for _ in 0..<10 {
                let next = try await test.engine.triggerWatch(Self.key, acceptingDeletionsOf: nil, as: .local)
                #expect(next.isCoalesced)
                runs.insert(next.run)
            }
            let followUp = try #require(runs.first)
            #expect(runs.count == 1)
            #expect(followUp != first.run)
            let waiting = try await test.engine.tasks(TaskQuery(status: "pending"), as: .local)
            #expect(waiting.tasks.map(\.id) == [followUp])
            test.clock.advance(by: .seconds(1))
            test.sources.open("docs")
            let (one, two) = (try await test.end(of: first.run), try await test.end(of: followUp))
            #expect((one.status, two.status) == (.completed, .completed))
            let (ended, began) = (try #require(one.finishedAt), try #require(two.startedAt))
            #expect(ended <= began)
            #expect(test.sources.count("docs").mostAtOnce == 1)
            #expect(test.sources.count("docs").fetches == 3)
        }
    }

    /// A follow-up that waits for a free place among the runs of its process must not be executed twice: once behind
    /// the run before it, once when its place is free.
    @Test("a follow-up runs once however busy its process is", arguments: 1...4)
    func followUpOfABusyProcess(bound: Int) async throws {
        try await test({ $0.concurrentRuns = bound }) { test in
            let gate = test.sources.close("docs")
            let first = try await test.engine.triggerWatch(Self.key, acceptingDeletionsOf: nil, as: .local)
            try await gate.arrived.wait()
            var others: [(name: String, task: TaskID)] = []
            for number in 0..<4 {
                let other = test.sources.close("other\(number)")
                let receipt = try await test.ingest("scripted:other\(number)", to: "viking://resources/o\(number)")
                if number < bound - 1 { try await other.arrived.wait() }
                others.append(("other\(number)", receipt.task))
            }
            let followUp = try await test.engine.triggerWatch(Self.key, acceptingDeletionsOf: nil, as: .local)
            test.clock.advance(by: .seconds(1))
            test.sources.edit("docs") { $0.gate = ScriptedSources.Gate() }
            let behind = try #require(test.sources["docs"].gate)
            gate.opened.set()
            try await test.end(of: first.run)
            try await behind.arrived.wait()
            for other in others {
                test.sources.open(other.name)
            }
            // With a single place the others come after the follow-up.
            if bound > 1 { for other in others { try await test.end(of: other.task) } }
            test.sources.open("docs")
            #expect(try await test.end(of: followUp.run).status == .completed)
            for other in others { try await test.end(of: other.task) }
            #expect(test.sources.count("docs").mostAtOnce == 1)
            #expect(test.sources.count("docs").fetches == 3)
        }
    }

    /// Every trigger looks for runs whose processes are gone, while others are being claimed.
    @Test("no run is taken for one of a process that is gone while its own process begins it")
    func concurrentTriggers() async throws {
        try await World.test { test in
            let uris = (0..<20).map { "viking://resources/w\($0)" }
            for uri in uris { try await test.ingested("scripted:docs", to: uri, every: 60) }
            for _ in 0..<10 {
                test.clock.advance(by: .seconds(1))
                let tasks = try await withThrowingTaskGroup(of: TaskView.self) { group in
                    for uri in uris {
                        group.addTask {
                            let receipt = try await test.engine.triggerWatch(
                                WatchKey(uri: uri), acceptingDeletionsOf: nil, as: .local)
                            return try await test.end(of: receipt.run)
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(tasks.compactMap(\.error) == [])
            }
        }
    }

    @Test("two starts of a watch are a second apart")
    func distance() async throws {
        try await test { test in
            let first = try await test.engine.triggerWatch(Self.key, acceptingDeletionsOf: nil, as: .local)
            let one = try await test.end(of: first.run)
            test.clock.advance(by: Milliseconds(300))
            let second = try await test.engine.triggerWatch(Self.key, acceptingDeletionsOf: nil, as: .local)
            await test.clock.waitForSleeper(within: Milliseconds(700))
            #expect(try await test.engine.task(second.run.description, as: .local).status == .pending)
            test.clock.advance(by: Milliseconds(700))
            let two = try await test.end(of: second.run)
            let (start, next) = (try #require(one.startedAt), try #require(two.startedAt))
            #expect(next.since(start) == .seconds(1))
        }
    }

    @Test("what accepts deletions must be a held run of this very watch")
    func wrongHeldTask() async throws {
        try await test { test in
            let done = try await test.refreshed(Self.uri)
            test.sources.put("other", documents(12))
            try await test.ingested("scripted:other", to: "viking://resources/other", every: 30)
            test.sources.put("other", documents(2))
            let held = try await test.refreshed("viking://resources/other")
            #expect(held.result?.outcome == .held)
            let before = try test.world.trace()
            for id in [done.id, held.id, TaskID(high: 1, low: 2)] {
                let error = await refusal {
                    _ = try await test.engine.triggerWatch(Self.key, acceptingDeletionsOf: id, as: .local)
                }
                #expect(error?.code == .invalidArgument)
            }
            #expect(try test.world.trace() == before)
        }
    }

    @Test("a trigger that finds a run waiting hands its acceptance on to it")
    func acceptanceOfAWaitingRun() async throws {
        try await test { test in
            test.sources.put("docs", documents(12))
            try await test.refreshed(Self.uri)
            test.sources.put("docs", documents(2))
            let held = try await test.refreshed(Self.uri)
            let gate = test.sources.close("docs")
            test.clock.advance(by: .seconds(1))
            let running = try await test.engine.triggerWatch(Self.key, acceptingDeletionsOf: nil, as: .local)
            try await gate.arrived.wait()
            let waiting = try await test.engine.triggerWatch(Self.key, acceptingDeletionsOf: nil, as: .local)
            let accepting = try await test.engine.triggerWatch(Self.key, acceptingDeletionsOf: held.id, as: .local)
            #expect(waiting.run == accepting.run)
            test.clock.advance(by: .seconds(1))
            test.sources.open("docs")
            #expect(try await test.end(of: running.run).result?.outcome == .held)
            #expect(try await test.end(of: accepting.run).result?.outcome == .updated)
            #expect(try await test.contents(Self.uri).count == 2)
        }
    }
}
