// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVEngine
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

@Suite("Executions", .inTurn, .timeLimit(.minutes(20)))
struct TaskTests {
    private static let uri = "viking://resources/docs"

    @Test("one that waits is cancelled before it begins, and leaves nothing of a first ingest")
    func cancelPending() async throws {
        try await World.test({ $0.concurrentRuns = 1 }) { test in
            let gate = test.sources.close("slow")
            let slow = try await test.ingest("scripted:slow")
            try await gate.arrived.wait()
            let receipt = try await test.ingest("scripted:docs", to: Self.uri)
            let cancelled = try await test.engine.cancelTask(receipt.task.description, as: .local)
            #expect(cancelled.status == .cancelled)
            #expect(try await test.end(of: receipt.task).status == .cancelled)
            // Twice is fine.
            #expect(try await test.engine.cancelTask(receipt.task.description, as: .local) == cancelled)
            gate.opened.set()
            try await test.end(of: slow.task)
            #expect(test.sources.count("docs").fetches == 0)
            #expect(try await test.engine.status(as: .local).resources == 1)
        }
    }

    @Test("one that runs is cancelled, publishes nothing, and its watch goes on")
    func cancelRunning() async throws {
        try await World.test { test in
            test.sources.put("docs", ["a.md": "a\n"])
            try await test.ingested("scripted:docs", to: Self.uri, every: 60)
            let before = try await test.watch(Self.uri)
            test.clock.advance(by: .seconds(1))
            let gate = test.sources.close("docs")
            test.sources.put("docs", ["a.md": "b\n"])
            let key = WatchKey(uri: Self.uri)
            let receipt = try await test.engine.triggerWatch(key, acceptingDeletionsOf: nil, as: .local)
            try await gate.arrived.wait()
            let view = try await test.engine.cancelTask(receipt.run.description, as: .local)
            #expect(view.status == .cancelling)
            let task = try await test.end(of: receipt.run)
            #expect(task.status == .cancelled)
            #expect(task.error == nil)
            let watch = try await test.watch(Self.uri)
            #expect(watch.lastStatus == .cancelled)
            #expect(watch.nextRun == before.nextRun)
            #expect(watch.consecutiveFailures == 0)
            #expect(try await test.contents(Self.uri) == ["a.md": "a\n"])
        }
    }

    @Test("one that another process runs is cancelled by that process")
    func cancelElsewhere() async throws {
        try await World.test { test in
            let gate = test.sources.close("docs")
            let receipt = try await test.ingest("scripted:docs", to: Self.uri)
            try await gate.arrived.wait()
            let other = try await test.world.open()
            let view = try await other.engine.cancelTask(receipt.task.description, as: .local)
            #expect(view.status == .cancelling)
            #expect(test.sources.count("docs").running == 1)
            // The next time that the run looks whether it is still wanted.
            test.clock.advance(by: .seconds(1))
            #expect(try await other.end(of: receipt.task).status == .cancelled)
            #expect(try await test.end(of: receipt.task).status == .cancelled)
        }
    }

    @Test("one that has ended cannot be cancelled")
    func cancelFinished() async throws {
        try await World.test { test in
            let done = try await test.ingested("scripted:docs", to: Self.uri)
            test.sources.edit("bad") { $0.failure = .transient(cause: "io_error", "no") }
            let failed = try await test.ingested("scripted:bad")
            let before = try test.world.trace()
            for (task, status) in [(done, "completed"), (failed, "failed")] {
                let error = await refusal { _ = try await test.engine.cancelTask(task.id.description, as: .local) }
                #expect(error?.code == .failedPrecondition)
                #expect(error?.details["status"] == .string(status))
            }
            #expect(await refusal { _ = try await test.engine.cancelTask("nonsense", as: .local) }?.code == .notFound)
            #expect(try test.world.trace() == before)
        }
    }

    @Test("lists go newest first, filter before they count, and page without gap or repetition")
    func lists() async throws {
        try await World.test { test in
            var ids: [TaskID] = []
            test.sources.edit("bad") { $0.failure = .transient(cause: "io_error", "no") }
            for number in 0..<12 {
                let name = number % 3 == 0 ? "bad" : "docs"
                ids.insert(
                    try await test.ingested("scripted:\(name)", to: "viking://resources/r\(number % 4)\(name)").id,
                    at: 0)
                test.clock.advance(by: Milliseconds(1))
            }
            let watched = try await test.ingest("scripted:docs", to: Self.uri, every: 60)
            ids.insert(try await test.end(of: watched.task).id, at: 0)
            ids.insert(try await test.refreshed(Self.uri).id, at: 0)
            let watch = try #require(watched.watch?.id).description
            let all = try await test.engine.tasks(TaskQuery(limit: 200), as: .local)
            #expect(all.tasks.map(\.id) == ids)
            #expect(all.nextCursor == nil)
            let queries = [
                TaskQuery(), TaskQuery(kind: "add_resource"), TaskQuery(kind: "watch_refresh"),
                TaskQuery(status: "failed"), TaskQuery(status: "pending"), TaskQuery(resource: Self.uri + "/"),
                TaskQuery(watch: watch), TaskQuery(watch: watch.uppercased()), TaskQuery(watch: "nonsense"),
                TaskQuery(kind: "watch_refresh", status: "failed"),
            ]
            let counts = try await queries.asyncMap { query in
                for limit in [1, 2, 5, 200] {
                    let expected = all.tasks.filter { query.admits($0) }.map(\.id)
                    #expect(try await pages(test, query, limit) == expected)
                }
                return try await test.engine.tasks(query, as: .local).tasks.count
            }
            #expect(counts == [14, 13, 1, 4, 0, 2, 2, 2, 0, 0])
        }
    }

    private func pages(_ test: TestEngine, _ query: TaskQuery, _ limit: Int) async throws -> [TaskID] {
        var (found, query): ([TaskID], TaskQuery) = ([], query)
        query.limit = limit
        repeat {
            let page = try await test.engine.tasks(query, as: .local)
            #expect(page.tasks.count <= limit)
            found += page.tasks.map(\.id)
            query.cursor = page.nextCursor
        } while query.cursor != nil && found.count < 100
        return found
    }

    @Test(
        "a query that cannot be is refused",
        arguments: [
            TaskQuery(kind: "add"), TaskQuery(status: "done"), TaskQuery(limit: 0), TaskQuery(limit: 201),
            TaskQuery(cursor: "w1"), TaskQuery(cursor: "x"),
        ])
    func wrongQueries(_ query: TaskQuery) async throws {
        try await World.test { test in
            #expect(await refusal { _ = try await test.engine.tasks(query, as: .local) }?.code == .invalidArgument)
        }
    }

    @Test("following an execution shows its states in order and ends with the final one, in whatever process it runs")
    func updates() async throws {
        try await World.test { test in
            test.sources.put("docs", documents(3))
            let gate = test.sources.close("docs")
            let receipt = try await test.ingest("scripted:docs", to: Self.uri)
            let other = try await test.world.open()
            for engine in [test.engine, other.engine] {
                let stream = try await engine.updates(ofTask: receipt.task.description, as: .local)
                var iterator = stream.makeAsyncIterator()
                #expect(try await iterator.next()?.status.isFinal == false)
            }
            try await gate.arrived.wait()
            async let own = states(of: receipt.task, test.engine)
            async let foreign = states(of: receipt.task, other.engine)
            gate.opened.set()
            for states in [try await own, try await foreign] {
                #expect(states.last == .completed)
                #expect(states.dropLast().allSatisfy { !$0.isFinal })
            }
            // Of one that has ended there is one state.
            #expect(try await states(of: receipt.task, other.engine) == [.completed])
            #expect(try await test.engine.task(receipt.task.description, as: .local).progress.documents == 3)
        }
    }

    private func states(of task: TaskID, _ engine: Engine) async throws -> [TaskRecord.Status] {
        var states: [TaskRecord.Status] = []
        for try await view in try await engine.updates(ofTask: task.description, as: .local) {
            states.append(view.status)
        }
        return states
    }
}

extension TaskQuery {
    /// What the query means, said once more.
    fileprivate func admits(_ task: TaskView) -> Bool {
        (kind.map { task.kind.rawValue == $0 } ?? true) && (status.map { task.status.rawValue == $0 } ?? true)
            && (resource.map { task.uri.text + "/" == $0 } ?? true)
            && (watch.map { task.watch?.description == $0.lowercased() } ?? true)
    }
}

extension Array {
    fileprivate func asyncMap<Result>(_ body: (Element) async throws -> Result) async throws -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
