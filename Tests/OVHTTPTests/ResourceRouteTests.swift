// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import OVAPI
import OVCore
import OVEngine
import OVStore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVHTTP

@Suite(.inTurn) struct ResourceRouteTests {
    @Test func `a dry run says what would change, changes nothing, and not many go on at once`() async throws {
        try await RestWorld.test {
            $0.limits.dryRuns = 1
        } _: { world in
            let before = world.engine.state.sequence
            async let first = world.post("/api/v1/resources", #"{"path":"gated:docs","dry_run":true}"#)
            await world.gate.arrival()
            let second = try await world.post("/api/v1/resources", #"{"path":"gated:docs","dry_run":true}"#)
            #expect(second.status == 429 && second.code == "RESOURCE_EXHAUSTED", "\(second)")
            world.gate.open()
            let plan = try await first
            #expect(plan.status == 200 && plan.result?["added"]?.array?.count == 1, "\(plan)")
            #expect(world.engine.state.sequence == before)
        }
    }

    @Test(arguments: [#""working_directory":"/etc""#, #""home_directory":"/root""#])
    func `what paths are relative to is for callers on this machine`(field: String) async throws {
        try await RestWorld.test { world in
            let answer = try await world.post("/api/v1/resources", #"{"path":"passwd",\#(field)}"#)
            #expect(answer.status == 403 && answer.code == "PERMISSION_DENIED", "\(answer)")
        }
    }

    @Test func `an ingest is accepted at once, with its watch, and what OpenViking clients send beside is ignored`()
        async throws
    {
        try await RestWorld.test { world in
            let body = """
                {"path":"gated:a","to":"viking://resources/a","watch_interval":0.5,"reason":"why","instruction":"how",
                 "wait":false,"timeout":null,"include":"*.md,{a,b}.txt","exclude":["x"],"ignore_dirs":"old, older",
                 "build_index":true,"summarize":false,"processing_mode":"x","telemetry":{},"strict":true,"args":{},
                 "directly_upload_media":true,"preserve_structure":false,"create_parent":true,"tags":["a"],
                 "tag_mode":"replace","add_type":"x","source_name":"y"}
                """
            let added = try await world.post("/api/v1/resources", body)
            #expect(added.status == 200, "\(added)")
            #expect(added.result?["status"]?.string == "accepted")
            #expect(added.result?["root_uri"]?.string == "viking://resources/a")
            #expect(added.result?["source_path"]?.string == "gated:a")
            #expect(added.result?["outcome"] == nil)
            let watch = try await world.get("/api/v1/watches?to_uri=viking://resources/a").result
            #expect(watch?["watch_interval"]?.double == 0.5)
            #expect(watch?["reason"]?.string == "why")
            #expect(watch?["instruction"]?.string == "how")
        }
    }

    @Test func `with wait the answer has what was found`() async throws {
        try await RestWorld.test { world in
            world.gate.open()
            let first = try await world.post("/api/v1/resources", #"{"path":"gated:a","wait":true}"#)
            #expect(first.result?["status"]?.string == "success")
            #expect(first.result?["outcome"]?.string == "updated")
            #expect(first.result?["added"]?.integer == 1)
            #expect(first.result?["watch"] == .null)
            let again = try await world.post("/api/v1/resources", #"{"path":"gated:a","wait":true}"#)
            #expect(again.result?["root_uri"] == first.result?["root_uri"])
            #expect(again.result?["outcome"]?.string == "unchanged")
            #expect(again.result?["unchanged"]?.integer == 1)
        }
    }

    @Test func `out of time, the answer names the task, which goes on`() async throws {
        try await RestWorld.test { world in
            let body = #"{"path":"gated:a","to":"viking://resources/a","watch_interval":9,"wait":true,"timeout":0.01}"#
            let answer = try await world.post("/api/v1/resources", body)
            #expect(answer.status == 504 && answer.code == "DEADLINE_EXCEEDED", "\(answer)")
            let details = answer.json["error"]?["details"]
            let task = try #require(details?["task_id"]?.string)
            #expect(details?["watch_id"]?.string != nil)
            let stillWaiting = try await world.post("/api/v1/system/wait", #"{"timeout":0.01}"#)
            #expect(stillWaiting.status == 504)
            world.gate.open()
            #expect(try await world.post("/api/v1/system/wait").status == 200)
            #expect(try await world.get("/api/v1/tasks/\(task)").result?["status"]?.string == "completed")
        }
    }

    @Test func `a failed ingest says what failed, and its watch stays with the error showing`() async throws {
        try await RestWorld.test { world in
            let body = #"{"path":"broken:b","to":"viking://resources/b","watch_interval":9,"wait":true}"#
            let answer = try await world.post("/api/v1/resources", body)
            #expect(answer.status == 500 && answer.code == "PROCESSING_ERROR", "\(answer)")
            #expect(answer.message.contains("broken:b"))
            #expect(answer.message.contains("gated"))
            #expect(answer.json["error"]?["details"]?["cause"]?.string == "io_error")
            let watch = try await world.get("/api/v1/watches?to_uri=viking://resources/b").result
            #expect(watch?["last_error"]?.string?.contains("it is broken") == true)
            #expect(watch?["consecutive_failures"]?.integer == 1)
        }
    }

    @Test func `another source at a target is a conflict that touches nothing`() async throws {
        try await RestWorld.test { world in
            try await world.ingestDocs()
            let sequence = try await world.engine.status(as: .local).sequence
            for body in [
                #"{"path":"gated:a","to":"viking://resources/docs","watch_interval":5}"#,
                #"{"path":"gated:a","to":"viking://resources/docs"}"#,
                #"{"path":"gated:a","to":"viking://resources/docs/inside"}"#,
            ] {
                let answer = try await world.post("/api/v1/resources", body)
                #expect(answer.status == 409 && answer.code == "CONFLICT", "\(answer)")
            }
            #expect(try await world.engine.status(as: .local).sequence == sequence)
        }
    }

    @Test func `over the network only what lies in an allowed folder can be named, wherever links lead`() async throws {
        try await RestWorld.test { world in
            try world.folder.write("secret/key.md", "# Secret\n")
            try world.folder.write("allowed/open.md", "# Open\n")
            try world.folder.makeLink("allowed/out", to: world.folder.path("secret"))
            try world.folder.makeLink("in", to: world.folder.path("allowed/open.md"))
            func ingest(_ path: String) async throws -> Exchange {
                try await world.post("/api/v1/resources", #"{"path":"\#(path)","wait":true}"#)
            }
            for path in [
                "secret/key.md", "secret/nothing.md", "allowed/out/key.md", "allowed/out", "allowed/../secret/key.md",
                "allowed-not", "in2",
            ] {
                let answer = try await ingest(world.folder.path(path))
                #expect(answer.status == 403 && answer.code == "PERMISSION_DENIED", "\(path): \(answer)")
                #expect(answer.message == "local paths are refused over the network")
            }
            #expect(try await ingest("open.md").status == 403)
            #expect(try await ingest("~/open.md").status == 403)
            #expect(try await ingest(world.folder.path("allowed/nothing.md")).status == 400)
            #expect(try await ingest(world.folder.path("allowed/open.md")).status == 200)
            let linked = try await ingest("file://" + world.folder.path("in"))
            #expect(linked.status == 200)
            #expect(linked.result?["source_path"]?.string == world.folder.path("allowed/open.md"))
        }
    }

    @Test func `a run that would lose most is held with its numbers, until somebody lets it through`() async throws {
        try await RestWorld.test { world in
            var documents: [String: String] = [:]
            for number in 0..<12 { documents["\(number).md"] = "# Number \(number)\n" }
            let id = try await world.ingestDocs(documents)
            for number in 1..<12 { try world.folder.remove("allowed/docs/\(number).md") }
            let body =
                #"{"path":"\#(world.folder.path("allowed/docs"))","to":"viking://resources/docs","wait":true}"#
            let held = try await world.post("/api/v1/resources", body)
            #expect(held.status == 409 && held.code == "MASS_DELETION_HELD", "\(held)")
            let details = held.json["error"]?["details"]
            #expect(details?["removed"]?.integer == 11)
            let task = try #require(details?["task_id"]?.string)
            let list = "/api/v1/fs/ls?uri=viking://resources/docs"
            #expect(try await world.get(list).result?.array?.count == 12)
            let other = "00000000-0000-4000-8000-000000000000"
            #expect(try await world.post("/api/v1/watches/\(id)/trigger?accept_deletions=\(other)").status == 422)
            let accepted = try await world.post("/api/v1/watches/\(id)/trigger?accept_deletions=\(task)")
            #expect(accepted.status == 200, "\(accepted)")
            _ = try await world.post("/api/v1/system/wait")
            #expect(try await world.get(list).result?.array?.count == 1)
        }
    }

    @Test func `over the socket every path can be named`() async throws {
        try await RestWorld.test(origin: .local) { world in
            try world.folder.write("anywhere/a.md", "# A\n")
            let body = #"{"path":"\#(world.folder.path("anywhere"))","wait":true,"allow_private_networks":true}"#
            #expect(try await world.post("/api/v1/resources", body).status == 200)
        }
    }
}

@Suite(.inTurn) struct TaskRouteTests {
    @Test func `filters apply before the limit, and pages follow one another`() async throws {
        try await RestWorld.test { world in
            try await world.ingestDocs()
            for number in 0..<4 {
                _ = try await world.post("/api/v1/resources", #"{"path":"broken:\#(number)","wait":true}"#)
            }
            let failed = try await world.get("/api/v1/tasks?status=failed&limit=2").result?.array
            #expect(failed?.count == 2)
            let completed = try await world.get("/api/v1/tasks?status=completed&limit=1").result?.array
            #expect(completed?.first?["resource_id"]?.string == "viking://resources/docs")
            #expect(completed?.first?["created_at"]?.double ?? 0 > 1_700_000_000)
            var (seen, cursor): (Int, String?) = (0, "")
            while let next = cursor {
                let query = next.isEmpty ? "" : "&cursor=\(next)"
                let page = try await world.get("/api/v1/tasks?pagination=cursor&limit=2\(query)").result
                seen += page?["items"]?.array?.count ?? 0
                cursor = page?["next_cursor"]?.string
            }
            #expect(seen == 5)
            let one = "resource_id=viking://resources/docs&task_type=add_resource"
            #expect(try await world.get("/api/v1/tasks?\(one)").result?.array?.count == 1)
        }
    }

    @Test func `a run is cancelled, and one that has ended cannot be`() async throws {
        try await RestWorld.test { world in
            let added = try await world.post("/api/v1/resources", #"{"path":"gated:a"}"#)
            let id = try #require(added.result?["task_id"]?.string)
            await world.gate.arrival()
            let cancelled = try await world.post("/api/v1/tasks/\(id)/cancel", "ignored")
            #expect(["cancelling", "cancelled"].contains(cancelled.result?["status"]?.string))
            world.gate.open()
            _ = try await world.post("/api/v1/system/wait")
            #expect(try await world.get("/api/v1/tasks/\(id)").result?["status"]?.string == "cancelled")
            let done = try await world.post("/api/v1/resources", #"{"path":"gated:b","wait":true}"#)
            let ended = try #require(done.result?["task_id"]?.string)
            #expect(try await world.post("/api/v1/tasks/\(ended)/cancel").status == 412)
        }
    }
}
