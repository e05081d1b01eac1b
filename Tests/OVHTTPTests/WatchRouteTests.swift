// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVAPI
import OVCore
import OVEngine
import OVTestTraits
import Testing

@testable import OVHTTP

@Suite(.inTurn) struct WatchRouteTests {
    /// The members of a watch task, in the order of the contract.
    private static let members = [
        "task_id", "path", "to_uri", "parent_uri", "reason", "instruction", "watch_interval", "is_active",
        "created_at", "last_execution_time", "next_execution_time", "account_id", "user_id", "original_role",
        "status", "source_type", "last_status", "last_task_id", "running_task_id", "last_success_time",
        "last_change_time", "consecutive_failures", "last_error", "last_error_code", "last_error_at",
        "suspended_reason", "skipped_count", "last_skip", "revision",
    ]

    @Test func `every spelling of a key finds the same watch task`() async throws {
        try await RestWorld.test { world in
            let id = try await world.ingestDocs()
            let uri = "viking://resources/docs"
            let whole = try await world.get("/api/v1/watches/\(id)")
            guard case .object(let members)? = whole.result else { throw TestFailure() }
            #expect(members.map(\.name) == Self.members)
            for target in [
                "/api/v1/watches/\(id)/", "/api/v1/watches/\(id)?to_uri=\(uri)", "/api/v1/watches?to_uri=\(uri)",
                "/api/v1/watches/?to_uri=viking%3A%2F%2Fresources%2Fdocs", "/api/v1/watches?to_uri=\(uri)/",
                "/api/v1/watches/\(id.uppercased())", "/api/v1/watches?to_uri=\(uri)&active_only=true",
            ] {
                #expect(try await world.get(target).text == whole.text, "\(target)")
            }
            let head = try await world.send(.head, "/api/v1/watches/\(id)")
            #expect(head.status == 200)
            #expect(head.bytes.isEmpty)
            #expect(head.headers[.contentLength] == String(whole.bytes.count))
        }
    }

    @Test func `two keys must name the same task, on every verb, else nothing is done`() async throws {
        try await RestWorld.test { world in
            let id = try await world.ingestDocs()
            let other = try await world.post(
                "/api/v1/resources", #"{"path":"broken:b","to":"viking://resources/b","watch_interval":5}"#)
            #expect(other.status == 200)
            let before = try await world.get("/api/v1/watches/\(id)").text
            let sequence = try await world.engine.status(as: .local).sequence
            let key = "?to_uri=viking://resources/b"
            let answers = [
                try await world.get("/api/v1/watches/\(id)\(key)"),
                try await world.send(.patch, "/api/v1/watches/\(id)\(key)", #"{"reason":"no"}"#),
                try await world.send(.delete, "/api/v1/watches/\(id)\(key)"),
                try await world.post("/api/v1/watches/\(id)/trigger\(key)"),
            ]
            for answer in answers { #expect(answer.status == 400 && answer.code == "INVALID_ARGUMENT", "\(answer)") }
            #expect(try await world.get("/api/v1/watches/\(id)").text == before)
            _ = try await world.post("/api/v1/system/wait")
            // The failing run of the other one is all that has happened.
            #expect(try await world.engine.status(as: .local).sequence <= sequence + 2)
        }
    }

    @Test func `updates are partial, null leaves a field alone, and pausing keeps the cadence`() async throws {
        try await RestWorld.test { world in
            let id = try await world.ingestDocs()
            let path = "/api/v1/watches/\(id)"
            func patch(_ body: String) async throws -> JSONValue {
                try #require(try await world.send(.patch, path, body).result)
            }
            let paused = try await patch(#"{"is_active":false,"reason":"quiet","watch_interval":null}"#)
            #expect(paused["status"]?.string == "paused")
            #expect(paused["next_execution_time"] == .null)
            #expect(paused["watch_interval"]?.double == 30)
            let quicker = try await patch(#"{"watch_interval":0.5}"#)
            #expect(quicker["is_active"]?.bool == false)
            #expect(quicker["reason"]?.string == "quiet")
            let resumed = try await patch(#"{"is_active":true}"#)
            #expect(resumed["status"]?.string == "active")
            #expect(resumed["next_execution_time"]?.string != nil)
            #expect(try await patch("{}") == resumed)
        }
    }

    @Test func `lists page, count all, and can leave out what is not active`() async throws {
        try await RestWorld.test { world in
            for number in 0..<5 {
                let body = #"{"path":"broken:\#(number)","to":"viking://resources/b\#(number)","watch_interval":60}"#
                #expect(try await world.post("/api/v1/resources", body).status == 200)
            }
            _ = try await world.send(
                .patch, "/api/v1/watches?to_uri=viking://resources/b1", #"{"is_active":false}"#)
            let all = try await world.get("/api/v1/watches").result
            #expect(all?["total"]?.integer == 5)
            #expect(all?["next_cursor"] == nil)
            let active = try await world.get("/api/v1/watches?active_only=true").result
            #expect(active?["total"]?.integer == 4)
            let paused = try await world.get("/api/v1/watches?active_only=1&to_uri=viking://resources/b1")
            let missing = try await world.get("/api/v1/watches?active_only=1&to_uri=viking://resources/b9")
            #expect(paused.status == 404)
            #expect(paused.text.replacing("/b1", with: "/b9") == missing.text)
            var (seen, cursor): ([String], String?) = ([], "")
            while let next = cursor {
                let query = next.isEmpty ? "" : "&cursor=\(next)"
                let page = try #require(try await world.get("/api/v1/watches?limit=2\(query)").result)
                #expect(page["total"]?.integer == 5)
                seen += (page["tasks"]?.array ?? []).compactMap { $0["to_uri"]?.string }
                cursor = page["next_cursor"]?.string
            }
            #expect(seen == (0..<5).map { "viking://resources/b\($0)" })
        }
    }

    @Test func `a trigger answers at once, and those during a run share one follow-up`() async throws {
        try await RestWorld.test { world in
            let added = try await world.post(
                "/api/v1/resources", #"{"path":"gated:a","to":"viking://resources/a","watch_interval":60}"#)
            let id = try #require(added.result?["watch"]?["task_id"]?.string)
            await world.gate.arrival()
            let first = try await world.post("/api/v1/watches/\(id)/trigger", "this is no JSON, and nobody minds")
            let second = try await world.post("/api/v1/watches/trigger/?to_uri=viking://resources/a")
            for answer in [first, second] {
                #expect(answer.status == 200, "\(answer)")
                #expect(answer.result?["task_id"]?.string == id)
                #expect(answer.result?["scheduled"]?.bool == true)
                #expect(answer.result?["coalesced"]?.bool == true)
            }
            #expect(first.result?["run_id"] == second.result?["run_id"])
            let running = try await world.get("/api/v1/watches/\(id)").result
            #expect(running?["running_task_id"] == added.result?["task_id"])
            world.gate.open()
            #expect(try await world.post("/api/v1/system/wait").status == 200)
            let run = try #require(first.result?["run_id"]?.string)
            #expect(try await world.get("/api/v1/tasks/\(run)").result?["status"]?.string == "completed")
        }
    }

    @Test func `a paused watch is triggered and stays paused, a suspended one must be resumed first`() async throws {
        try await RestWorld.test { world in
            let id = try await world.ingestDocs()
            _ = try await world.send(.patch, "/api/v1/watches/\(id)", #"{"is_active":false}"#)
            #expect(try await world.post("/api/v1/watches/\(id)/trigger").status == 200)
            _ = try await world.post("/api/v1/system/wait")
            #expect(try await world.get("/api/v1/watches/\(id)").result?["status"]?.string == "paused")
            let removed = try await world.send(.delete, "/api/v1/fs?uri=viking://resources/docs")
            #expect(removed.result?["suspended_watches"]?.array?.first?.string == id)
            let suspended = try await world.get("/api/v1/watches/\(id)").result
            #expect(suspended?["status"]?.string == "suspended")
            #expect(suspended?["suspended_reason"]?.string != nil)
            let refused = try await world.post("/api/v1/watches/\(id)/trigger")
            #expect(refused.status == 412 && refused.code == "FAILED_PRECONDITION")
            #expect(refused.json["error"]?["hint"]?.string?.contains("resume") == true)
        }
    }

    @Test func `deleting a watch leaves the content`() async throws {
        try await RestWorld.test { world in
            let id = try await world.ingestDocs()
            let deleted = try await world.send(.delete, "/api/v1/watches?to_uri=viking://resources/docs")
            #expect(
                deleted.text
                    == #"{"status":"ok","result":{"task_id":"\#(id)","to_uri":"viking://resources/docs","deleted":true}}"#
            )
            #expect(try await world.send(.delete, "/api/v1/watches/\(id)").status == 404)
            #expect(try await world.get("/api/v1/fs/stat?uri=viking://resources/docs/guide.md").status == 200)
        }
    }

    @Test func `what a caller acts for decides where addresses lead`() async throws {
        try await RestWorld.test { world in
            let headers: HTTPFields = [.actForAccount: "team", .actForUser: "ann"]
            let body = #"{"path":"broken:a","to":"viking://~/resources/a","watch_interval":60}"#
            let added = try await world.send(.post, "/api/v1/resources", body, headers: headers)
            #expect(added.result?["root_uri"]?.string == "viking://user/ann/resources/a")
            #expect(added.result?["watch"]?["account_id"]?.string == "team")
            let key = "/api/v1/watches?to_uri=viking://user/ann/resources/a"
            #expect(try await world.get(key, headers: headers).status == 200)
            #expect(try await world.get(key).status == 404, "another account")
            #expect(try await world.get("/api/v1/watches").result?["total"]?.integer == 1, "root sees all")
            let wrong = try await world.get(key, headers: [.actForUser: "a/b"])
            #expect(wrong.status == 422)
        }
    }
}

/// What cannot be was.
struct TestFailure: Error {}
