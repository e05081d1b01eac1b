// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVEngine
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

@Suite(.inTurn) struct VerificationTests {
    private static let uri = "viking://resources/docs"
    private let request = IngestRequest(path: "scripted:docs", to: Self.uri)

    @Test("what is kept is held against the whole source, and nothing is published")
    func differences() async throws {
        try await World.test { test in
            test.sources.put("docs", documents(12))
            try await test.ingested("scripted:docs", to: Self.uri)
            let before = try test.world.trace()
            let same = try await test.engine.preview(request, .verification, as: .local)
            #expect(same.matches && same.changes == ChangeCounts(unchanged: 12) && same.preview == .verification)
            var next = documents(12)
            next["d0.md"] = nil
            next["d1.md"] = "other\n"
            next["new.md"] = "new\n"
            test.sources.put("docs", next)
            let plan = try await test.engine.preview(request, .verification, as: .local)
            #expect(!plan.matches)
            #expect((plan.added, plan.changed, plan.removed) == (["new.md"], ["d1.md"], ["d0.md"]))
            #expect(try test.world.trace() == before)
        }
    }

    @Test("what validators say is not believed")
    func lyingValidators() async throws {
        try await World.test { test in
            test.sources.put("docs", documents(3))
            try await test.ingested("scripted:docs", to: Self.uri)
            // The source is another one, and says that it is not.
            test.sources.edit("docs") {
                $0.documents["d1.md"] = "other\n"
                $0.isUnchanged = true
            }
            let believed = try await test.engine.preview(request, .dryRun, as: .local)
            #expect(believed.changes == ChangeCounts(unchanged: 3))
            let plan = try await test.engine.preview(request, .verification, as: .local)
            #expect(plan.changed == ["d1.md"] && !plan.matches)
        }
    }

    @Test("what could not be looked at is not called the same")
    func unchecked() async throws {
        try await World.test { test in
            test.sources.put("docs", documents(3))
            try await test.ingested("scripted:docs", to: Self.uri)
            test.sources.edit("docs") {
                $0.documents["d1.md"] = nil
                $0.unchecked = ["d1.md"]
            }
            let plan = try await test.engine.preview(request, .verification, as: .local)
            #expect(plan.changes.isEmpty && plan.unchecked == ["d1.md"] && !plan.matches)
        }
    }

    @Test("of a source that nothing is kept of, nothing can be verified")
    func nothing() async throws {
        try await World.test { test in
            test.sources.put("docs", documents(3))
            for preparation in [false, true] {
                if preparation {
                    test.sources.edit("docs") { $0.failure = .permanent(cause: "source_gone", "gone") }
                    _ = try await test.engine.ingest(request, as: .local)
                }
                let error = await refusal { _ = try await test.engine.preview(request, .verification, as: .local) }
                #expect(error?.code == .failedPrecondition)
                #expect(
                    error?.message == "there is nothing to verify: no content of this source is kept at \(Self.uri)")
            }
        }
    }

    @Test("a look that takes too long ends", arguments: [IngestPreview.dryRun, .verification])
    func tooLong(_ preview: IngestPreview) async throws {
        try await World.test { test in
            test.sources.put("docs", documents(3))
            try await test.ingested("scripted:docs", to: Self.uri)
            let gate = test.sources.close("docs")
            async let error = refusal { _ = try await test.engine.preview(request, preview, as: .local) }
            try await gate.arrived.wait()
            test.world.clock.advance(by: Limits().ingestDuration)
            #expect(await error?.message.contains("it took longer than 60 minutes") == true)
        }
    }

    /// With real folders: what a dry run says is what the run then does.
    @Test("a dry run says what the run then does", arguments: 1...6 as ClosedRange<UInt64>)
    func dryRunIsTheRun(seed: UInt64) async throws {
        try await World.test { test in
            var random = SplitMix64(seed: seed)
            let folder = test.world.folder
            try folder.write("source/first.md", "first\n")
            let request = IngestRequest(path: folder.path("source"), to: Self.uri)
            var held: [String: String] = [:]
            for round in 0..<6 {
                for number in 0..<10 where random.number(0..<3) == 0 {
                    let path = "source/\(number % 3)/d\(number).md"
                    if random.number(0..<3) == 0 {
                        try? folder.remove(path)
                    } else {
                        try folder.write(path, "\(number)" + String(repeating: "x", count: round) + "\n")
                    }
                }
                let before = try test.world.trace()
                let plan = try await test.engine.preview(request, .dryRun, as: .local)
                #expect(try test.world.trace() == before)
                let ended = try await test.ingested(folder.path("source"), to: Self.uri)
                let now = try await test.contents(Self.uri)
                #expect(ended.result?.changes == plan.changes && ended.result?.bytes == plan.bytes)
                #expect(plan.added == now.keys.filter { held[$0] == nil }.sorted())
                #expect(plan.removed == held.keys.filter { now[$0] == nil }.sorted())
                #expect(plan.changed == now.filter { held[$0.key] != nil && held[$0.key] != $0.value }.keys.sorted())
                held = now
                #expect(try await test.engine.preview(request, .verification, as: .local).matches)
            }
        }
    }
}
