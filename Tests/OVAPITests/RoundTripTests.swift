// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestTraits
import Testing

@testable import OVAPI

/// What is written can be read, and is then written the same.
@Suite(.inTurn) struct RoundTripTests {
    private static let id = TaskID(high: 0x7f02_e980_8df9_4f27, low: 0xa570_4d84_28cb_ed8a)
    private static let at = Timestamp("2026-08-22T09:30:00.123Z") ?? .earliest
    private static let uri = VikingURI(canonical: "viking://resources/ü \"guide\".md") ?? .root
    private static let counts = ChangeCounts(added: 1, changed: 2, removed: 3, unchanged: 4)

    private func check<Value: JSONReadable & JSONWritable & Equatable>(
        _ value: Value, at location: SourceLocation = #_sourceLocation
    ) throws {
        let text = JSONWriter.text(of: value)
        let back = try Value(parsing: Array(text.utf8))
        #expect(back == value, sourceLocation: location)
        #expect(JSONWriter.text(of: back) == text, sourceLocation: location)
        // What a newer server says beside is passed over.
        if text.hasPrefix("{") {
            let more = #"{"news":[{"a":null}],"# + text.dropFirst()
            #expect(try Value(parsing: Array((text == "{}" ? text : more).utf8)) == value, sourceLocation: location)
        }
    }

    private static func watches() throws -> [WatchView] {
        func view(running: TaskID? = nil, revision: String? = nil, _ change: (inout WatchTask) -> Void) throws
            -> WatchView
        {
            var watch = WatchTask(
                id: id, owner: Owner(account: "acme", user: "ann"), role: .user, uri: uri,
                source: Source(
                    fetcher: "url", location: "https://example.com/\u{1F600}?q=\"",
                    options: .init(include: ["*.md"], arguments: ["auth": "env:X"])),
                interval: try Interval(minutes: 0.3), reason: "r\n", instruction: "", createdAt: at)
            change(&watch)
            return WatchView(watch: watch, runningTask: running, revision: revision)
        }
        return [
            try view { _ in }, try view(running: id, revision: "r3-9f2c4e1a") { $0.pause() },
            try view { watch in
                watch.suspend(reason: "it is gone")
                (watch.lastEnd, watch.lastTask, watch.lastStatus) = (at, id, .failed)
                (watch.lastSuccess, watch.lastChange, watch.consecutiveFailures) = (at, at, 3)
                watch.lastFailure = WatchTask.Failure(code: "PROCESSING_ERROR", message: "gone", at: at)
                (watch.skippedCount, watch.lastSkip) = (4, WatchTask.Skip(at: at, cause: .overload))
            },
        ]
    }

    private static let tasks: [TaskView] = {
        var plain = TaskRecord(
            id: id, kind: .addResource, owner: Owner(account: "a", user: "b"), uri: uri, watch: nil, trigger: .create,
            createdAt: at)
        let first = TaskView(task: plain)
        plain.status = .failed
        plain.stage = .publishing
        (plain.startedAt, plain.finishedAt, plain.updatedAt) = (at, at, at)
        plain.progress = .init(documents: 2, bytes: 1 << 40, totalDocuments: 5)
        plain.result = .init(outcome: .held, revision: nil, changes: counts, bytes: 5, warnings: ["w", ""])
        plain.error = .init(code: "MASS_DELETION_HELD", message: "m", hint: "h", cause: "held")
        var refresh = TaskRecord(
            id: id, kind: .watchRefresh, owner: Owner(account: "a", user: "b"), uri: uri, watch: id, trigger: .catchUp,
            scheduledFor: at, createdAt: at)
        refresh.result = .init(outcome: .updated, revision: "r1", changes: counts, bytes: 0)
        refresh.error = .init(code: "INTERNAL", message: "m")
        return [first, TaskView(task: plain), TaskView(task: refresh)]
    }()

    @Test func watches() throws {
        for view in try Self.watches() { try check(view) }
        try check(WatchPage(watches: try Self.watches(), total: 9, nextCursor: "c"))
        try check(WatchPage(watches: [], total: 0, nextCursor: nil))
        try check(DeletedWatch(id: Self.id, uri: Self.uri))
        let receipt = TriggerReceipt(watch: Self.id, uri: Self.uri, run: Self.id, isCoalesced: true)
        try check(receipt)
        try check(DueReceipt(started: [receipt], running: [Self.uri]))
    }

    @Test func executions() throws {
        for view in Self.tasks { try check(view) }
        try check(TaskPage(tasks: Self.tasks, nextCursor: nil))
        try check(TaskPage(tasks: [], nextCursor: "c"))
    }

    @Test func ingests() throws {
        for watch in [nil, try Self.watches().last] {
            let receipt = IngestReceipt(
                root: Self.uri, task: Self.id, sourcePath: "/a b", watch: watch, isCoalesced: watch != nil)
            for result in [nil, Self.tasks[1].result] {
                var json = JSONWriter()
                receipt.write(to: &json, result: result)
                #expect(try IngestReceipt(parsing: json.bytes) == receipt)
            }
        }
        for held in [nil, "it would remove 3 of 4"] {
            try check(
                IngestPlan(
                    root: Self.uri, sourcePath: "/a", changes: ChangeCounts(added: 2, changed: 1, unchanged: 7),
                    added: ["a", "b"], changed: ["c"], removed: [], bytes: 12, warnings: ["w"], heldReason: held,
                    unchecked: held == nil ? [] : ["d"], preview: held == nil ? .dryRun : .verification))
        }
    }

    @Test func reading() throws {
        for (type, time) in [(nil, nil), ("text/markdown", Self.at)] as [(String?, Timestamp?)] {
            try check(
                Entry(
                    uri: Self.uri, name: "guide.md", size: 12, isFolder: type == nil, documents: 1, lastChanged: time,
                    lastChecked: time, relativePath: "a/guide.md", mediaType: type, abstract: "A."))
        }
        try check(RemovalReceipt(uri: .root, removed: [Self.uri], documents: 3, suspendedWatches: [Self.id]))
        try check(
            ChangePage(
                items: [
                    DocumentChange(
                        uri: Self.uri, kind: .changed, revision: "r2", at: Self.at, title: "T",
                        sections: [SectionChange(headingPath: ["A", "B"], kind: .moved, lines: 3)]),
                    DocumentChange(uri: Self.uri, kind: .removed, revision: nil, at: Self.at),
                ], nextCursor: "c", hasMore: true))
    }

    @Test func reports() throws {
        var report = StatusReport(home: "/srv/ov", version: "1")
        try check(report)
        (report.resources, report.documents, report.documentBytes) = (1, 2, 3)
        (report.activeWatches, report.pausedWatches, report.suspendedWatches) = (4, 5, 6)
        (report.failingWatches, report.dueWatches, report.pendingTasks, report.runningTasks) = (7, 8, 9, 10)
        (report.nextRun, report.stateBytes, report.packBytes, report.packs) = (Self.at, 11, 12, 13)
        (report.sequence, report.generation, report.scheduler, report.daemon) = (14, 15, "s", "d")
        try check(report)
        try check(HealthReport(isHealthy: false, version: "1", problems: ["p"]))
    }

    @Test func events() throws {
        let revision = PublishedRevision(
            uri: Self.uri, revision: "r1", number: 1, at: Self.at, task: Self.id,
            changes: ChangeCounts(added: 1, changed: 2, removed: 3))
        let kinds: [Event.Kind] = [
            .began, .gap, .watch(try Self.watches()[2]), .task(Self.tasks[1]), .revision(revision),
            .watchRemoved(id: Self.id, uri: Self.uri), .resourceRemoved(Self.uri),
        ]
        for kind in kinds {
            var json = JSONReader(Array(JSONWriter.text(of: kind).utf8))
            #expect(try Event.Kind(named: kind.name, from: &json) == kind)
        }
        var json = JSONReader(Array("{}".utf8))
        #expect(try Event.Kind(named: "something new", from: &json) == nil)
    }

    @Test func errors() throws {
        for code in OVError.Code.allCases {
            let error = OVError(code, "m", hint: code == .internal ? nil : "h", details: ["a": .array([.null])])
            let json = try JSONValue(parsing: Array(JSONWriter.text(of: error).utf8))
            #expect(OVError(json: json, isContradiction: code == .contradictoryArguments) == error)
        }
        for text in ["{}", "null", #"{"code":"X","message":"m"}"#, #"{"code":"INTERNAL"}"#] {
            #expect(OVError(json: try JSONValue(parsing: Array(text.utf8)), isContradiction: false) == nil)
        }
    }

    @Test(arguments: ["status", "task_id", "watch_interval", "skipped_count", "to_uri", "created_at"])
    func `what must be there is missed`(name: String) throws {
        let text = JSONWriter.text(of: try Self.watches()[0])
        guard case .object(let members) = try JSONValue(parsing: Array(text.utf8)) else { return }
        let less = JSONWriter.text(of: JSONValue.object(members.filter { $0.name != name }))
        #expect(throws: JSONError.self) { try WatchView(parsing: Array(less.utf8)) }
    }
}
