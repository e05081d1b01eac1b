// SPDX-License-Identifier: Apache-2.0

import Logging
import OVAPI
import OVCore
import OVStore
import OVTestSupport
import OVTestTraits
import ServiceLifecycle
import Testing

@testable import OVEngine

@Suite("The scheduler", .inTurn, .timeLimit(.minutes(20)))
struct SchedulerTests {
    private static let uri = "viking://resources/docs"
    private static let key = WatchKey(uri: uri)

    /// A watch every hour that has been ingested, and a scheduler at work.
    private static func test(
        _ limits: (inout Limits) -> Void = { _ in }, _ body: (TestEngine, Scheduler) async throws -> Void
    ) async throws {
        let world = try World(limits)
        try await world.open().whileScheduling { test, scheduler in
            try await test.ingested("scripted:docs", to: uri, every: 60)
            try await body(test, scheduler)
        }
        try await world.checkStore()
    }

    private static func tasks(_ test: TestEngine) -> [TaskRecord] {
        test.engine.state.watches.values.flatMap { test.engine.state.tasks(ofWatch: $0.id) }
            .compactMap { test.engine.state.tasks[$0] }
    }

    @Test("a watch runs at each of its times, exactly then, and never in between")
    func onTime() async throws {
        try await Self.test { test, scheduler in
            for round in 1...4 {
                await test.advance(by: .minutes(59), scheduler)
                await test.advance(by: .minutes(1), scheduler)
                try await test.until(Self.uri, hasRun: round + 1)
            }
            while !scheduler.isAtRest { await Task.yield() }
            let watch = try await test.watch(Self.uri)
            let points = Self.tasks(test).compactMap(\.scheduledFor)
            #expect(points == (1...4).map { watch.createdAt.advanced(by: .hours($0)) })
            #expect(Self.tasks(test).dropFirst().allSatisfy { $0.trigger == .schedule && $0.status == .completed })
            #expect(watch.skippedCount == 0)
            let report = scheduler.report
            #expect(report.isScheduling)
            #expect((report.started, report.late, report.skipped, report.scheduled) == (4, 0, 0, 1))
            #expect(report.lags.count == 4)
            #expect(report.lags.allSatisfy { $0 < .seconds(2) })
            #expect(report.next == watch.nextRun)
        }
    }

    @Test("after a long sleep of the machine there is one run, and the rest counts as missed")
    func afterSuspend() async throws {
        try await Self.test { test, scheduler in
            await test.advance(by: .hours(10), scheduler)
            try await test.until(Self.uri, hasRun: 2)
            let watch = try await test.watch(Self.uri)
            #expect(Self.tasks(test).last?.trigger == .catchUp)
            #expect(watch.skippedCount == 9)
            #expect(watch.lastSkip?.cause == .missed)
            #expect(scheduler.report.late == 1)
            #expect(scheduler.report.skipped == 9)
        }
    }

    @Test("points that pass while there is no room count as skipped for overload")
    func overload() async throws {
        try await Self.test({ limits in
            limits.concurrentRuns = 1
            limits.ingestDuration = .hours(10)
        }) { test, scheduler in
            let gate = test.sources.close("slow")
            let slow = try await test.ingest("scripted:slow")
            try await gate.arrived.wait()
            // Not all at once, which would be the machine's sleep.
            for _ in 0..<200 {
                while !scheduler.isAtRest { await Task.yield() }
                // A run's own waking is shorter.
                await test.clock.waitForSleeper(within: .minutes(1), beyond: .seconds(1))
                test.clock.advance(by: .minutes(1))
            }
            #expect(scheduler.report.waiting == 1)
            test.sources.open("slow")
            _ = try await test.end(of: slow.task)
            try await test.until(Self.uri, hasRun: 2)
            let watch = try await test.watch(Self.uri)
            #expect(watch.skippedCount == 2)
            #expect(watch.lastSkip?.cause == .overload)
            #expect(scheduler.report.late == 1)
        }
    }

    @Test("a watch that was paused does not run, and once resumed it runs at once if it is overdue")
    func paused() async throws {
        try await Self.test { test, scheduler in
            try await test.update(Self.uri, WatchPatch(isActive: false))
            await test.advance(by: .hours(3), scheduler)
            await test.advance(by: .minutes(1), scheduler)
            #expect(Self.tasks(test).count == 1)
            try await test.update(Self.uri, WatchPatch(isActive: true))
            try await test.until(Self.uri, hasRun: 2)
            #expect(try await test.watch(Self.uri).skippedCount == 0)
        }
    }

    @Test("a change by another process wakes it")
    func changeElsewhere() async throws {
        try await Self.test { test, scheduler in
            await test.advance(by: .minutes(30), scheduler)
            // A point of the new grid has passed: due once, now.
            try await test.world.open().update(Self.uri, WatchPatch(interval: 10))
            try await test.until(Self.uri, hasRun: 2)
            #expect(try await test.watch(Self.uri).skippedCount == 0)
        }
    }

    @Test("a run that another process has left is run after a while")
    func leftBehind() async throws {
        try await Self.test { test, scheduler in
            await test.advance(by: .seconds(2), scheduler)
            let receipt = try await test.world.open().engine.triggerWatch(
                Self.key, acceptingDeletionsOf: nil, as: .local)
            try await test.until { $0.tasks[receipt.run] != nil }
            await test.advance(by: SchedulePlan.patience, scheduler)
            #expect(try await test.end(of: receipt.run).status == .completed)
        }
    }

    @Test("a run whose process has died is noticed, and its watch runs at once")
    func deadOwner() async throws {
        try await Self.test { test, scheduler in
            await test.advance(by: .minutes(1), scheduler)
            try await Self.runElsewhere(test)
            try await test.until(Self.uri, hasRun: 2)
            // At once is a second after its last start.
            await test.advance(by: .seconds(1), scheduler)
            try await test.until(Self.uri, hasRun: 3)
            let tasks = Self.tasks(test)
            #expect(tasks[1].error?.cause == "interrupted")
            #expect(tasks[2].trigger == .retry)
            #expect(tasks[2].status == .completed)
        }
    }

    /// A process that begins a run and is gone.
    private static func runElsewhere(_ test: TestEngine) async throws {
        let store = try await test.world.openStore()
        let slot = try await store.takeOwnerSlot()
        try await store.commit { transaction in
            for watch in transaction.state.watches.values {
                _ = transaction.claimDue(watch, id: TaskID(high: 9, low: 9), slot: slot)
            }
        }
        try await test.until { $0.tasks[TaskID(high: 9, low: 9)] != nil }
    }

    @Test("one process schedules; when it ends, the one that waits goes on", arguments: [true, false])
    func takeover(endsWell: Bool) async throws {
        let world = try World()
        try await world.open().whileRunning { test in
            try await test.ingested("scripted:docs", to: Self.uri, every: 60)
        }
        struct Enough: Error {}
        try await world.open().whileScheduling { second, waiting in
            try? await world.open().whileScheduling { first, scheduler in
                // Whoever was first.
                while scheduler.report.isScheduling == waiting.report.isScheduling { await Task.yield() }
                world.clock.advance(by: .hours(1))
                if !endsWell { throw Enough() }
            }
            while !waiting.report.isScheduling { await Task.yield() }
            try await second.until(Self.uri, hasRun: 2)
            #expect(world.sources.count("docs").fetches == 2)
        }
        try await world.checkStore()
    }

    @Test("a process that shuts down gives its runs time, interrupts the rest, and leaves what waits")
    func shutdown() async throws {
        let world = try World { $0.concurrentRuns = 2 }
        let (short, long) = (world.sources.close("short"), world.sources.close("long"))
        let test = try await world.open()
        let services = Self.services(of: test)
        var runs: [TaskID] = []
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            for name in ["short", "long", "waiting"] {
                runs.append(try await test.ingest("scripted:\(name)", to: "viking://resources/\(name)", every: 60).task)
            }
            try await short.arrived.wait()
            try await long.arrived.wait()
            await services.triggerGracefulShutdown()
            while !test.engine.dispatcher.isLeaving { await Task.yield() }
            short.opened.set()
            #expect(try await test.end(of: runs[0]).status == .completed)
            await test.clock.waitForSleeper(within: .seconds(30))
            test.clock.advance(by: .seconds(30))
            try await group.waitForAll()
        }
        let state = test.engine.state
        #expect(state.tasks[runs[1]]?.error?.cause == "interrupted")
        #expect(state.tasks[runs[2]]?.status == .pending)
        #expect(world.sources.count("waiting").fetches == 0)
        world.sources.open("long")
        try await world.open().whileScheduling { next, scheduler in
            try await next.until("viking://resources/long", hasRun: 2)
            await next.advance(by: SchedulePlan.patience, scheduler)
            #expect(try await next.end(of: runs[2]).status == .completed)
        }
        try await world.checkStore()
    }

    private static func services(of test: TestEngine) -> ServiceGroup {
        ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: RunService(engine: test.engine, grace: .seconds(30))),
                    .init(service: Scheduler(engine: test.engine)),
                ], gracefulShutdownSignals: [], cancellationSignals: [],
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    }
}
