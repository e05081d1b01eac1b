// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVEngine
import OVIngest
import OVStore
import OVTestSupport
import OVTestTraits
import Testing

@Suite("Accepting a source", .inTurn, .timeLimit(.minutes(20)))
struct IngestTests {
    @Test(
        "the target follows from `to`, `parent` and the source's name",
        arguments: [
            (nil, nil, "viking://resources/guide"), ("viking://resources/x/y", nil, "viking://resources/x/y"),
            ("viking://resources/x/", nil, "viking://resources/x"),
            ("viking://~/resources/x", nil, "viking://user/default/resources/x"),
            (nil, "viking://resources/p/q", "viking://resources/p/q/guide"),
            (nil, "viking://resources", "viking://resources/guide"),
            (nil, "viking://~/resources/", "viking://user/default/resources/guide"),
        ] as [(String?, String?, String)])
    func targets(to: String?, parent: String?, expected: String) async throws {
        try await World.test { test in
            test.sources.put("guide", ["a.md": "a\n"])
            for outcome in [TaskRecord.Outcome.updated, .unchanged] {
                let receipt = try await test.ingest("scripted:guide", to: to) { $0.parent = parent }
                #expect(receipt.root.text == expected)
                #expect(try await test.end(of: receipt.task).result?.outcome == outcome)
            }
            #expect(try await test.engine.status(as: .local).resources == 1)
        }
    }

    @Test(
        "a request at odds with itself or with the rules is refused, and leaves no trace",
        arguments: [
            (
                IngestRequest(path: "scripted:a", to: "viking://resources/a", parent: "viking://resources"),
                .contradictoryArguments
            ),
            (IngestRequest(path: "scripted:a", to: "viking://resources"), .invalidURI),
            (IngestRequest(path: "scripted:a", to: "viking://"), .invalidURI),
            (IngestRequest(path: "scripted:a", to: "viking://user/default"), .invalidURI),
            (IngestRequest(path: "scripted:a", to: "viking://user/default/resources"), .invalidURI),
            (IngestRequest(path: "scripted:a", to: "http://example.com"), .invalidURI),
            (IngestRequest(path: "scripted:a", to: "viking://resources/../x"), .invalidURI),
            (IngestRequest(path: "scripted:a", parent: "viking://"), .invalidURI),
            (IngestRequest(path: "scripted:a", parent: "viking://user/default"), .invalidURI),
            (IngestRequest(path: "scripted:a", watchInterval: 5), .contradictoryArguments),
            (
                IngestRequest(path: "scripted:a", parent: "viking://resources", watchInterval: 5),
                .contradictoryArguments
            ),
            (IngestRequest(path: "scripted:a", to: "viking://resources/a", watchInterval: -1), .invalidArgument),
            (IngestRequest(path: "scripted:a", to: "viking://resources/a", watchInterval: .nan), .invalidArgument),
            (IngestRequest(path: "scripted:a", to: "viking://resources/a", watchInterval: .infinity), .invalidArgument),
            (IngestRequest(path: "scripted:a", to: "viking://resources/a", watchInterval: 6e6), .invalidArgument),
            (IngestRequest(path: "/no/such/place"), .invalidURI),
            (IngestRequest(path: "gopher://example.com/"), .invalidURI),
            (IngestRequest(path: ""), .invalidURI),
            (IngestRequest(path: "scripted:a", fetcher: "scriptd"), .invalidArgument),
            (IngestRequest(path: "scripted:a", arguments: ["taste": "1"]), .invalidArgument),
            (IngestRequest(path: "scripted:a", include: ["["]), .invalidArgument),
            (IngestRequest(path: "scripted:other", to: "viking://resources/docs"), .conflict),
            (IngestRequest(path: "scripted:other", to: "viking://resources/docs", watchInterval: 5), .conflict),
            (IngestRequest(path: "scripted:docs", to: "viking://resources/docs/inside"), .conflict),
            (IngestRequest(path: "scripted:docs", to: "viking://resources/docs/in/side", watchInterval: 5), .conflict),
            (IngestRequest(path: "scripted:docs", to: "viking://resources/deep"), .conflict),
            (IngestRequest(path: "scripted:docs", to: "viking://resources/deep/er", watchInterval: 5), .conflict),
        ] as [(IngestRequest, OVError.Code)])
    func refused(_ request: IngestRequest, _ code: OVError.Code) async throws {
        try await World.test { test in
            test.sources.put("docs", ["a.md": "a\n"])
            try await test.ingested("scripted:docs", to: "viking://resources/docs", every: 60)
            try await test.ingested("scripted:plain", to: "viking://resources/deep/er/root")
            let before = try test.world.trace()
            let error = await refusal { _ = try await test.engine.ingest(request, as: .local) }
            #expect(error?.code == code)
            if code == .contradictoryArguments, request.watchInterval > 0 {
                #expect(error?.details["suggested_to"] == .string("viking://resources/a"))
                #expect(error?.hint?.contains("viking://resources/a") == true)
            }
            if code == .conflict { #expect(error?.hint != nil) }
            #expect(try test.world.trace() == before)
            let plan = await refusal { _ = try await test.engine.preview(request, .dryRun, as: .local) }
            #expect(plan == error)
            #expect(try test.world.trace() == before)
        }
    }

    @Test("a refused ingest on a home that does not exist does not create it")
    func refusedOnNothing() async throws {
        try await World.test { test in
            _ = await refusal { try await test.ingest("/no/such/place") }
            #expect(throws: (any Error).self) { try test.world.folder.read("home/state.lock") }
        }
    }

    @Test("a second ingest of the same source updates the watch and wakes it")
    func again() async throws {
        try await World.test { test in
            let uri = "viking://resources/docs"
            let first = try await test.ingest("scripted:docs", to: uri, every: 60) { $0.reason = "old" }
            try await test.end(of: first.task)
            try await test.update(uri, WatchPatch(isActive: false))
            // Without an interval it stays as it is.
            try await test.ingested("scripted:docs", to: uri)
            #expect(try await test.watch(uri).state == .paused)
            #expect(try await test.watch(uri).interval.minutes == 60)
            try await test.ingested("scripted:docs", to: uri, every: 5)
            let woken = try await test.watch(uri)
            #expect(woken.id == first.watch?.id)
            #expect(woken.isActive)
            #expect(woken.interval.minutes == 5)
            #expect(woken.reason == "old")
            try await test.ingested("scripted:docs", to: uri, every: 5) { ($0.reason, $0.instruction) = ("new", "do") }
            #expect(try await test.watch(uri).reason == "new")
            #expect(try await test.watch(uri).instruction == "do")
            #expect(try await test.engine.watches(WatchQuery(), as: .local).total == 1)
        }
    }

    @Test("options stay when none are given, and are replaced when some are")
    func options() async throws {
        try await World.test { test in
            let uri = "viking://resources/docs"
            try await test.ingested("scripted:docs", to: uri, every: 60) {
                ($0.include, $0.arguments) = (["*.md"], ["flavour": "sweet"])
            }
            let given = Source.Options(include: ["*.md"], arguments: ["flavour": "sweet"])
            #expect(test.engine.state.watches.values.map(\.source.options) == [given])
            try await test.ingested("scripted:docs", to: uri, every: 5)
            #expect(test.engine.state.watches.values.map(\.source.options) == [given])
            try await test.ingested("scripted:docs", to: uri) { $0.exclude = ["*.txt"] }
            #expect(test.engine.state.watches.values.map(\.source.options) == [Source.Options(exclude: ["*.txt"])])
            #expect(
                try await test.world.openStore().state.resources.values.map(\.source.options) == [
                    Source.Options(exclude: ["*.txt"])
                ])
        }
    }

    @Test("a first ingest that fails leaves its watch with the error, and without a watch nothing")
    func firstFailure() async throws {
        try await World.test { test in
            test.sources.edit("bad") { $0.failure = .transient(cause: "io_error", "no luck") }
            let plain = try await test.ingested("scripted:bad", to: "viking://resources/plain")
            #expect(plain.status == .failed)
            #expect(plain.error?.code == "PROCESSING_ERROR")
            #expect(plain.error?.cause == "io_error")
            for part in ["no luck", "scripted:bad", "scripted"] { #expect(plain.error?.message.contains(part) == true) }
            #expect(try await test.engine.status(as: .local).resources == 0)
            try await test.ingested("scripted:bad", to: "viking://resources/watched", every: 5)
            let watch = try await test.watch("viking://resources/watched")
            #expect(watch.lastStatus == .failed)
            #expect(watch.lastFailure?.message.contains("no luck") == true)
            #expect(watch.lastSuccess == nil)
            #expect(watch.consecutiveFailures == 1)
            #expect(await refusal { _ = try await test.contents("viking://resources/watched") }?.code == .notFound)
            // The address is free for another source, that of the watch is not.
            #expect(try await test.ingested("scripted:good", to: "viking://resources/plain").status == .completed)
            #expect(
                await refusal { try await test.ingest("scripted:good", to: "viking://resources/watched") }?.code
                    == .conflict)
        }
    }

    @Test("an unchanged run makes neither a revision nor a pack")
    func unchanged() async throws {
        try await World.test { test in
            test.sources.put("docs", documents(5))
            let uri = "viking://resources/docs"
            let first = try await test.ingested("scripted:docs", to: uri, every: 60)
            let (packs, sequence) = (try test.world.packs(), try await test.sequence())
            let second = try await test.refreshed(uri)
            #expect(second.result?.outcome == .unchanged)
            #expect(second.result?.changes == ChangeCounts(unchanged: 5))
            #expect(second.result?.revision == first.result?.revision)
            #expect(try test.world.packs() == packs)
            // Asked for, claimed, ended.
            #expect(try await test.sequence() - sequence <= 3)
            let watch = try await test.watch(uri)
            let change = try #require(watch.lastChange)
            #expect(try #require(watch.lastSuccess) > change)
            let entry = try await test.engine.stat(uri + "/d1.md", as: .local)
            #expect(entry.lastChecked == second.finishedAt)
            #expect(try #require(entry.lastChanged) <= change)
        }
    }

    @Test("a plan says what an ingest would do, and does nothing")
    func plan() async throws {
        try await World.test { test in
            test.sources.put("docs", documents(12))
            let uri = "viking://resources/docs"
            let request = IngestRequest(path: "scripted:docs", to: uri)
            let first = try await test.engine.preview(request, .dryRun, as: .local)
            #expect(first.changes == ChangeCounts(added: 12))
            #expect(first.added == documents(12).keys.sorted())
            #expect(throws: (any Error).self) { try test.world.folder.read("home/state.json.gz") }
            try await test.ingested("scripted:docs", to: uri)
            var next = documents(12)
            next["d0.md"] = nil
            next["d1.md"] = "other\n"
            next["new.md"] = "new\n"
            test.sources.put("docs", next)
            let before = try test.world.trace()
            let plan = try await test.engine.preview(request, .dryRun, as: .local)
            #expect((plan.added, plan.changed, plan.removed) == (["new.md"], ["d1.md"], ["d0.md"]))
            #expect(plan.changes == ChangeCounts(added: 1, changed: 1, removed: 1, unchanged: 10))
            #expect(plan.heldReason == nil)
            test.sources.put("docs", documents(3))
            #expect(try await test.engine.preview(request, .dryRun, as: .local).heldReason?.contains("9 of 12") == true)
            test.sources.edit("docs") { $0.failure = .permanent(cause: "source_gone", "gone") }
            #expect(
                await refusal { _ = try await test.engine.preview(request, .dryRun, as: .local) }?.code
                    == .processingError)
            #expect(try test.world.trace() == before)
        }
    }

    @Test("a watch that is made while the first ingest is on its way hears of it")
    func watchDuringIngest() async throws {
        try await World.test { test in
            let gate = test.sources.close("docs")
            let uri = "viking://resources/docs"
            let first = try await test.ingest("scripted:docs", to: uri)
            try await gate.arrived.wait()
            let second = try await test.ingest("scripted:docs", to: uri, every: 60)
            #expect(second.isCoalesced)
            #expect(second.watch?.runningTask == first.task)
            _ = try await test.engine.cancelTask(second.task.description, as: .local)
            gate.opened.set()
            try await test.end(of: first.task)
            #expect(try await test.watch(uri).lastStatus == .completed)
        }
    }

    @Test("a folder that became a file, and the other way round, fails and keeps the content")
    func shape() async throws {
        try await World.test { test in
            test.sources.put("docs", ["a.md": "a\n"])
            let uri = "viking://resources/docs"
            try await test.ingested("scripted:docs", to: uri, every: 60)
            test.sources.edit("docs") { ($0.shape, $0.documents) = (.single, ["": "one\n"]) }
            let task = try await test.refreshed(uri)
            #expect(task.error?.cause == "shape_changed")
            #expect(try await test.contents(uri) == ["a.md": "a\n"])
        }
    }
}
