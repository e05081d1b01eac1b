// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVEngine
import OVStore
import OVTestSupport
import OVTestTraits
import Testing

@Suite("Changing a watch", .inTurn, .timeLimit(.minutes(20)))
struct WatchUpdateTests {
    private static let uri = "viking://resources/docs"

    /// With a watch of 30 minutes whose first ingest is done.
    private func test(_ body: (TestEngine) async throws -> Void) async throws {
        try await World.test { test in
            test.sources.put("docs", ["a.md": "a\n"])
            try await test.ingested("scripted:docs", to: Self.uri, every: 30) {
                ($0.reason, $0.instruction) = ("old reason", "old instruction")
            }
            try await body(test)
        }
    }

    @Test(
        "a patch changes what it names and nothing else",
        arguments: [
            WatchPatch(), WatchPatch(interval: 7.25), WatchPatch(isActive: false), WatchPatch(isActive: true),
            WatchPatch(reason: "new"), WatchPatch(reason: ""), WatchPatch(instruction: "new"),
            WatchPatch(interval: 0.001), WatchPatch(interval: 5_256_000),
            WatchPatch(interval: 90, isActive: false, reason: "r", instruction: "i"),
        ])
    func patch(_ patch: WatchPatch) async throws {
        try await test { test in
            let before = try await test.watch(Self.uri)
            let answer = try await test.update(Self.uri, patch)
            #expect(answer.interval.minutes == patch.interval ?? 30)
            #expect(answer.isActive == patch.isActive ?? true)
            #expect(answer.reason == patch.reason ?? "old reason")
            #expect(answer.instruction == patch.instruction ?? "old instruction")
            #expect((answer.nextRun == nil) == !answer.isActive)
            #expect((answer.id, answer.createdAt) == (before.id, before.createdAt))
            #expect((answer.lastTask, answer.lastEnd) == (before.lastTask, before.lastEnd))
            if patch.interval == nil && patch.isActive != false { #expect(answer.nextRun == before.nextRun) }
            // What another process reads is what was answered.
            let stored = try #require(try await test.world.openStore().state.watches[before.id])
            #expect(WatchView(watch: stored, runningTask: answer.runningTask, revision: answer.revision) == answer)
        }
    }

    @Test(
        "an interval that cannot be is refused, and nothing of the patch is stored",
        arguments: [
            0, -1, -0.5, .nan, .infinity, -.infinity, 5_256_001,
        ])
    func wrongInterval(_ minutes: Double) async throws {
        try await test { test in
            let before = try test.world.trace()
            let error = await refusal {
                try await test.update(Self.uri, WatchPatch(interval: minutes, isActive: false, reason: "new"))
            }
            #expect(error?.code == .invalidArgument)
            if minutes.isFinite, minutes <= 0 { #expect(error?.message.contains("is_active=false") == true) }
            #expect(try test.world.trace() == before)
        }
    }

    @Test("a reason or an instruction of more than 8 KiB is refused")
    func longNotes() async throws {
        try await test { test in
            let before = try test.world.trace()
            // Bytes count, not characters.
            let long = String(repeating: "é", count: (4 << 10) + 1)
            let errors = [
                await refusal { try await test.update(Self.uri, WatchPatch(reason: long)) },
                await refusal { try await test.update(Self.uri, WatchPatch(isActive: false, instruction: long)) },
                await refusal { try await test.ingest("scripted:new") { $0.reason = long } },
                await refusal { try await test.ingest("scripted:new") { $0.instruction = long } },
            ]
            #expect(errors.map { $0?.code } == Array(repeating: .payloadTooLarge, count: 4))
            #expect(
                errors.map { $0?.details["field"] }
                    == ["reason", "instruction", "reason", "instruction"].map(JSONValue.string))
            #expect(try test.world.trace() == before)
            let longest = String(repeating: "é", count: 4 << 10)
            #expect(try await test.update(Self.uri, WatchPatch(reason: longest)).reason == longest)
        }
    }

    @Test("a patch that changes nothing writes nothing")
    func emptyPatch() async throws {
        try await test { test in
            let before = try test.world.trace()
            try await test.update(Self.uri, WatchPatch())
            try await test.update(Self.uri, WatchPatch(interval: 30, isActive: true, reason: "old reason"))
            #expect(try test.world.trace() == before)
        }
    }

    @Test("pausing keeps the cadence, and another cadence does not wake a paused watch")
    func pausing() async throws {
        try await test { test in
            let paused = try await test.update(Self.uri, WatchPatch(isActive: false))
            #expect(paused.interval.minutes == 30)
            #expect(paused.state == .paused)
            let slower = try await test.update(Self.uri, WatchPatch(interval: 10))
            #expect(slower.state == .paused)
            #expect(slower.nextRun == nil)
            test.clock.advance(by: .minutes(4))
            let due = try await test.engine.triggerDueWatches(atMost: 9, as: .local)
            #expect(due.started.isEmpty)
            let resumed = try await test.update(Self.uri, WatchPatch(isActive: true))
            #expect(resumed.interval.minutes == 10)
            #expect(resumed.nextRun == resumed.createdAt.advanced(by: .minutes(10)))
        }
    }

    @Test("resuming an overdue watch makes it due now, once")
    func resumingOverdue() async throws {
        try await test { test in
            try await test.update(Self.uri, WatchPatch(isActive: false))
            test.clock.advance(by: .hours(5))
            let resumed = try await test.update(Self.uri, WatchPatch(isActive: true))
            #expect(resumed.nextRun == test.clock.now())
            let first = try await test.engine.triggerDueWatches(atMost: 9, as: .local)
            #expect(first.started.map(\.watch) == [resumed.id])
            let run = try #require(first.started.first?.run)
            #expect(try await test.end(of: run).status == .completed)
            test.clock.advance(by: .seconds(2))
            #expect(try await test.engine.triggerDueWatches(atMost: 9, as: .local).started.isEmpty)
            #expect(try await test.watch(Self.uri).nextRun.map { $0 > test.clock.now() } == true)
        }
    }

    @Test("a new interval whose point has passed makes an active watch due now, once")
    func shorterInterval() async throws {
        try await test { test in
            test.clock.advance(by: .minutes(20))
            let watch = try await test.update(Self.uri, WatchPatch(interval: 3))
            #expect(watch.nextRun == test.clock.now())
            let due = try await test.engine.triggerDueWatches(atMost: 9, as: .local)
            #expect(due.started.count == 1)
            try await test.end(of: try #require(due.started.first?.run))
            let next = try #require(try await test.watch(Self.uri).nextRun)
            // On the grid that is anchored at creation.
            #expect(next.since(watch.createdAt).count % Milliseconds.minutes(3).count == 0)
            #expect(next > test.clock.now())
        }
    }
}
