// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVEngine
import OVStore
import OVTestSupport
import OVTestTraits
import Synchronization
import Testing

@testable import OVClient

/// Whatever is asked of a server is answered as the engine behind it answers, good or bad.
@Suite(.inTurn, .timeLimit(.minutes(5))) struct RemotePlaneTests {
    typealias Operation = @Sendable (any ControlPlane) async throws -> any JSONWritable

    private static let docs = "viking://resources/docs"
    private static let nobody = "00000000-0000-4000-8000-000000000000"

    /// The parts of a document's text that callers see.
    private struct Shown: JSONWritable {
        let text: DocumentText

        init(_ text: DocumentText) { self.text = text }

        func write(to json: inout JSONWriter) {
            json.object { json in
                json.member("uri", text.uri)
                json.member("text", text.text)
                json.member("type", text.mediaType)
                json.member("checked", orNull: text.lastChecked)
                json.member("changed", orNull: text.lastChanged)
                json.member("lines", text.totalLines)
                json.member("shown", ifAny: text.lines.map { "\($0)" })
                json.member("rest", ifAny: text.rest.map { "\($0)" })
                json.member("tokens", ifAny: text.tokens)
                json.member("revision", ifAny: text.revision)
            }
        }
    }

    private struct List: JSONWritable {
        let list: EntryList

        init(_ list: EntryList) { self.list = list }

        func write(to json: inout JSONWriter) {
            json.object { json in
                json.member("entries", list.entries)
                json.member("more", list.hasMore)
            }
        }
    }

    private static let reads: [Operation] = [
        { try await $0.watches(.init(), as: .local) },
        { try await $0.watches(.init(activeOnly: true, limit: 1), as: .local) },
        { try await $0.watches(.init(limit: 0), as: .local) },
        { try await $0.watches(.init(cursor: "nonsense"), as: .local) },
        { try await $0.watch(WatchKey(uri: docs), as: .local) },
        { try await $0.watch(WatchKey(uri: "viking://resources/none & <more>?"), as: .local) },
        { try await $0.watch(WatchKey(uri: "http://example.com"), as: .local) },
        { try await $0.watch(WatchKey(id: nobody), as: .local) },
        { try await $0.watch(WatchKey(id: "../tasks"), as: .local) },
        { try await $0.watch(WatchKey(id: ""), as: .local) },
        { try await $0.watch(WatchKey(), as: .local) },
        { try await $0.watch(WatchKey(id: nobody, uri: docs), as: .local) },
        { try await $0.tasks(.init(), as: .local) },
        { try await $0.tasks(.init(kind: "add_resource", status: "completed", resource: docs, limit: 1), as: .local) },
        { try await $0.tasks(.init(watch: nobody), as: .local) },
        { try await $0.tasks(.init(limit: 201), as: .local) },
        { try await $0.task(nobody, as: .local) },
        { try await $0.task("", as: .local) },
        { List(try await $0.entries(of: "viking://", .init(), as: .local)) },
        { List(try await $0.entries(of: docs, .init(recursive: true, nodeLimit: 2, abstracts: true), as: .local)) },
        { List(try await $0.entries(of: docs, .init(recursive: true, levelLimit: 1), as: .local)) },
        { List(try await $0.entries(of: "viking://resources/nothing", .init(), as: .local)) },
        { try await $0.stat("\(docs)/guide.md", as: .local) },
        { try await $0.stat(docs, as: .local) },
        { try await $0.stat("viking://resources/../x", as: .local) },
        { Shown(try await $0.read("\(docs)/guide.md", .all, as: .local)) },
        { Shown(try await $0.read("\(docs)/sub/note.txt", LineRange(offset: 1, limit: 1), as: .local)) },
        { Shown(try await $0.read("\(docs)/sub/note.txt", LineRange(offset: 0, limit: -1), as: .local)) },
        { Shown(try await $0.read("\(docs)/sub/note.txt", LineRange(offset: -1, limit: nil), as: .local)) },
        { Shown(try await $0.read(docs, .all, as: .local)) },
        { Shown(try await $0.read("\(docs)/guide.md", DocumentPart(section: "Guide", revision: "r1"), as: .local)) },
        { Shown(try await $0.read("\(docs)/guide.md", DocumentPart(maximumTokens: 1), as: .local)) },
        { Shown(try await $0.read("\(docs)/guide.md", DocumentPart(maximumTokens: 0), as: .local)) },
        { Shown(try await $0.read("\(docs)/guide.md", DocumentPart(section: "a & b"), as: .local)) },
        { try await $0.history(of: docs, as: .local) },
        { try await $0.history(of: "\(docs)/guide.md", as: .local) },
        { try await $0.history(of: "\(docs)/none", as: .local) },
        { try await $0.diff(DiffQuery(uri: docs), as: .local) },
        { try await $0.diff(DiffQuery(uri: docs, to: "1", format: .unified), as: .local) },
        { try await $0.diff(DiffQuery(uri: docs, to: "latest", format: .sections), as: .local) },
        { try await $0.diff(DiffQuery(uri: docs, from: "r9-x y"), as: .local) },
        { try await $0.revert(docs, to: "latest", as: .local) },
        { try await $0.revert(docs, to: "nonsense", as: .local) },
        { try await $0.changes(ChangeQuery(since: "nonsense"), as: .local) },
        { try await $0.changes(ChangeQuery(reader: ""), as: .local) },
        { try await $0.keepPlace(ReaderPlace(reader: "bot", uri: nil, cursor: "nonsense"), as: .local) },
        { Shown(try await $0.abstract(of: "\(docs)/guide.md", as: .local)) },
        { Shown(try await $0.overview(of: docs, as: .local)) },
        { try await $0.download("\(docs)/guide.md", as: .local).digest },
        { String(decoding: try await $0.download("\(docs)/guide.md", as: .local).bytes, as: UTF8.self) },
        { try await $0.download("\(docs)/guide.md", as: .local).uri },
        { try await $0.download("\(docs)/nothing", as: .local).digest },
        { try await $0.health() },
    ]

    /// Lines of documents, as one value.
    private static func lines(
        _ plane: any ControlPlane, _ pattern: String, _ adjust: (inout GrepQuery) -> Void = { _ in }
    )
        async throws -> GrepResult
    {
        var query = GrepQuery(pattern: pattern, uri: docs)
        adjust(&query)
        let files = Mutex<[GrepFile]>([])
        let summary = try await plane.grep(query, as: .local) { file in files.withLock { $0.append(file) } }
        return GrepResult(files: files.withLock { $0 }, summary: summary)
    }

    private static let searches: [Operation] = [
        { try await $0.find(.init(text: "guide note"), as: .local) },
        { try await $0.find(.init(text: "guid", targets: [docs], limit: 1), as: .local) },
        { try await $0.find(.init(text: "note path:sub", targets: ["\(docs)/sub"]), as: .local) },
        { try await $0.find(.init(text: "note type:pdf"), as: .local) },
        { try await $0.find(.init(text: "-note"), as: .local) },
        { try await $0.find(.init(text: "x", limit: 0), as: .local) },
        { try await $0.find(.init(text: "x", targets: ["viking://resources/nothing"]), as: .local) },
        { try await lines($0, "e") },
        { try await lines($0, "E") { ($0.ignoresCase, $0.before, $0.after) = (true, 1, 2) } },
        { try await lines($0, "e") { ($0.isInverted, $0.limit) = (true, 2) } },
        { try await lines($0, "o.e") { ($0.isFixed, $0.wholeWords) = (true, true) } },
        { try await lines($0, "e") { ($0.countsOnly, $0.include) = (true, ["*.md"]) } },
        { try await lines($0, "e") { ($0.exclude, $0.levelLimit, $0.perDocument) = (["*.txt"], 1, 1) } },
        { try await lines($0, "e") { $0.excludedURI = docs + "/sub" } },
        { try await lines($0, "a(?=b)") },
        { try await lines($0, "e") { $0.uri = "viking://resources/nothing" } },
        { try await lines($0, "e") { $0.before = -1 } },
        { try await $0.glob("**/*.txt", in: docs, limit: nil, as: .local) },
        { try await $0.glob("*", in: "viking://", limit: 1, as: .local) },
        { try await $0.glob("[", in: docs, limit: nil, as: .local) },
    ]

    /// What changes nothing, because it is refused.
    private static let refusals: [Operation] = [
        { try await $0.updateWatch(WatchKey(uri: docs), .init(interval: -1), as: .local) },
        { try await $0.updateWatch(WatchKey(uri: docs), .init(interval: .nan), as: .local) },
        { try await $0.updateWatch(WatchKey(uri: docs), .init(interval: .infinity), as: .local) },
        {
            let note = String(repeating: "x", count: 9000)
            return try await $0.updateWatch(WatchKey(uri: docs), .init(reason: note), as: .local)
        },
        { try await $0.updateWatch(WatchKey(id: nobody), .init(isActive: true), as: .local) },
        { try await $0.deleteWatch(WatchKey(id: nobody), as: .local) },
        { try await $0.triggerWatch(WatchKey(uri: "\(docs)/sub"), acceptingDeletionsOf: nil, as: .local) },
        { try await $0.triggerWatch(WatchKey(uri: docs), acceptingDeletionsOf: TaskID(high: 1, low: 2), as: .local) },
        { try await $0.cancelTask(nobody, as: .local) },
        { try await $0.cancelTask("trigger", as: .local) },
        { try await $0.remove("\(docs)/guide.md", recursively: false, as: .local) },
        { try await $0.remove("viking://resources", recursively: false, as: .local) },
        { try await $0.remove("viking://resources/nothing", recursively: true, as: .local) },
        { try await $0.preview(.init(path: "https://example.com/", to: docs), .dryRun, as: .local) },
        { try await $0.preview(.init(path: "https://example.com/"), .verification, as: .local) },
    ]

    @Test(arguments: ClientWorld.Place.allCases)
    func `reading is answered as in process`(place: ClientWorld.Place) async throws {
        try await ClientWorld.test(place) { world in
            try await world.ingestDocs()
            for (number, operation) in (Self.reads + Self.searches).enumerated() {
                let (near, far) = (
                    await outcome { try await operation(world.engine) },
                    await outcome {
                        try await operation(world.remote)
                    }
                )
                #expect(near == far, "operation \(number)")
            }
        }
    }

    @Test(arguments: ClientWorld.Place.allCases)
    func `what is refused is refused in the same words`(place: ClientWorld.Place) async throws {
        try await ClientWorld.test(place) { world in
            try await world.ingestDocs()
            let before = world.engine.state.sequence
            for (number, operation) in Self.refusals.enumerated() {
                let (near, far) = (
                    await outcome { try await operation(world.engine) },
                    await outcome {
                        try await operation(world.remote)
                    }
                )
                #expect(near == far, "operation \(number)")
            }
            #expect(world.engine.state.sequence == before)
        }
    }

    @Test(arguments: ClientWorld.Place.allCases)
    func `what is changed is changed in the store`(place: ClientWorld.Place) async throws {
        try await ClientWorld.test(place) { world in
            let receipt = try await world.ingestDocs()
            let key = WatchKey(uri: Self.docs)
            #expect(receipt.watch?.interval.minutes == 30 && receipt.watch?.reason == "to read" && !receipt.isCoalesced)
            let patch = WatchPatch(interval: 5, isActive: false, reason: "x", instruction: "y")
            let updated = try await world.remote.updateWatch(key, patch, as: .local)
            #expect(updated == (try await world.engine.watch(key, as: .local)))
            #expect(updated.interval.minutes == 5 && updated.status == "paused" && updated.instruction == "y")

            let trigger = try await world.remote.triggerWatch(key, acceptingDeletionsOf: nil, as: .local)
            var last: TaskView?
            for try await view in try await world.remote.updates(ofTask: trigger.run.description, as: .local) {
                last = view
            }
            #expect(last == (try await world.engine.task(trigger.run.description, as: .local)))
            #expect(last?.status == .completed && last?.result?.outcome == .unchanged)
            let late = await outcome { try await world.remote.cancelTask(trigger.run.description, as: .local) }
            #expect(late == (await outcome { try await world.engine.cancelTask(trigger.run.description, as: .local) }))

            #expect(try await world.remote.triggerDueWatches(atMost: 4, as: .local).started.isEmpty)
            let removal = try await world.remote.remove(Self.docs, recursively: false, as: .local)
            #expect(removal.documents == 2 && removal.suspendedWatches == [trigger.watch])
            #expect(try await world.remote.deleteWatch(key, as: .local).id == trigger.watch)
            #expect(world.engine.state.watches.count == 0 && world.engine.state.resources.count == 0)
        }
    }

    @Test func `what is due starts at the server, and is said to be running after that`() async throws {
        try await ClientWorld.test(.network) { world in
            try await world.ingestDocs()
            let key = WatchKey(uri: Self.docs)
            _ = try await world.remote.updateWatch(key, .init(interval: 0.001), as: .local)
            var started: [TriggerReceipt] = []
            while started.isEmpty {
                started = try await world.remote.triggerDueWatches(atMost: 4, as: .local).started
                try await SystemClock().sleep(for: Milliseconds(20))
            }
            #expect(started.map(\.uri.text) == [Self.docs])
            for try await _ in try await world.remote.updates(ofTask: started[0].run.description, as: .local) {}
            _ = try await world.remote.updateWatch(key, .init(isActive: false), as: .local)
        }
    }

    @Test func `relative paths and the home mean the caller's, over the socket only`() async throws {
        try await ClientWorld.test(.socket) { world in
            try world.folder.write("allowed/docs/a.md", "# A\n")
            for (path, home) in [("docs", nil), ("./docs/../docs", nil), ("~/docs", world.folder.path("allowed"))] {
                let request = IngestRequest(
                    path: path, workingDirectory: world.folder.path("allowed"), homeDirectory: home)
                let plan = try await world.remote.preview(request, .dryRun, as: .local)
                #expect(plan.sourcePath == world.folder.path("allowed/docs"))
                #expect(plan == (try await world.engine.preview(request, .dryRun, as: .local)))
            }
        }
    }

    @Test func `a file of this machine is uploaded to a server that cannot see it`() async throws {
        try await ClientWorld.test(.network) { world in
            try world.folder.write("mine/note \"1\".md", "# Mine\n")
            let request = IngestRequest(path: "note \"1\".md", workingDirectory: world.folder.path("mine"))
            let receipt = try await world.remote.ingest(request, as: .local)
            for try await _ in try await world.remote.updates(ofTask: receipt.task.description, as: .local) {}
            #expect(try await world.engine.read(receipt.root.text, .all, as: .local).text == "# Mine\n")
            #expect(receipt.root.name.contains("note"))
        }
    }

    @Test func `what is uploaded cannot be watched, and nothing is sent`() async throws {
        try await ClientWorld.test(.network) { world in
            try world.folder.write("mine/note.md", "# Mine\n")
            let request = IngestRequest(
                path: world.folder.path("mine/note.md"), to: "viking://resources/note.md", watchInterval: 5)
            let error = await #expect(throws: OVError.self) { try await world.remote.ingest(request, as: .local) }
            #expect(error?.code == .contradictoryArguments && error?.hint?.contains("file://") == true)
            #expect(world.engine.state.sequence == 0)
        }
    }

    @Test(arguments: ClientWorld.Place.allCases)
    func `a reader that is cancelled learns that it was`(place: ClientWorld.Place) async throws {
        try await ClientWorld.test(place) { world in
            let receipt = try await world.ingestDocs()
            for plane in [world.engine as any ControlPlane, world.remote] {
                let updates = try await plane.updates(ofTask: receipt.task.description, as: .local)
                let wasTold = await withTaskGroup(of: Bool.self) { group in
                    group.cancelAll()
                    group.addTask {
                        do {
                            for try await _ in updates {}
                            return false
                        } catch { return error is CancellationError }
                    }
                    return await group.next() ?? false
                }
                #expect(wasTold)
            }
        }
    }

    @Test func `names to act for are sent along`() async throws {
        try await ClientWorld.test(.socket, as: .init(account: "acme", user: "ann")) { world in
            let receipt = try await world.ingestDocs()
            #expect(receipt.watch?.owner == Owner(account: "acme", user: "ann"))
        }
    }
}
