// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVMCP
import OVTestTraits
import Testing

/// The era up to 2025-11-25, as its checklist has it.
@Suite(.inTurn) struct SessionEraTests {
    @Test(
        "MCP §4 lifecycle: a version that is spoken is echoed, for any other the newest with a handshake is offered",
        arguments: [
            ("2024-11-05", "2024-11-05"), ("2025-03-26", "2025-03-26"), ("2025-06-18", "2025-06-18"),
            ("2025-11-25", "2025-11-25"), ("2026-07-28", "2025-11-25"), ("1.0", "2025-11-25"), ("", "2025-11-25"),
        ])
    func negotiation(asked: String, offered: String) async throws {
        try await StdioClient.with { client in
            let answer = try await client.handshake(asked)
            #expect(answer.at("result", "protocolVersion") == .string(offered))
        }
    }

    @Test("MCP §4 lifecycle: the result has capabilities, serverInfo and instructions")
    func handshake() async throws {
        try await StdioClient.with { client in
            let result = try #require(try await client.handshake()["result"])
            #expect(result.at("serverInfo", "name") == "ov")
            #expect(result.at("capabilities", "tools") != nil)
            #expect(result.at("capabilities", "resources", "subscribe") == true)
            #expect(result.at("capabilities", "extensions") == nil, "tasks of 2025-11-25 are not spoken")
            #expect((result["instructions"]?.string?.count ?? 9999) <= 1500)
            #expect(result["resultType"] == nil)
        }
    }

    @Test("MCP §4 lifecycle: initialize without a version is -32602")
    func noVersion() async throws {
        try await StdioClient.with { client async throws in
            #expect(try await client.request("initialize", ["capabilities": [:]]).errorCode == -32602)
            #expect(try await client.request("initialize", ["protocolVersion": 5]).errorCode == -32602)
        }
    }

    @Test("MCP §4 ping: answered before the handshake, and while tools run")
    func ping() async throws {
        let store = Samples.store
        store.edit { $0.runsEnd = false }
        try await StdioClient.with(store) { client in
            #expect(try await client.request("ping")["result"] == [:])
            try await client.handshake()
            try await client.start("tools/call", ["name": "add_resource", "arguments": ["path": "/docs"]])
            _ = try await store.runningTask()
            #expect(try await client.request("ping")["result"] == [:])
        }
    }

    @Test("MCP §4 subscriptions: subscribe, updated, unsubscribe")
    func subscriptions() async throws {
        let store = Samples.store
        try await StdioClient.with(store) { client in
            try await client.handshake()
            let uri: JSONValue = ["uri": "viking://resources/docs/README.md"]
            #expect(try await client.request("resources/subscribe", uri)["result"] == [:])
            try await store.waitForListener()
            store.refresh("viking://resources/docs", ["README.md": "new"])
            let notice = try await client.notification("notifications/resources/updated")
            #expect(notice["params"] == uri)
            #expect(try await client.request("resources/unsubscribe", uri)["result"] == [:])
            store.refresh("viking://resources/docs", ["README.md": "newer", "fresh.md": "x"])
            // The list has changed, and that is all that is told.
            #expect(try await client.next()?["method"] == "notifications/resources/list_changed")
        }
    }

    @Test("MCP §4 subscriptions: a folder covers what lies below it, and list_changed has no params")
    func folders() async throws {
        let store = Samples.store
        try await StdioClient.with(store) { client in
            try await client.handshake()
            _ = try await client.request("resources/subscribe", ["uri": "viking://resources/docs/guide"])
            try await store.waitForListener()
            store.refresh(
                "viking://resources/docs", ["README.md": "x", "guide/start.md": "y", "guide/new.md": "z"])
            let list = try await client.next()
            #expect(list?["method"] == "notifications/resources/list_changed")
            #expect(list?["params"] == nil)
            #expect(try await client.next()?.at("params", "uri") == "viking://resources/docs/guide/start.md")
            #expect(try await client.next()?.at("params", "uri") == "viking://resources/docs/guide/new.md")
        }
    }

    @Test("MCP §4 subscriptions: what is not there cannot be subscribed to")
    func unknownSubscription() async throws {
        try await StdioClient.with { client in
            try await client.handshake()
            let answer = try await client.request("resources/subscribe", ["uri": "viking://resources/none"])
            #expect(answer.errorCode == -32002)
            #expect(
                try await client.request("resources/unsubscribe", ["uri": "viking://resources/none"])["result"] != nil)
        }
    }

    @Test("MCP §4 logging: setLevel takes the eight levels, and others are -32602")
    func logLevels() async throws {
        try await StdioClient.with { client in
            try await client.handshake()
            for level in ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"] {
                #expect(try await client.request("logging/setLevel", ["level": .string(level)])["result"] == [:])
            }
            for level in ["loud", 3, .null] as [JSONValue] {
                #expect(try await client.request("logging/setLevel", ["level": level]).errorCode == -32602)
            }
        }
    }

    @Test("MCP §4 cancellation: no answer and no progress after it; the run is cancelled")
    func cancellation() async throws {
        let store = Samples.store
        store.edit { $0.runsEnd = false }
        try await StdioClient.with(store) { client in
            try await client.handshake()
            let id = try await client.start(
                "tools/call",
                ["name": "add_resource", "arguments": ["path": "/docs"], "_meta": ["progressToken": "p"]])
            let run = try await store.runningTask()
            _ = try await client.notification("notifications/progress")
            try await client.notify("notifications/cancelled", ["requestId": id, "reason": "enough"])
            try await store.wait { $0.cancelled == [run.description] }
            // The id is free again, and nothing has been said of the old request.
            try await client.start("ping", id: id)
            let next = try await client.next()
            #expect(next?["id"] == id)
            #expect(next?["result"] == [:])
        }
    }

    @Test(
        "MCP §4 cancellation: unknown, finished and malformed ones are ignored",
        arguments: [
            ["requestId": 999], ["requestId": "nobody"], ["requestId": .null], [:], ["requestId": [1]],
            ["requestId": 1],
        ] as [JSONValue])
    func idleCancellations(params: JSONValue) async throws {
        try await StdioClient.with { client in
            try await client.handshake()
            try await client.notify("notifications/cancelled", params)
            #expect(try await client.request("ping")["result"] == [:])
        }
    }

    @Test("cancellations of everything at every moment: at most one answer each, and nothing hangs")
    func cancellingEverything() async throws {
        let store = Samples.store
        store.edit { $0.runsEnd = false }
        let calls: [(String, JSONValue)] = [
            ("tools/list", [:]), ("tools/call", ["name": "add_resource", "arguments": ["path": "/docs"]]),
            ("tools/call", ["name": "tree"]), ("resources/list", [:]), ("prompts/list", [:]), ("ping", [:]),
            ("resources/read", ["uri": "viking://resources/notes.md"]),
            ("resources/subscribe", ["uri": "viking://resources/docs"]),
            ("initialize", ["protocolVersion": "2025-06-18"]),
            ("subscriptions/listen", stateless(["notifications": ["resourcesListChanged": true]])),
        ]
        try await StdioClient.with(store) { client in
            try await client.handshake()
            for round in 0..<40 {
                for (number, (method, params)) in calls.enumerated() {
                    let id: JSONValue = .string("\(round).\(number)")
                    try await client.start(method, params, id: id)
                    // Sometimes at once, sometimes behind other requests.
                    for _ in 0..<((round + number) % 3) {
                        try await client.start("ping", id: .string("p\(round).\(number)"))
                    }
                    try await client.notify("notifications/cancelled", ["requestId": id])
                }
            }
            let last = try await client.start("ping", id: "last")
            var seen: [JSONValue: Int] = [:]
            while let message = try await client.next() {
                guard let id = message["id"] else { continue }
                seen[id, default: 0] += 1
                if id == last { break }
            }
            #expect(seen.filter { $0.key.string?.hasPrefix("p") != true }.values.allSatisfy { $0 == 1 })
        }
    }

    @Test("MCP §4 resources: what is not there is -32002 here and -32602 in the other era, with data.uri")
    func missingResource() async throws {
        try await StdioClient.with { client in
            try await client.handshake()
            let uri: JSONValue = ["uri": "viking://resources/none.md"]
            for (params, code) in [(uri, -32002), (uri.stateless, -32602)] as [(JSONValue, Int64)] {
                let answer = try await client.request("resources/read", params)
                #expect(answer.errorCode == code)
                #expect(answer.at("error", "data", "uri") == "viking://resources/none.md")
            }
        }
    }

    @Test("MCP §4 tasks of 2025-11-25 are not spoken", arguments: ["tasks/get", "tasks/list", "tasks/result"])
    func noOldTasks(method: String) async throws {
        try await StdioClient.with { client in
            try await client.handshake()
            #expect(try await client.request(method, ["taskId": "x"]).errorCode == -32601)
        }
    }

    @Test("MCP §1 batches: taken in a session of 2025-03-26 and answered together")
    func batches() async throws {
        try await StdioClient.with { client in
            try await client.handshake("2025-03-26")
            try await client.send([
                ["jsonrpc": "2.0", "id": "a", "method": "ping"],
                ["jsonrpc": "2.0", "method": "notifications/initialized"],
                ["jsonrpc": "2.0", "id": "b", "method": "no/such"], 5,
            ])
            let answers = try await client.next()?.array ?? []
            #expect(answers.map { $0["id"] } == ["a", "b", .null])
            #expect(answers.map(\.errorCode) == [nil, -32601, -32600])
            try await client.send([])
            #expect(try await client.next()?.errorCode == -32600)
        }
    }
}

extension FakeStore {
    /// Asks until `condition` holds.
    func poll(until condition: () -> Bool) async throws {
        // Not a wait for a moment to pass, but a rest between two questions: the store tells nobody.
        while !condition() { try await Task.sleep(for: .milliseconds(2)) }
    }

    func wait(until condition: (Contents) -> Bool) async throws { try await poll { condition(contents) } }

    /// Returns once somebody follows the store.
    func waitForListener() async throws { try await poll { listenerCount > 0 } }
}
