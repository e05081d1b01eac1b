// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVEngine
import OVTestSupport
import OVTestTraits
import Testing

@Suite("Figures about the store", .inTurn, .timeLimit(.minutes(20)))
struct StoreCensusTests {
    @Test("those that are kept are those that looking at everything gives", arguments: 1...4)
    func agree(seed: UInt64) async throws {
        try await World.test { test in
            var generator = SplitMix64(seed: seed)
            for step in 0..<60 {
                let name = "w\(Int.random(in: 0..<6, using: &generator))"
                let uri = "viking://resources/\(name)"
                switch Int.random(in: 0..<7, using: &generator) {
                case 0, 1:
                    test.sources.put(name, documents(Int.random(in: 1...4, using: &generator), prefix: "\(step)"))
                    _ = try? await test.ingested("scripted:\(name)", to: uri, every: 60)
                case 2: _ = try? await test.ingested("scripted:nothing-\(name)", to: uri, every: 60)
                case 3: _ = try? await test.update(uri, WatchPatch(isActive: Bool.random(using: &generator)))
                case 4: _ = try? await test.engine.deleteWatch(WatchKey(uri: uri), as: .local)
                case 5: _ = try? await test.engine.remove(uri, recursively: false, as: .local)
                default: test.clock.advance(by: .minutes(Int64.random(in: 0...90, using: &generator)))
                }
                try await compare(test, "seed \(seed), step \(step)")
            }
        }
    }

    private func compare(_ test: TestEngine, _ place: Comment) async throws {
        let seen = try await test.engine.status(as: .local)
        let kept = try await test.engine.metrics(as: .local)
        #expect(kept.active == seen.activeWatches, place)
        #expect(kept.paused == seen.pausedWatches, place)
        #expect(kept.suspended == seen.suspendedWatches, place)
        #expect(kept.failingWatches == seen.failingWatches, place)
        #expect(kept.dueWatches == seen.dueWatches, place)
        #expect(kept.resources == seen.resources, place)
        #expect(kept.documents == seen.documents, place)
        #expect(kept.documentBytes == seen.documentBytes, place)
        // What somebody sees who is not root is always looked for.
        let own = try await test.engine.metrics(as: .user(Caller.local.user))
        #expect(kept.stalestSuccess == own.stalestSuccess, place)
        for activeOnly in [false, true] {
            let page = try await test.engine.watches(WatchQuery(activeOnly: activeOnly, limit: 1), as: .local)
            let all = try await test.engine.watches(WatchQuery(activeOnly: activeOnly), as: .local)
            #expect(page.total == all.total && all.total == all.watches.count, place)
        }
    }
}
