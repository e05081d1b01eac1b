// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVEngine
import OVStore
import OVTestSupport
import OVTestTraits
import Testing

@Suite("What is kept for how long", .inTurn, .timeLimit(.minutes(20)))
struct RetentionTests {
    private static let uri = "viking://resources/docs"

    private func run(_ test: TestEngine, rounds: ClosedRange<Int>) async throws {
        for round in rounds {
            test.sources.put("docs", ["always.md": "always\n", "a.md": "round \(round)\n"])
            try await test.ingested("scripted:docs", to: Self.uri, every: 1440)
        }
    }

    @Test("the newest revisions are kept, up to the bound on their number")
    func revisions() async throws {
        try await World.test({ $0.revisionsPerResource = 3 }) { test in
            try await run(test, rounds: 1...7)
            let state = try await test.world.openStore().state
            let resource = try #require(state.resources.values.first { _ in true })
            #expect(state.revisions(of: resource.key).map(\.number) == [5, 6, 7])
            #expect(try await test.contents(Self.uri)["a.md"] == "round 7\n")
        }
    }

    @Test("revisions beyond the age go, the current one never")
    func revisionAge() async throws {
        try await World.test({ $0.revisionAge = .days(10) }) { test in
            try await run(test, rounds: 1...3)
            test.clock.advance(by: .days(30))
            let unchanged = try await test.ingested("scripted:docs", to: Self.uri)
            #expect(unchanged.result?.outcome == .unchanged)
            #expect(try await test.contents(Self.uri)["a.md"] == "round 3\n")
            let state = try await test.world.openStore().state
            let resource = try #require(state.resources.values.first { _ in true })
            #expect(state.revisions(of: resource.key).map(\.number) == [3])
            test.clock.advance(by: .days(30))
            try await run(test, rounds: 4...4)
            let later = try await test.world.openStore().state
            #expect(later.revisions(of: resource.key).map(\.number) == [4])
        }
    }

    @Test("packs that no revision needs are removed, but not before the delay")
    func packs() async throws {
        try await World.test({ $0.revisionsPerResource = 2 }) { test in
            try await run(test, rounds: 1...6)
            #expect(try test.world.packs().count == 6)
            // Young packs stay, however little they are needed; a compaction leaves the generation before.
            test.clock.advance(by: .hours(4))
            try await run(test, rounds: 7...8)
            let kept = try test.world.packs().count
            #expect(kept < 8)
            #expect(try await test.contents(Self.uri) == ["always.md": "always\n", "a.md": "round 8\n"])
            let status = try await test.engine.status(as: .local)
            #expect(status.packs == kept)
        }
    }

    @Test("a removed resource's packs go in time, and nothing of it can be read before")
    func removal() async throws {
        try await World.test { test in
            try await run(test, rounds: 1...2)
            _ = try await test.engine.remove(Self.uri, recursively: false, as: .local)
            #expect(await refusal { _ = try await test.contents(Self.uri) }?.code == .notFound)
            let keeper = StoreKeeper(
                home: test.world.home, limits: test.world.limits, dependencies: test.world.dependencies)
            _ = try await keeper.compact()
            test.clock.advance(by: .hours(4))
            let compaction = try await keeper.compact()
            #expect(compaction.packsRemoved == 2)
            // The names of what went stay, for those who follow changes, until they are old enough.
            let names = try test.world.packs()
            #expect(names.count == 1)
            test.clock.advance(by: .days(90))
            try await run(test, rounds: 3...3)
            _ = try await keeper.compact()
            test.clock.advance(by: .hours(4))
            _ = try await keeper.compact()
            let left = try test.world.packs()
            #expect(left.count == 1 && left != names)
        }
    }

    @Test("of each watch the newest runs are kept")
    func tasksPerWatch() async throws {
        try await World.test({ $0.tasksPerWatch = 5 }) { test in
            try await run(test, rounds: 1...1)
            try await test.ingested("scripted:other", to: "viking://resources/other", every: 1440)
            var runs: [TaskID] = []
            for _ in 0..<12 { runs.append(try await test.refreshed(Self.uri).id) }
            let watch = try await test.watch(Self.uri)
            let kept = try await test.engine.tasks(TaskQuery(watch: watch.id.description), as: .local).tasks
            #expect(kept.map(\.id) == runs.suffix(5).reversed())
            #expect(try await test.engine.tasks(TaskQuery(), as: .local).tasks.count == 6)
            let gone = try #require(runs.first).description
            #expect(await refusal { _ = try await test.engine.task(gone, as: .local) }?.code == .notFound)
        }
    }

    @Test("runs beyond the age and beyond the number in all go, oldest first")
    func tasks() async throws {
        try await World.test({ $0.tasks = 8 }) { test in
            var runs: [TaskID] = []
            for number in 0..<12 {
                runs.append(try await test.ingested("scripted:docs", to: "viking://resources/r\(number)").id)
            }
            var kept = try await test.engine.tasks(TaskQuery(), as: .local).tasks.map(\.id)
            #expect(kept == runs.suffix(8).reversed())
            test.clock.advance(by: .days(31))
            for _ in 0..<8 { runs.append(try await test.ingested("scripted:docs", to: "viking://resources/r0").id) }
            kept = try await test.engine.tasks(TaskQuery(), as: .local).tasks.map(\.id)
            #expect(kept == runs.suffix(8).reversed())
        }
    }
}
