// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVEngine

/// What the scheduler makes of a state, without any time passing by itself.
@Suite("The plan of a scheduler", .inTurn, .timeLimit(.minutes(20)))
struct SchedulePlanTests {
    private static let uri = "viking://resources/docs"

    /// A watch that has just been ingested, due every hour.
    private static func test(_ body: (TestEngine, TaskID, inout SchedulePlan) async throws -> Void) async throws {
        try await World.test { test in
            try await test.ingested("scripted:docs", to: uri, every: 60)
            var plan = SchedulePlan(now: test.clock.now())
            try await body(test, try await test.watch(uri).id, &plan)
        }
    }

    @Test("a watch is handed on once when it is due, and again only after it was settled")
    func handing() async throws {
        try await Self.test { test, id, plan in
            #expect(plan.look(at: test.engine.state, now: test.clock.now()).watches.isEmpty)
            #expect(plan.count == 1)
            test.clock.advance(by: .hours(1))
            let (now, next) = (test.clock.now(), try await test.watch(Self.uri).nextRun)
            let orders = plan.look(at: test.engine.state, now: now)
            #expect(orders.watches.map(\.id) == [id])
            #expect(orders.watches.first?.due == next)
            var nextLook = plan.nextLook
            #expect(nextLook == nil)
            // A change of its words does not hand it on a second time.
            try await test.update(Self.uri, WatchPatch(reason: "because"))
            #expect(plan.look(at: test.engine.state, now: now).watches.isEmpty)
            plan.settle(id, .settled, in: test.engine.state, now: now)
            #expect(plan.look(at: test.engine.state, now: now).watches.map(\.id) == [id])
            plan.settle(id, .failed, in: test.engine.state, now: now)
            nextLook = plan.nextLook
            #expect(nextLook == now.advanced(by: SchedulePlan.pause))
        }
    }

    @Test("what changes is taken up, and nothing else is looked at")
    func changes() async throws {
        try await Self.test { test, id, plan in
            _ = plan.look(at: test.engine.state, now: test.clock.now())
            var next = plan.next
            #expect(try await test.watch(Self.uri).nextRun == next)
            try await test.update(Self.uri, WatchPatch(interval: 120))
            _ = plan.look(at: test.engine.state, now: test.clock.now())
            next = plan.next
            #expect(try await test.watch(Self.uri).nextRun == next)
            try await test.update(Self.uri, WatchPatch(isActive: false))
            _ = plan.look(at: test.engine.state, now: test.clock.now())
            #expect(plan.count == 0)
            try await test.update(Self.uri, WatchPatch(isActive: true))
            _ = plan.look(at: test.engine.state, now: test.clock.now())
            #expect(plan.count == 1)
            _ = try await test.engine.deleteWatch(WatchKey(uri: Self.uri), as: .local)
            _ = plan.look(at: test.engine.state, now: test.clock.now())
            #expect(plan.count == 0)
        }
    }

    @Test("a watch that runs or waits to run is not due, and is again afterwards")
    func running() async throws {
        try await Self.test { test, id, plan in
            _ = plan.look(at: test.engine.state, now: test.clock.now())
            let gate = test.sources.close("docs")
            test.clock.advance(by: .hours(2))
            let receipt = try await test.engine.triggerWatch(
                WatchKey(uri: Self.uri), acceptingDeletionsOf: nil, as: .local)
            #expect(plan.look(at: test.engine.state, now: test.clock.now()).watches.isEmpty)
            try await gate.arrived.wait()
            #expect(plan.look(at: test.engine.state, now: test.clock.now()).watches.isEmpty)
            #expect(plan.count == 0)
            test.sources.open("docs")
            try await test.end(of: receipt.run)
            #expect(plan.look(at: test.engine.state, now: test.clock.now()).watches.isEmpty)
            #expect(plan.count == 1)
        }
    }

    @Test("a run that nobody comes for is taken after a while, unless it is this process's own")
    func leftBehind() async throws {
        let world = try World()
        let receipt = try await world.open().ingest("scripted:docs", to: Self.uri, every: 60)
        let test = try await world.open()
        var (plan, own) = (SchedulePlan(now: test.clock.now()), SchedulePlan(now: test.clock.now()))
        #expect(plan.look(at: test.engine.state, now: test.clock.now()).runs.isEmpty)
        _ = own.look(at: test.engine.state, now: test.clock.now()) { $0 == receipt.task }
        test.clock.advance(by: SchedulePlan.patience)
        #expect(plan.look(at: test.engine.state, now: test.clock.now()).runs == [receipt.task])
        #expect(own.look(at: test.engine.state, now: test.clock.now()) { $0 == receipt.task }.runs.isEmpty)
    }

    @Test("a clock that was set back makes watches due that would wait for the old future")
    func setBack() async throws {
        try await Self.test { test, id, plan in
            _ = plan.look(at: test.engine.state, now: test.clock.now())
            test.clock.advance(by: .hours(-48))
            let orders = plan.look(at: test.engine.state, now: test.clock.now())
            #expect(orders.watches.map(\.id) == [id])
            #expect(plan.attentiveSince == test.clock.now())
        }
    }

    @Test("who was away for long has not seen the points that passed")
    func absence() async throws {
        try await Self.test { test, id, plan in
            let start = test.clock.now()
            _ = plan.look(at: test.engine.state, now: start)
            test.clock.advance(by: .minutes(2))
            _ = plan.look(at: test.engine.state, now: test.clock.now())
            #expect(plan.attentiveSince == start)
            test.clock.advance(by: .minutes(3))
            _ = plan.look(at: test.engine.state, now: test.clock.now())
            #expect(plan.attentiveSince == test.clock.now())
        }
    }
}
