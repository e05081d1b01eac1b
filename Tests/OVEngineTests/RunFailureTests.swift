// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVEngine
import OVIngest
import OVStore
import OVTestSupport
import OVTestTraits
import Testing

@Suite("Runs that fail", .inTurn, .timeLimit(.minutes(20)))
struct RunFailureTests {
    private static let uri = "viking://resources/docs"
    private static let key = WatchKey(uri: uri)

    private func test(_ body: (TestEngine) async throws -> Void) async throws {
        try await World.test { test in
            test.sources.put("docs", ["a.md": "a\n"])
            try await test.ingested("scripted:docs", to: Self.uri, every: 60)
            test.clock.advance(by: .seconds(1))
            try await body(test)
        }
    }

    /// Starts what is due, which must be the one watch, and waits for it.
    private func runDue(_ test: TestEngine) async throws -> TaskView {
        let due = try await test.engine.triggerDueWatches(atMost: 9, as: .local)
        return try await test.end(of: try #require(due.started.first).run)
    }

    @Test("a transient failure is tried again within the bounds of the backoff, until it succeeds")
    func transient() async throws {
        try await test { test in
            test.sources.edit("docs") { $0.failure = .transient(cause: "io_error", "busy") }
            let good = try await test.watch(Self.uri)
            test.clock.advance(by: .minutes(60))
            for failures in 1...6 {
                let task = try await runDue(test)
                #expect(task.trigger == (failures == 1 ? .schedule : .retry))
                #expect(task.status == .failed)
                let watch = try await test.watch(Self.uri)
                #expect(watch.consecutiveFailures == failures)
                #expect(watch.lastFailure?.code == "PROCESSING_ERROR")
                #expect(watch.lastFailure?.message == task.error?.message)
                #expect(watch.lastSuccess == good.lastSuccess)
                #expect(watch.isActive)
                let bound = Milliseconds.minutes(1 << Int64(failures - 1)).count
                let delay = try #require(watch.nextRun).since(test.clock.now()).count
                #expect((bound / 2...bound).contains(delay))
                test.clock.advance(by: Milliseconds(delay - 1))
                #expect(try await test.engine.triggerDueWatches(atMost: 9, as: .local).started.isEmpty)
                test.clock.advance(by: Milliseconds(1))
            }
            test.sources.edit("docs") { $0.failure = nil }
            #expect(try await runDue(test).status == .completed)
            let healed = try await test.watch(Self.uri)
            #expect(healed.lastFailure == nil)
            #expect(healed.consecutiveFailures == 0)
            #expect(healed.lastStatus == .completed)
            // On the grid again.
            #expect(try #require(healed.nextRun).since(healed.createdAt).count % 3_600_000 == 0)
        }
    }

    @Test("a source that says when to come back is asked then")
    func retryAfter() async throws {
        try await test { test in
            test.sources.edit("docs") {
                $0.failure = FetchError(.transient(retryAfter: .minutes(7)), cause: "rate_limited", "slow down")
            }
            let task = try await test.refreshed(Self.uri)
            let end = try #require(task.finishedAt)
            #expect(try await test.watch(Self.uri).nextRun == end.advanced(by: .minutes(7)))
        }
    }

    @Test("three permanent failures in a row suspend the watch, and resuming clears it")
    func permanent() async throws {
        try await test { test in
            test.sources.edit("docs") { $0.failure = .permanent(cause: "source_gone", "it is gone") }
            for _ in 0..<2 {
                try await test.refreshed(Self.uri)
                #expect(try await test.watch(Self.uri).isActive)
            }
            // One of another kind in between begins the count anew.
            test.sources.edit("docs") { $0.failure = .transient(cause: "io_error", "busy") }
            try await test.refreshed(Self.uri)
            test.sources.edit("docs") { $0.failure = .permanent(cause: "source_gone", "it is gone") }
            for _ in 0..<3 {
                #expect(try await test.watch(Self.uri).isActive)
                #expect(try await test.refreshed(Self.uri).error?.cause == "source_gone")
            }
            let suspended = try await test.watch(Self.uri)
            #expect(suspended.suspensionReason?.contains("it is gone") == true)
            #expect(suspended.nextRun == nil)
            #expect(suspended.consecutiveFailures == 6)
            #expect(try await test.contents(Self.uri) == ["a.md": "a\n"])
            #expect(await refusal { try await test.refreshed(Self.uri) }?.code == .failedPrecondition)
            // Pausing does not hide why it stands still.
            #expect(try await test.update(Self.uri, WatchPatch(isActive: false)).suspensionReason != nil)
            test.sources.edit("docs") { $0.failure = nil }
            #expect(try await test.update(Self.uri, WatchPatch(isActive: true)).suspensionReason == nil)
            #expect(try await test.refreshed(Self.uri).status == .completed)
            #expect(try await test.watch(Self.uri).consecutiveFailures == 0)
        }
    }

    @Test("a run that takes too long fails, and its source is left alone")
    func timeout() async throws {
        try await test { test in
            let gate = test.sources.close("docs")
            let receipt = try await test.engine.triggerWatch(Self.key, acceptingDeletionsOf: nil, as: .local)
            try await gate.arrived.wait()
            test.clock.advance(by: .minutes(60))
            let task = try await test.end(of: receipt.run)
            #expect(task.error?.cause == "limit_exceeded")
            #expect(test.sources.count("docs").running == 0)
        }
    }

    @Test("a process that is told to end interrupts its runs, whose watches are due at once, and leaves what waits")
    func interrupted() async throws {
        let world = try World()
        let gate = world.sources.close("docs")
        var (first, waiting): (TaskID?, TaskID?)
        struct Enough: Error {}
        await #expect(throws: Enough.self) {
            try await world.open().whileRunning { test in
                first = try await test.ingest("scripted:docs", to: Self.uri, every: 60).task
                try await gate.arrived.wait()
                waiting = try await test.ingest("scripted:docs", to: Self.uri).task
                // So that the waiting one could be begun.
                world.clock.advance(by: .seconds(1))
                throw Enough()
            }
        }
        world.sources.open("docs")
        world.sources.put("docs", ["a.md": "a\n"])
        world.clock.advance(by: .seconds(1))
        try await world.open().whileRunning { test in
            let task = try await test.engine.task(try #require(first).description, as: .local)
            #expect(task.status == .failed)
            #expect(task.error?.cause == "interrupted")
            let watch = try await test.watch(Self.uri)
            #expect(watch.lastFailure?.code == "INTERRUPTED")
            #expect(watch.nextRun.map { $0 <= test.clock.now() } == true)
            let due = try await test.engine.triggerDueWatches(atMost: 9, as: .local)
            #expect(due.started.map(\.run) == [waiting])
            #expect(try await test.end(of: try #require(waiting)).status == .completed)
        }
        try await world.checkStore()
    }

    /// Leaves a run behind as a process does that is killed.
    private func die(in world: World, after prepare: (Store) async throws -> Void = { _ in }) async throws {
        let store = try await world.openStore()
        let slot = try await store.takeOwnerSlot()
        try await prepare(store)
        let uri = try #require(VikingURI(canonical: Self.uri))
        let id = TaskID(high: 5, low: store.state.sequence)
        try await store.commit { transaction in
            let watch = transaction.state.watch(at: ResourceKey(account: "default", uri: uri))
            var task = TaskRecord(
                id: id, kind: .watchRefresh, owner: Caller.local.owner, uri: uri, watch: watch?.id, trigger: .schedule,
                createdAt: transaction.now)
            (task.status, task.stage, task.startedAt) = (.running, .fetching, transaction.now)
            task.lease = TaskRecord.Lease(slot: slot, token: 1, baseRevision: 1)
            transaction.put(task)
        }
    }

    @Test("a run whose process has died is ended by whoever comes next, and its watch is due once")
    func deadOwner() async throws {
        try await test { test in
            try await die(in: test.world)
            #expect(try await test.engine.watch(Self.key, as: .local).runningTask != nil)
            let due = try await test.engine.triggerDueWatches(atMost: 9, as: .local)
            let left = try #require(try await test.engine.tasks(TaskQuery(), as: .local).tasks.dropFirst().first)
            #expect(left.status == .failed)
            #expect(left.error?.cause == "interrupted")
            #expect(due.running.isEmpty)
            #expect(try await test.end(of: try #require(due.started.first).run).trigger == .retry)
            #expect(try await test.watch(Self.uri).consecutiveFailures == 0)
            // A second in a row waits.
            try await die(in: test.world)
            try await die(in: test.world) { store in
                try await store.commit { transaction in
                    for task in Array(transaction.state.runningTasks) { transaction.dropTask(task.id) }
                }
            }
            test.clock.advance(by: .seconds(1))
            #expect(try await test.engine.triggerDueWatches(atMost: 9, as: .local).started.count == 1)
        }
    }

    @Test("a first ingest whose process has died leaves nothing without a watch")
    func deadOwnerOfFirstIngest() async throws {
        let world = try World()
        _ = world.sources.close("docs")
        do {
            let store = try await world.openStore()
            let slot = try await store.takeOwnerSlot()
            let uri = try #require(VikingURI(canonical: Self.uri))
            try await store.commit { transaction in
                let source = Source(fetcher: "scripted", location: "scripted:docs")
                transaction.put(
                    Resource(uri: uri, owner: Caller.local.owner, source: source, createdAt: transaction.now))
                var task = TaskRecord(
                    id: TaskID(high: 1, low: 1), kind: .addResource, owner: Caller.local.owner, uri: uri, watch: nil,
                    trigger: .create, createdAt: transaction.now)
                (task.status, task.lease) = (.running, TaskRecord.Lease(slot: slot, token: 1, baseRevision: 0))
                transaction.put(task)
            }
        }
        try await world.open().whileRunning { test in
            let task = try await test.ingested("scripted:other", to: Self.uri)
            #expect(task.status == .completed)
        }
        try await world.checkStore()
    }

    @Test("what was published under a lease that was taken over is dropped as superseded")
    func oldLease() async throws {
        try await test { test in
            let before = try await test.watch(Self.uri)
            let gate = test.sources.close("docs")
            let receipt = try await test.engine.triggerWatch(Self.key, acceptingDeletionsOf: nil, as: .local)
            try await gate.arrived.wait()
            // As another process would that took this one for dead.
            let store = try await test.world.openStore()
            try await store.commit { transaction in
                guard var task = transaction.state.tasks[receipt.run], let lease = task.lease else { return }
                task.lease = TaskRecord.Lease(
                    slot: lease.slot + 1, token: lease.token + 1, baseRevision: lease.baseRevision)
                transaction.put(task)
            }
            test.sources.put("docs", ["a.md": "new\n"])
            gate.opened.set()
            test.sources.open("docs")
            // Nobody holds the other's slot, so the next look ends its run.
            let task = try await test.end(of: receipt.run)
            #expect(task.error?.cause == "interrupted")
            #expect(try await test.contents(Self.uri) == ["a.md": "a\n"])
            #expect(try await test.watch(Self.uri).lastSuccess == before.lastSuccess)
        }
    }

    @Test("a run that compared with a revision that is no longer the current one is superseded")
    func newerRevision() async throws {
        try await test { test in
            let gate = test.sources.close("docs")
            let receipt = try await test.engine.triggerWatch(Self.key, acceptingDeletionsOf: nil, as: .local)
            try await gate.arrived.wait()
            let store = try await test.world.openStore()
            try await store.commit { transaction in
                guard var resource = transaction.state.resources.values.first(where: { _ in true }),
                    let current = transaction.state.currentRevision(of: resource)
                else { return }
                let next = Revision(
                    number: 2, pack: current.pack, digest: current.digest, at: transaction.now, task: receipt.run,
                    changes: ChangeCounts(), documents: current.documents, bytes: current.bytes,
                    sequence: transaction.sequence, packs: current.packs)
                resource.revision = 2
                transaction.put(next, of: resource.key)
                transaction.put(resource)
            }
            test.sources.edit("docs") { $0.documents = ["a.md": "new\n"] }
            gate.opened.set()
            let task = try await test.end(of: receipt.run)
            #expect(task.error?.cause == "superseded")
            #expect(task.error?.code == "CONFLICT")
            // Not a failure of the source.
            #expect(try await test.watch(Self.uri).consecutiveFailures == 0)
            #expect(try await test.contents(Self.uri) == ["a.md": "a\n"])
        }
    }

    @Test("a resource that is removed while it is read does not come back", arguments: [false, true])
    func removed(noticedWhileReading: Bool) async throws {
        try await test { test in
            let gate = test.sources.close("docs")
            let receipt = try await test.engine.triggerWatch(Self.key, acceptingDeletionsOf: nil, as: .local)
            try await gate.arrived.wait()
            let removal = try await test.engine.remove(Self.uri, recursively: false, as: .local)
            #expect(removal.documents == 1)
            #expect(removal.suspendedWatches == [receipt.watch])
            if noticedWhileReading { test.clock.advance(by: .seconds(1)) } else { gate.opened.set() }
            let task = try await test.end(of: receipt.run)
            #expect(task.status == .failed)
            #expect(task.error?.cause == "superseded")
            #expect(await refusal { _ = try await test.engine.stat(Self.uri, as: .local) }?.code == .notFound)
            let watch = try await test.watch(Self.uri)
            #expect(watch.suspensionReason?.contains("removed") == true)
            test.clock.advance(by: .hours(5))
            #expect(try await test.engine.triggerDueWatches(atMost: 9, as: .local).started.isEmpty)
            let before = try test.world.trace()
            let resume = await refusal { try await test.update(Self.uri, WatchPatch(isActive: true, reason: "r")) }
            #expect(resume?.code == .failedPrecondition)
            #expect(resume?.hint?.contains("ov ingest scripted:docs --to \(Self.uri)") == true)
            #expect(try test.world.trace() == before)
            // Ingesting it again wakes the watch.
            test.sources.open("docs")
            try await test.ingested("scripted:docs", to: Self.uri, every: 60)
            #expect(try await test.watch(Self.uri).isActive)
            #expect(try await test.watch(Self.uri).id == watch.id)
        }
    }
}
