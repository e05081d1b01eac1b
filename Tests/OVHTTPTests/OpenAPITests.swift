// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVHTTP

@Suite(.inTurn) struct OpenAPITests {
    /// The routes of the contract, and those that go beyond it.
    private static let routes: Set<String> = [
        "GET /api/v1/watches", "PATCH /api/v1/watches", "DELETE /api/v1/watches", "GET /api/v1/watches/{task_id}",
        "PATCH /api/v1/watches/{task_id}", "DELETE /api/v1/watches/{task_id}",
        "POST /api/v1/watches/{task_id}/trigger", "POST /api/v1/watches/trigger", "POST /api/v1/watches/trigger_due",
        "POST /api/v1/resources",
        "POST /api/v1/resources/temp_upload", "GET /api/v1/tasks", "GET /api/v1/tasks/{task_id}",
        "POST /api/v1/tasks/{task_id}/cancel", "GET /api/v1/fs/ls", "GET /api/v1/fs/tree", "GET /api/v1/fs/stat",
        "DELETE /api/v1/fs", "GET /api/v1/content/read", "GET /api/v1/content/abstract",
        "GET /api/v1/content/overview", "GET /api/v1/content/download", "GET /health", "GET /ready", "GET /metrics",
        "GET /api/v1/system/status", "GET /api/v1/observer/system", "POST /api/v1/system/wait",
        "POST /api/v1/search/find", "POST /api/v1/search/search", "POST /api/v1/search/grep",
        "POST /api/v1/search/glob",
        "GET /api/v1/changes", "POST /api/v1/changes/place", "GET /api/v1/resources/history",
        "GET /api/v1/resources/diff", "POST /api/v1/resources/revert",
        "GET /api/v1/events",
    ]

    @Test func `the document lists exactly the routes that there are`() async throws {
        try await RestWorld.test { world in
            let document = try await world.get("/openapi.json").json
            var listed: Set<String> = []
            for (path, operations) in members(of: document["paths"]) {
                for (method, operation) in members(of: operations) {
                    listed.insert("\(method.uppercased()) \(path)")
                    #expect(operation["operationId"] != nil)
                }
            }
            #expect(listed == Self.routes)
            let table = Set(world.interface.table.routes.map { "\($0.method.rawValue) \($0.path)" })
            #expect(table.subtracting(["GET /openapi.json"]) == Self.routes)
        }
    }

    @Test func `every schema that the document refers to is in it, and no operation has another's id`() async throws {
        try await RestWorld.test { world in
            let answer = try await world.get("/openapi.json")
            let schemas = Set(members(of: answer.json["components"]?["schemas"]).map(\.0))
            let references = answer.text.split(separator: "#/components/schemas/").dropFirst()
                .map { String($0.prefix { $0 != "\"" }) }
            #expect(Set(references).isSubset(of: schemas))
            #expect(schemas.subtracting(references) == [])
            var ids: [String] = []
            for (_, operations) in members(of: answer.json["paths"]) {
                ids += members(of: operations).compactMap { $0.1["operationId"]?.string }
            }
            #expect(Set(ids).count == ids.count)
        }
    }

    @Test func `what is answered has the members that the document says`() async throws {
        try await RestWorld.test { world in
            let id = try await world.ingestDocs()
            let schemas = try await world.get("/openapi.json").json["components"]?["schemas"]
            let uri = "uri=viking://resources/docs"
            let answers: [(String, JSONValue?)] = [
                ("Watch", try await world.get("/api/v1/watches/\(id)").result),
                ("WatchList", try await world.get("/api/v1/watches").result),
                ("Task", try await world.get("/api/v1/tasks").result?.array?.first),
                ("ChangePage", try await world.get("/api/v1/changes").result),
                ("History", try await world.get("/api/v1/resources/history?\(uri)").result),
                ("Diff", try await world.get("/api/v1/resources/diff?\(uri)").result),
                ("Entry", try await world.get("/api/v1/fs/stat?\(uri)").result),
                ("Status", try await world.get("/api/v1/system/status").result),
                ("Idle", try await world.post("/api/v1/system/wait").result),
                ("DueReceipt", try await world.post("/api/v1/watches/trigger_due").result),
                (
                    "IngestPlan",
                    try await world.post(
                        "/api/v1/resources", #"{"path":"\#(world.folder.path("allowed/docs"))","dry_run":true}"#
                    ).result
                ),
                ("TriggerReceipt", try await world.post("/api/v1/watches/\(id)/trigger").result),
                ("DeletedWatch", try await world.send(.delete, "/api/v1/watches/\(id)").result),
                ("Removal", try await world.send(.delete, "/api/v1/fs?\(uri)").result),
                ("Failure", try await world.get("/api/v1/watches/\(id)").json),
            ]
            try expect(answers, fit: schemas)
        }
    }

    @Test func `what searches answer has the members that the document says`() async throws {
        try await RestWorld.test { world in
            _ = try await world.ingestDocs()
            let schemas = try await world.get("/openapi.json").json["components"]?["schemas"]
            let answers: [(String, JSONValue?)] = [
                ("Found", try await world.post("/api/v1/search/find", #"{"query":"hello"}"#).result),
                (
                    "Passage",
                    try await world.post("/api/v1/search/find", #"{"query":"hello"}"#).result?["resources"]?.array?
                        .first
                ),
                (
                    "MatchedLines",
                    try await world.post(
                        "/api/v1/search/grep", #"{"uri":"viking://resources/docs","pattern":"Hello"}"#
                    ).result
                ),
                ("MatchedDocuments", try await world.post("/api/v1/search/glob", #"{"pattern":"*"}"#).result),
            ]
            try expect(answers, fit: schemas)
        }
    }

    private func expect(_ answers: [(String, JSONValue?)], fit schemas: JSONValue?) throws {
        for (name, answer) in answers {
            let schema = try #require(schemas?[name])
            let present = Set(members(of: answer).map(\.0))
            let described = Set(members(of: schema["properties"]).map(\.0))
            let required = Set((schema["required"]?.array ?? []).compactMap(\.string))
            #expect(present.subtracting(described) == [], "\(name)")
            #expect(required.subtracting(present) == [], "\(name)")
        }
    }
}

/// The members of an object; none of anything else.
private func members(of value: JSONValue?) -> [(String, JSONValue)] {
    guard case .object(let members)? = value else { return [] }
    return members.map { ($0.name, $0.value) }
}
