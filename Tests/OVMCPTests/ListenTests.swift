// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVMCP
import OVTestTraits
import Testing

/// Streams of what changes, in the stateless era.
@Suite(.inTurn) struct ListenTests {
    private static let tag = "io.modelcontextprotocol/subscriptionId"

    private static func params(lists: Bool = true, _ uris: JSONValue...) -> JSONValue {
        stateless(["notifications": ["resourcesListChanged": .bool(lists), "resourceSubscriptions": .array(uris)]])
    }

    @Test("MCP §3 subscriptions: the acknowledgement comes first, with the honoured subset and the subscriptionId")
    func acknowledgement() async throws {
        try await StdioClient.with { client in
            let id = try await client.start(
                "subscriptions/listen",
                stateless([
                    "notifications": [
                        "toolsListChanged": true, "promptsListChanged": true, "resourcesListChanged": true,
                        "resourceSubscriptions": ["viking://resources/docs"],
                    ]
                ]), id: "sub")
            let first = try await client.next()
            #expect(first?["method"] == "notifications/subscriptions/acknowledged")
            #expect(first?.at("params", "_meta", Self.tag) == id)
            let honoured: JSONValue = [
                "resourcesListChanged": true, "resourceSubscriptions": ["viking://resources/docs"],
            ]
            #expect(first?.at("params", "notifications") == honoured)
        }
    }

    @Test("MCP §3 subscriptions: every message has the subscriptionId, nothing comes that was not asked for")
    func messages() async throws {
        let store = Samples.store
        try await StdioClient.with(store) { client in
            // Two streams at once, which want different things.
            try await client.start("subscriptions/listen", Self.params(lists: true), id: "lists")
            try await client.start(
                "subscriptions/listen", Self.params(lists: false, "viking://resources/docs/README.md"), id: 7)
            _ = try await client.next()
            _ = try await client.next()
            store.refresh("viking://resources/docs", ["README.md": "new", "guide/start.md": "new", "x.md": "x"])
            var messages = [try #require(try await client.next()), try #require(try await client.next())]
            messages.sort { ($0["method"]?.string ?? "") < ($1["method"]?.string ?? "") }
            #expect(messages[0]["method"] == "notifications/resources/list_changed")
            #expect(messages[0].at("params", "_meta", Self.tag) == "lists")
            #expect(messages[1]["method"] == "notifications/resources/updated")
            #expect(messages[1].at("params", "_meta", Self.tag) == 7)
            #expect(messages[1].at("params", "uri") == "viking://resources/docs/README.md")
            // Nothing else was told: the next message is the answer to the next request.
            let id = try await client.start("server/discover", stateless([:]))
            #expect(try await client.next()?["id"] == id)
        }
    }

    @Test("MCP §3 subscriptions: what changes right behind the acknowledgement is told")
    func registration() async throws {
        let store = Samples.store
        try await StdioClient.with(store) { client in
            for round in 0..<20 {
                let id = try await client.start(
                    "subscriptions/listen", Self.params(lists: false, "viking://resources/docs"))
                _ = try await client.next()
                store.refresh("viking://resources/docs", ["README.md": "round \(round)"])
                #expect(try await client.next()?.at("params", "uri") == "viking://resources/docs/README.md")
                try await client.notify("notifications/cancelled", ["requestId": id])
            }
        }
    }

    @Test("MCP §3 subscriptions: our end sends notifications/cancelled, then the answer with the subscriptionId")
    func ourEnd() async throws {
        try await StdioClient.with { client in
            let id = try await client.start("subscriptions/listen", Self.params())
            _ = try await client.next()
            client.hangUp()
            let cancelled = try await client.next()
            #expect(cancelled?["method"] == "notifications/cancelled")
            #expect(cancelled?.at("params", "requestId") == id)
            let answer = try await client.next()
            #expect(answer?["id"] == id)
            #expect(answer?.at("result", "resultType") == "complete")
            #expect(answer?.at("result", "_meta", Self.tag) == id)
            #expect(try await client.next() == nil)
        }
    }

    @Test("MCP §3 subscriptions: notifications/cancelled ends one, without an answer")
    func theirEnd() async throws {
        let store = Samples.store
        try await StdioClient.with(store) { client in
            let id = try await client.start("subscriptions/listen", Self.params())
            _ = try await client.next()
            try await client.notify("notifications/cancelled", ["requestId": id])
            try await store.poll { store.listenerCount == 0 }
            store.refresh("viking://resources/docs", ["new.md": "x"])
            let next = try await client.start("server/discover", stateless([:]))
            #expect(try await client.next()?["id"] == next)
        }
    }

    @Test(
        "MCP §3 subscriptions: malformed filters are -32602",
        arguments: [
            [:], ["notifications": 5], ["notifications": ["resourcesListChanged": "yes"]],
            ["notifications": ["resourceSubscriptions": "viking://resources"]],
            ["notifications": ["resourceSubscriptions": [5]]],
            ["notifications": ["resourceSubscriptions": ["http://example.com"]]],
        ] as [JSONValue])
    func malformed(params: JSONValue) async throws {
        try await StdioClient.with { client in
            let answer = try await client.request("subscriptions/listen", params.stateless)
            #expect(answer.errorCode == -32602)
        }
    }

    @Test("a cursor that is too old makes everything that was asked for count as changed")
    func gap() async throws {
        let store = Samples.store
        try await StdioClient.with(store) { client in
            try await client.start(
                "subscriptions/listen",
                Self.params(lists: false, "viking://resources/docs", "viking://resources/notes.md"))
            _ = try await client.next()
            try await store.waitForListener()
            store.edit { $0.oldest = 1000 }
            store.refresh("viking://resources/docs", ["README.md": "x"])
            #expect(try await client.next()?.at("params", "uri") == "viking://resources/docs")
            #expect(try await client.next()?.at("params", "uri") == "viking://resources/notes.md")
        }
    }
}
