// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVTestTraits
import Testing

/// The answers, compared with the field lists of the contract (§1 to §3): names, order, and what is null.
@Suite("The shape of answers", .inTurn)
struct AnswerTests {
    private static let id = TaskID(high: 0x7f02_e980_8df9_4f27, low: 0xa570_4d84_28cb_ed8a)
    private static let at = Timestamp("2026-08-22T09:30:00.000Z") ?? .earliest
    private static let uri = VikingURI(canonical: "viking://resources/guide.md") ?? .root

    private static func watch(_ change: (inout WatchTask) -> Void = { _ in }) throws -> WatchTask {
        var watch = WatchTask(
            id: id, owner: Owner(account: "default", user: "default"), role: .user, uri: uri,
            source: Source(fetcher: "url", location: "https://example.com/guide.md"),
            interval: try Interval(minutes: 30), createdAt: at)
        change(&watch)
        return watch
    }

    private static func task(_ change: (inout TaskRecord) -> Void = { _ in }) -> TaskRecord {
        var task = TaskRecord(
            id: id, kind: .addResource, owner: Owner(account: "default", user: "default"), uri: uri, watch: nil,
            trigger: .create, createdAt: at)
        change(&task)
        return task
    }

    private static func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    private static func names(_ text: String) throws -> [String] {
        guard case .object(let members) = try Self.parse(text) else { return [] }
        return members.map(\.name)
    }

    @Test("a new watch task is the contract's example")
    func newWatch() throws {
        let view = WatchView(watch: try Self.watch(), runningTask: nil, revision: nil)
        let expected =
            #"{"task_id":"7f02e980-8df9-4f27-a570-4d8428cbed8a","path":"https://example.com/guide.md","#
            + #""to_uri":"viking://resources/guide.md","parent_uri":"viking://resources","reason":"","instruction":"","#
            + #""watch_interval":30.0,"is_active":true,"created_at":"2026-08-22T09:30:00.000Z","#
            + #""last_execution_time":null,"next_execution_time":"2026-08-22T10:00:00.000Z","account_id":"default","#
            + #""user_id":"default","original_role":"user","status":"active","source_type":"url","last_status":null,"#
            + #""last_task_id":null,"running_task_id":null,"last_success_time":null,"last_change_time":null,"#
            + #""consecutive_failures":0,"last_error":null,"last_error_code":null,"last_error_at":null,"#
            + #""suspended_reason":null,"skipped_count":0,"last_skip":null,"revision":null}"#
        #expect(JSONWriter.text(of: view) == expected)
    }

    @Test("a watch task with a life behind it has the same fields, filled")
    func oldWatch() throws {
        let watch = try Self.watch { watch in
            watch.suspend(reason: "failed 3 times in a row: it is gone")
            (watch.lastEnd, watch.lastTask, watch.lastStatus) = (Self.at, Self.id, .failed)
            (watch.lastSuccess, watch.lastChange, watch.consecutiveFailures) = (Self.at, Self.at, 3)
            watch.lastFailure = WatchTask.Failure(code: "PROCESSING_ERROR", message: "it is gone", at: Self.at)
            (watch.skippedCount, watch.lastSkip) = (4, WatchTask.Skip(at: Self.at, cause: .missed))
        }
        let text = JSONWriter.text(of: WatchView(watch: watch, runningTask: Self.id, revision: "r3-9f2c4e1a"))
        let json = try Self.parse(text)
        let blank = JSONWriter.text(of: WatchView(watch: try Self.watch(), runningTask: nil, revision: nil))
        #expect(try Self.names(text) == Self.names(blank))
        let time = JSONValue.string(Self.at.description)
        let expected: [(String, JSONValue)] = [
            ("is_active", .bool(false)), ("next_execution_time", .null), ("status", .string("suspended")),
            ("suspended_reason", .string("failed 3 times in a row: it is gone")), ("last_execution_time", time),
            ("last_status", .string("failed")), ("last_task_id", .string(Self.id.description)),
            ("running_task_id", .string(Self.id.description)), ("last_success_time", time), ("last_change_time", time),
            ("consecutive_failures", .integer(3)), ("last_error", .string("it is gone")),
            ("last_error_code", .string("PROCESSING_ERROR")), ("last_error_at", time), ("skipped_count", .integer(4)),
            ("last_skip", .object([("at", time), ("cause", .string("missed"))])), ("revision", .string("r3-9f2c4e1a")),
        ]
        for (name, value) in expected { #expect(json[name] == value, "\(name)") }
        let paused = WatchView(watch: try Self.watch { $0.pause() }, runningTask: nil, revision: nil)
        #expect(paused.status == "paused")
    }

    @Test("a page of watches has a cursor only when there is more")
    func watchPage() throws {
        let view = WatchView(watch: try Self.watch(), runningTask: nil, revision: nil)
        let object = JSONWriter.text(of: view)
        #expect(
            JSONWriter.text(of: WatchPage(watches: [view], total: 1, nextCursor: nil))
                == #"{"tasks":[\#(object)],"total":1}"#)
        #expect(
            JSONWriter.text(of: WatchPage(watches: [], total: 7, nextCursor: "w3"))
                == #"{"tasks":[],"total":7,"next_cursor":"w3"}"#)
    }

    @Test("deleting and triggering answer with id and address")
    func receipts() {
        #expect(
            JSONWriter.text(of: DeletedWatch(id: Self.id, uri: Self.uri))
                == #"{"task_id":"\#(Self.id)","to_uri":"viking://resources/guide.md","deleted":true}"#)
        let run = TaskID(high: 1, low: 2)
        #expect(
            JSONWriter.text(of: TriggerReceipt(watch: Self.id, uri: Self.uri, run: run, isCoalesced: false))
                == #"{"task_id":"\#(Self.id)","to_uri":"viking://resources/guide.md","scheduled":true,"#
                + #""run_id":"\#(run)","coalesced":false}"#)
    }

    @Test("an execution has every field, with times in seconds where the contract says so")
    func tasks() {
        #expect(
            JSONWriter.text(of: TaskView(task: Self.task()))
                == #"{"task_id":"\#(Self.id)","task_type":"add_resource","status":"pending","stage":"queued","#
                + #""progress":{"documents":0,"bytes":0},"resource_id":"viking://resources/guide.md","watch_id":null,"#
                + #""trigger":"create","scheduled_for":null,"created_at":1787391000.0,"updated_at":1787391000.0,"#
                + #""started_at":null,"finished_at":null,"result":null,"error":null}"#)
    }

    @Test("an execution that has ended carries its result, and one that failed its error")
    func endedTasks() throws {
        let view = TaskView(
            task: Self.task { task in
                task.status = .failed
                (task.startedAt, task.finishedAt) = (Self.at, Self.at)
                task.progress = TaskRecord.Progress(documents: 2, bytes: 9, totalDocuments: 5)
                task.result = TaskRecord.Result(
                    outcome: .held, revision: nil,
                    changes: ChangeCounts(added: 1, changed: 2, removed: 3, unchanged: 4),
                    bytes: 5, warnings: ["w"])
                task.error = TaskRecord.Failure(code: "MASS_DELETION_HELD", message: "m", hint: "h", cause: "held")
            })
        let json = try Self.parse(JSONWriter.text(of: view))
        #expect(
            json["result"].map(Self.text)
                == #"{"outcome":"held","revision":null,"added":1,"changed":2,"removed":3,"unchanged":4,"bytes":5,"warnings":["w"]}"#
        )
        #expect(
            json["error"].map(Self.text) == #"{"code":"MASS_DELETION_HELD","message":"m","hint":"h","cause":"held"}"#)
        #expect(json["progress"].map(Self.text) == #"{"documents":2,"bytes":9,"total_documents":5}"#)
    }

    private static func text(_ value: JSONValue) -> String { JSONWriter.text(of: value) }

    @Test("the kinds, states, stages, triggers and outcomes are spelled as in the contract")
    func words() {
        #expect(TaskRecord.Kind.allCases.map(\.rawValue) == ["add_resource", "watch_refresh", "revert"])
        #expect(
            TaskRecord.Status.allCases.map(\.rawValue)
                == ["pending", "running", "cancelling", "completed", "failed", "cancelled"])
        let triggers: [TaskRecord.Trigger] = [.create, .schedule, .manual, .catchUp, .retry]
        #expect(triggers.map(\.rawValue) == ["create", "schedule", "manual", "catch_up", "retry"])
        let stages: [TaskRecord.Stage] = [.queued, .fetching, .converting, .publishing]
        #expect(stages.map(\.rawValue) == ["queued", "fetching", "converting", "publishing"])
        let outcomes: [TaskRecord.Outcome] = [.updated, .unchanged, .held]
        #expect(outcomes.map(\.rawValue) == ["updated", "unchanged", "held"])
    }

    @Test("an ingest is accepted, and once it has ended a success with its counts")
    func ingests() throws {
        let receipt = IngestReceipt(
            root: Self.uri, task: Self.id, sourcePath: "/srv/guide.md", watch: nil, isCoalesced: false)
        var accepted = JSONWriter()
        receipt.write(to: &accepted, result: nil)
        let start =
            #""root_uri":"viking://resources/guide.md","task_id":"\#(Self.id)","source_path":"/srv/guide.md","watch":null,"coalesced":false"#
        #expect(String(decoding: accepted.bytes, as: UTF8.self) == #"{"status":"accepted",\#(start)}"#)
        let result = TaskRecord.Result(
            outcome: .updated, revision: "r1-0", changes: ChangeCounts(added: 1, unchanged: 2), bytes: 3)
        var success = JSONWriter()
        receipt.write(to: &success, result: result)
        #expect(
            String(decoding: success.bytes, as: UTF8.self)
                == #"{"status":"success",\#(start),"outcome":"updated","added":1,"changed":0,"removed":0,"unchanged":2,"#
                + #""bytes":3,"revision":"r1-0","warnings":[]}"#)
        let view = WatchView(watch: try Self.watch(), runningTask: nil, revision: nil)
        var watched = JSONWriter()
        IngestReceipt(root: Self.uri, task: Self.id, sourcePath: "", watch: view, isCoalesced: false)
            .write(to: &watched, result: nil)
        #expect(
            try Self.parse(String(decoding: watched.bytes, as: UTF8.self))["watch"]?["task_id"]
                == .string(Self.id.description))
    }

    @Test("an entry has the fields that clients of the API know, and more behind them")
    func entries() {
        let entry = Entry(
            uri: Self.uri, name: "guide.md", size: 12, isFolder: false, documents: 1, lastChanged: Self.at,
            lastChecked: nil, relativePath: "guide.md", mediaType: "text/markdown", abstract: "A guide.")
        #expect(
            JSONWriter.text(of: entry)
                == #"{"uri":"viking://resources/guide.md","name":"guide.md","size":12,"isDir":false,"#
                + #""modTime":"2026-08-22T09:30:00.000Z","rel_path":"guide.md","abstract":"A guide.","documents":1,"#
                + #""media_type":"text/markdown","last_checked":null,"last_changed":"2026-08-22T09:30:00.000Z"}"#)
        let folder = Entry(
            uri: .resources, name: "resources", size: 0, isFolder: true, documents: 0, lastChanged: nil,
            lastChecked: nil, relativePath: "", mediaType: nil)
        #expect(
            JSONWriter.text(of: folder)
                == #"{"uri":"viking://resources","name":"resources","size":0,"isDir":true,"modTime":null,"rel_path":"","#
                + #""abstract":"","documents":0,"media_type":null,"last_checked":null,"last_changed":null}"#)
    }

    @Test("an error has code, message and details, and a hint where there is one")
    func errors() {
        #expect(
            JSONWriter.text(of: OVError(.notFound, "no")) == #"{"code":"NOT_FOUND","message":"no","details":{}}"#)
        let full = OVError(.conflict, "no", hint: "yes", details: ["b": .integer(1), "a": .string("x")])
        #expect(
            JSONWriter.text(of: full)
                == #"{"code":"CONFLICT","message":"no","details":{"a":"x","b":1},"hint":"yes"}"#)
        let field = OVError.invalidField(["body", "watch_interval"], "too small", type: "greater_than")
        #expect(
            JSONWriter.text(of: field)
                == #"{"code":"INVALID_ARGUMENT","message":"too small","details":{"validation_errors":"#
                + #"[{"loc":["body","watch_interval"],"message":"too small","type":"greater_than"}]}}"#)
        // Contradictions have the same name and another status.
        #expect(OVError.Code.contradictoryArguments.name == "INVALID_ARGUMENT")
    }

    @Test("a removal says what went and what was suspended")
    func removals() {
        let receipt = RemovalReceipt(uri: .resources, removed: [Self.uri], documents: 3, suspendedWatches: [Self.id])
        #expect(
            JSONWriter.text(of: receipt)
                == #"{"uri":"viking://resources","removed":["viking://resources/guide.md"],"documents":3,"#
                + #""suspended_watches":["\#(Self.id)"]}"#)
    }
}
