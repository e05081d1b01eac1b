// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVMCP
import OVTestTraits
import Testing

/// The era since 2026-07-28, as its checklist has it.
@Suite(.inTurn) struct StatelessEraTests {
    @Test(
        "MCP §3 requests: _meta has protocolVersion and clientCapabilities, or it is -32602",
        arguments: [
            ["io.modelcontextprotocol/protocolVersion": "2026-07-28"],
            ["io.modelcontextprotocol/clientCapabilities": [:]],
            [
                "io.modelcontextprotocol/protocolVersion": 20_260_728,
                "io.modelcontextprotocol/clientCapabilities": [:],
            ],
            [
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": "all",
            ],
        ] as [JSONValue])
    func envelope(meta: JSONValue) async throws {
        try await StdioClient.with { client in
            let answer = try await client.request("tools/list", ["_meta": meta])
            #expect(answer.errorCode == -32602)
        }
    }

    @Test("MCP §3 requests: clientInfo is never demanded")
    func noClientInfo() async throws {
        try await StdioClient.with { client in
            let answer = try await client.request("server/discover", stateless([:]))
            #expect(answer["result"] != nil)
        }
    }

    @Test(
        "MCP §3 requests: an unknown version is -32022 with supported and requested",
        arguments: ["2099-01-01", "2025-11-25", ""])
    func unknownVersion(version: String) async throws {
        try await StdioClient.with { client in
            let meta = JSONValue.envelope.setting("io.modelcontextprotocol/protocolVersion", .string(version))
            let answer = try await client.request("tools/list", ["_meta": meta])
            #expect(answer.errorCode == -32022)
            #expect(answer.at("error", "data", "requested") == .string(version))
            #expect(answer.at("error", "data", "supported", "0") == "2026-07-28")
            #expect(answer.at("error", "data", "supported")?.array?.count == 5)
        }
    }

    @Test(
        "MCP §3 requests: unknown and removed methods are -32601",
        arguments: [
            "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe", "initialize", "no/such", "",
        ])
    func removedMethods(method: String) async throws {
        try await StdioClient.with { client in
            let answer = try await client.request(method, stateless(["protocolVersion": "2025-11-25"]))
            #expect(answer.errorCode == -32601)
        }
    }

    @Test(
        "MCP §3 requests: ids are strings or integers and come back as they are",
        arguments: [1, -7, 0, "a", "", "7", 9_007_199_254_740_993] as [JSONValue])
    func ids(id: JSONValue) async throws {
        try await StdioClient.with { client in
            try await client.start("server/discover", stateless([:]), id: id)
            #expect(try await client.next()?["id"] == id)
        }
    }

    @Test(
        "MCP §3 requests: null is no id, and neither is a fraction",
        arguments: [.null, .number(1.5), [], true] as [JSONValue])
    func wrongIDs(id: JSONValue) async throws {
        try await StdioClient.with { client in
            try await client.start("server/discover", stateless([:]), id: id)
            let answer = try await client.next()
            #expect(answer?["id"] == .null)
            #expect(answer?.errorCode == -32600)
        }
    }

    @Test(
        "MCP §3 results: resultType is complete, and _meta names the server",
        arguments: [
            ("server/discover", [:]), ("tools/list", [:]), ("prompts/list", [:]), ("resources/list", [:]),
            ("resources/templates/list", [:]), ("tools/call", ["name": "health"]),
            ("resources/read", ["uri": "viking://resources/notes.md"]),
            ("prompts/get", ["name": "what-changed"]),
            (
                "completion/complete",
                [
                    "ref": ["type": "ref/resource", "uri": "viking://{+path}"],
                    "argument": ["name": "path", "value": ""],
                ]
            ),
        ] as [(String, JSONValue)])
    func results(method: String, params: JSONValue) async throws {
        try await StdioClient.with { client in
            let answer = try await client.request(method, params.stateless)
            #expect(answer.at("result", "resultType") == "complete")
            #expect(answer.at("result", "_meta", "io.modelcontextprotocol/serverInfo", "name") == "ov")
            #expect(answer.at("result", "serverInfo") == nil)
        }
    }

    @Test(
        "MCP §3 results: ttlMs and cacheScope on what can be cached",
        arguments: [
            ("server/discover", "public"), ("tools/list", "public"), ("prompts/list", "public"),
            ("resources/list", "private"), ("resources/templates/list", "public"), ("resources/read", "private"),
        ])
    func caching(method: String, scope: String) async throws {
        try await StdioClient.with { client in
            let answer = try await client.request(method, stateless(["uri": "viking://resources/notes.md"]))
            #expect((answer.at("result", "ttlMs")?.integer ?? -1) >= 0)
            #expect(answer.at("result", "cacheScope") == .string(scope))
        }
    }

    @Test("MCP §3 results: ttlMs of a document is the time to its next refresh")
    func timeToNextRun() async throws {
        try await StdioClient.with { client in
            let read = try await client.request(
                "resources/read", stateless(["uri": "viking://resources/docs/README.md"]))
            #expect(read.at("result", "ttlMs") == 720_000)
        }
    }

    @Test("MCP §3 server/discover: supportedVersions with the old ones, capabilities, instructions")
    func discover() async throws {
        try await StdioClient.with { client in
            let result = try #require(try await client.request("server/discover", stateless([:]))["result"])
            #expect(
                result["supportedVersions"]
                    == ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"])
            #expect(result.at("capabilities", "resources", "subscribe") == true)
            #expect(result.at("capabilities", "extensions", "io.modelcontextprotocol/tasks") != nil)
            let instructions = try #require(result["instructions"]?.string)
            #expect(instructions.count <= 1500)
            #expect(instructions.contains("not trusted"))
        }
    }

    @Test("MCP §3 statelessness: nothing is inferred from earlier requests")
    func statelessness() async throws {
        try await StdioClient.with { client in
            let first = try await client.request("tools/list", stateless([:]))["result"]
            try await client.handshake()
            #expect(try await client.request("tools/list", stateless([:]))["result"] == first)
            // A session does not lend its handshake to requests of the other era.
            let half: JSONValue = ["_meta": ["io.modelcontextprotocol/protocolVersion": "2026-07-28"]]
            #expect(try await client.request("tools/list", half).errorCode == -32602)
        }
    }

    @Test("MCP §2 both eras on one pipe: initialize after stateless calls, and stateless calls after it")
    func mixing() async throws {
        try await StdioClient.with { client async throws in
            #expect(try await client.request("server/discover", stateless([:]))["result"] != nil)
            #expect(try await client.handshake().at("result", "protocolVersion") == "2025-11-25")
            #expect(try await client.request("tools/list").at("result", "resultType") == nil)
            #expect(try await client.request("tools/list", stateless([:])).at("result", "resultType") == "complete")
        }
    }

    @Test("MCP §2 neither handshake nor _meta: an error that names the versions")
    func neither() async throws {
        try await StdioClient.with { client in
            let answer = try await client.request("tools/list")
            #expect(answer.errorCode == -32602)
            #expect(answer.at("error", "data", "supported", "1") == "2025-11-25")
        }
    }

    @Test("MCP §3 logging: only with a logLevel in _meta; an unknown one is -32602")
    func logging() async throws {
        let store = Samples.store
        store.edit { $0.runsEnd = false }
        try await StdioClient.with(store) { client in
            let level = "io.modelcontextprotocol/logLevel"
            let wrong = JSONValue.envelope.setting(level, "loud")
            #expect(try await client.request("tools/list", ["_meta": wrong]).errorCode == -32602)
            for wanted in [nil, "debug", "error"] as [JSONValue?] {
                let meta = wanted.map { JSONValue.envelope.setting(level, $0) } ?? .envelope
                let id = try await client.start(
                    "tools/call", ["name": "add_resource", "arguments": ["path": "/a"], "_meta": meta])
                let run = try await store.runningTask()
                store.advance(run) { task in
                    task.status = .failed
                    task.error = .init(code: "PROCESSING_ERROR", message: "it broke")
                }
                if wanted == "debug" {
                    let message = try await client.next()
                    #expect(message?["method"] == "notifications/message")
                    #expect(message?.at("params", "level") == "warning")
                }
                #expect(try await client.next()?["id"] == id)
            }
        }
    }

    @Test("MCP §3 tasks: undeclared is -32021 with requiredCapabilities; unknown is -32602")
    func tasksUndeclared() async throws {
        try await StdioClient.with { client in
            for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
                let answer = try await client.request(method, stateless(["taskId": "x"]))
                #expect(answer.errorCode == -32021)
                let needed = answer.at("error", "data", "requiredCapabilities", "extensions")
                #expect(needed?["io.modelcontextprotocol/tasks"]?.members != nil)
                #expect(try await client.request(method, withTasks(["taskId": "x"])).errorCode == -32602)
            }
        }
    }

    @Test("MCP §3 tasks: a long ingest is a task for who declared it, and its result that of the tool")
    func tasks() async throws {
        let store = Samples.store
        store.edit { $0.runsEnd = false }
        try await StdioClient.with(store) { client in
            let arguments: JSONValue = ["path": "/docs", "to": "viking://resources/new"]
            let answer = try await client.request(
                "tools/call", withTasks(["name": "add_resource", "arguments": arguments]))
            #expect(answer.at("result", "resultType") == "task")
            #expect(answer.at("result", "status") == "working")
            for name in ["createdAt", "lastUpdatedAt"] { #expect(answer.at("result", name)?.string != nil) }
            for name in ["ttlMs", "pollIntervalMs"] { #expect(answer.at("result", name)?.integer != nil) }
            let id = try #require(answer.at("result", "taskId"))
            let working = try await client.request("tasks/get", withTasks(["taskId": id]))
            #expect(working.at("result", "status") == "working")
            #expect(working.at("result", "resultType") == "complete")
            #expect(try await client.request("tasks/update", withTasks(["taskId": id]))["result"] != nil)
            store.advance(try await store.runningTask()) { task in
                task.status = .completed
                task.result = .init(outcome: .updated, revision: "r", changes: ChangeCounts(added: 2), bytes: 9)
            }
            let done = try await client.request("tasks/get", withTasks(["taskId": id]))
            #expect(done.at("result", "status") == "completed")
            let text = done.at("result", "result", "content", "0", "text")?.string
            #expect(text?.hasPrefix("Resource added: viking://resources/new") == true)
            let cancel = try await client.request("tasks/cancel", withTasks(["taskId": id]))
            #expect(cancel.at("result", "resultType") == "complete")
        }
    }

    @Test("MCP §3 tasks: cancelling one stops the run; an ingest that failed is completed with isError")
    func tasksEnd() async throws {
        let store = Samples.store
        store.edit { $0.runsEnd = false }
        try await StdioClient.with(store) { client in
            var ids: [JSONValue] = []
            for path in ["/a", "/b"] {
                let answer = try await client.request(
                    "tools/call", withTasks(["name": "add_resource", "arguments": ["path": .string(path)]]))
                ids.append(try #require(answer.at("result", "taskId")))
            }
            _ = try await client.request("tasks/cancel", withTasks(["taskId": ids[0]]))
            let cancelled = try await client.request("tasks/get", withTasks(["taskId": ids[0]]))
            #expect(cancelled.at("result", "status") == "cancelled")
            #expect(store.contents.cancelled == [ids[0].string])
            store.advance(try #require(TaskID(ids[1].string ?? ""))) { task in
                task.status = .failed
                task.error = .init(code: "PROCESSING_ERROR", message: "it broke")
            }
            let failed = try await client.request("tasks/get", withTasks(["taskId": ids[1]]))
            #expect(failed.at("result", "status") == "completed")
            #expect(failed.at("result", "result", "isError") == true)
        }
    }
}

extension FakeStore {
    /// The newest run that goes on, once there is one.
    func runningTask() async throws -> TaskID {
        var newest: TaskID?
        try await poll {
            let running = contents.tasks.values.filter { !$0.status.isFinal }.map(\.id)
            newest = running.max { "\($0)" < "\($1)" }
            return newest != nil
        }
        return try #require(newest)
    }
}
