// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVHTTP

@Suite(.inTurn) struct HistoryRouteTests {
    private static let docs = "uri=viking://resources/docs"

    /// Two revisions of one document.
    private func prepare(_ world: RestWorld) async throws {
        try await world.ingestDocs(["guide.md": "# Guide\n\n## Install\n\nrun\n"])
        try world.folder.write("allowed/docs/guide.md", "# Guide\n\n## Install\n\nrun it twice\n")
        let path = world.folder.path("allowed/docs")
        let body = #"{"path":"\#(path)","to":"viking://resources/docs","wait":true}"#
        let again = try await world.post("/api/v1/resources", body)
        try #require(again.status == 200, "\(again)")
    }

    @Test func `changes are told from a cursor on, or from where a named reader was`() async throws {
        try await RestWorld.test { world in
            let start = try await world.get("/api/v1/changes")
            #expect(start.result?["items"]?.array?.isEmpty == true && start.result?["has_more"]?.bool == false)
            let cursor = try #require(start.result?["next_cursor"]?.string)
            try await prepare(world)
            let page = try await world.get("/api/v1/changes?since=\(cursor)&\(Self.docs)&limit=5")
            let item = try #require(page.result?["items"]?.array?.first)
            #expect(item["change"]?.string == "added" && item["title"]?.string == "Guide")
            #expect(item["revision"]?.string?.hasPrefix("r2-") == true)
            let place = #"{"reader":"bot","cursor":"\#(cursor)"}"#
            #expect(try await world.post("/api/v1/changes/place", place).result?["cursor"]?.string == cursor)
            #expect(try await world.get("/api/v1/changes?reader=bot").result?["items"]?.array?.count == 1)
            let foreign = try await world.get("/api/v1/changes?since=zzz.9.1")
            #expect(foreign.status == 410 && foreign.code == "CURSOR_TOO_OLD")
            #expect(foreign.json["error"]?["details"]?["next_cursor"]?.string?.isEmpty == false)
            for wrong in ["since=x", "limit=0", "limit=1001", "reader=", "nonsense=1"] {
                #expect(try await world.get("/api/v1/changes?\(wrong)").status == 422, "\(wrong)")
            }
            #expect(try await world.post("/api/v1/changes/place", #"{"reader":"bot"}"#).status == 422)
        }
    }

    @Test func `history, diff and revert answer what the document says`() async throws {
        try await RestWorld.test { world in
            try await prepare(world)
            let history = try await world.get("/api/v1/resources/history?\(Self.docs)")
            let revisions = try #require(history.result?["revisions"]?.array)
            #expect(revisions.compactMap { $0["number"]?.integer } == [2, 1])
            let stat = try await world.get("/api/v1/resources/diff?\(Self.docs)")
            #expect(stat.result?["changed"]?.integer == 1 && stat.result?["format"]?.string == "stat")
            #expect(stat.result?["documents"]?.array?.first?["added_lines"]?.integer == 1)
            for (format, member) in [("unified", "unified"), ("sections", "sections")] {
                let diff = try await world.get("/api/v1/resources/diff?\(Self.docs)&from=1&to=latest&format=\(format)")
                #expect(diff.result?["documents"]?.array?.first?[member] != nil)
            }
            #expect(try await world.get("/api/v1/resources/diff?\(Self.docs)&format=words").status == 422)
            #expect(try await world.get("/api/v1/resources/diff?\(Self.docs)&from=7").status == 404)
            let revert = try await world.post(
                "/api/v1/resources/revert", #"{"uri":"viking://resources/docs","to":"r1"}"#)
            #expect(revert.result?["changed"]?.integer == 1)
            #expect(revert.result?["outlook"]?.string?.contains("ov task watch pause") == true)
            #expect(revert.result?["next_refresh"]?.string != nil)
            let task = try #require(revert.result?["task_id"]?.string)
            #expect(try await world.get("/api/v1/tasks/\(task)").result?["task_type"]?.string == "revert")
        }
    }

    @Test func `a part of a document comes with where to go on`() async throws {
        try await RestWorld.test { world in
            try await prepare(world)
            let guide = "/api/v1/content/read?uri=viking://resources/docs/guide.md"
            let part = try await world.get("\(guide)&section=Guide%20%3E%20Install&max_tokens=1")
            #expect(part.result?.string == "## Install\n")
            #expect(
                ["offset", "lines", "total_lines", "next_offset", "next_limit", "tokens"].map { part.json[$0]?.integer }
                    == [2, 1, 5, 3, 2, 3])
            let old = try await world.get("\(guide)&revision=1")
            #expect(old.result?.string?.hasSuffix("run\n") == true)
            #expect(old.json["revision"]?.string?.hasPrefix("r1-") == true && old.headers[.lastChecked] == nil)
            #expect(try await world.get("\(guide)&section=Nowhere").status == 404)
            #expect(try await world.get("\(guide)&max_tokens=0").status == 422)
        }
    }
}
