// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVMCP
import OVTestTraits
import Testing

/// Streamable HTTP in both eras, as its checklist has it, without the HTTP server around it.
@Suite(.inTurn) struct EndpointTests {
    private typealias Client = EndpointClient

    /// A call that tells how far it is, and ends when its run does.
    private static let longCall = Client.message(
        "tools/call", ["name": "add_resource", "arguments": ["path": "/docs"], "_meta": ["progressToken": 1]],
        id: "call")

    // MARK: Both eras

    @Test("MCP §6 POST: the Content-Type must be JSON (415), Accept must list both types (406)")
    func mediaTypes() async throws {
        try await Client.with { client in
            for (type, status) in [
                ("application/json", 200), ("Application/JSON; charset=utf-8", 200), ("text/plain", 415), (nil, 415),
                ("application/x-www-form-urlencoded", 415),
            ] as [(String?, Int)] {
                var request = Client.stateless("server/discover")
                request.contentType = type
                #expect(await client.send(request).status == status)
            }
            for (accept, status) in [
                ("application/json, text/event-stream", 200), ("*/*", 200), (nil, 200),
                ("application/*;q=0.5,text/*", 200), ("application/json", 406), ("text/event-stream", 406),
                ("text/html", 406),
            ] as [(String?, Int)] {
                var request = Client.stateless("server/discover")
                request.accept = accept
                #expect(await client.send(request).status == status)
            }
        }
    }

    @Test(
        "MCP §6 POST: unparsable is 400 and -32700 with a null id; batches and null ids are 400; an error keeps its id")
    func malformed() async throws {
        try await Client.with { client in
            var request = Client.request()
            request.body = Array("{".utf8)
            let unparsable = await client.send(request)
            #expect(unparsable.status == 400)
            #expect(unparsable.json?.errorCode == -32700)
            #expect(unparsable.json?["id"] == .null)
            let batch = await client.send(Client.request(.post, [Client.message("ping")]))
            #expect(batch.status == 400)
            #expect(batch.json?.errorCode == -32600)
            #expect(await client.send(Client.request(.post, Client.message("ping", id: .null))).status == 400)
            let named = await client.send(Client.request(.post, ["jsonrpc": "1.0", "id": "k", "method": "ping"]))
            #expect(named.status == 400)
            #expect(named.json?["id"] == "k")
        }
    }

    @Test("MCP §6 notifications: 202 without a body; other verbs: 405 with Allow")
    func notificationsAndVerbs() async throws {
        try await Client.with { client in
            let session = try await client.handshake()
            let notification: JSONValue = ["jsonrpc": "2.0", "method": "notifications/initialized"]
            for request in [
                Client.request(.post, notification, session: session),
                Client.request(.post, notification, headers: MessageHeaders(protocolVersion: "2026-07-28")),
            ] {
                let reply = await client.send(request)
                #expect(reply.status == 202)
                guard case .none = reply.body else { Issue.record("a body"); continue }
            }
            let other = await client.send(Client.request(.other))
            #expect(other.status == 405)
            #expect(other.header("Allow") == "DELETE, GET, POST")
        }
    }

    @Test("MCP §6 answers are JSON when nothing came before, a stream of events when something did")
    func jsonOrEvents() async throws {
        let store = Samples.store
        try await Client.with(store) { client in
            let plain = await client.send(Client.stateless("tools/call", ["name": "health"], name: "health"))
            #expect(plain.json?["result"] != nil)
            store.edit { $0.runsEnd = false }
            var request = Client.stateless("tools/call", name: "add_resource")
            let meta = JSONValue.envelope.setting("progressToken", "p")
            request.body = Array(
                JSONWriter.text(
                    of: Client.message(
                        "tools/call", ["name": "add_resource", "arguments": ["path": "/docs"], "_meta": meta])
                ).utf8)
            var follower = try #require(await client.send(request).follower)
            #expect(await follower.nextMessage()?["method"] == "notifications/progress")
            store.advance(try await store.runningTask()) { $0.status = .completed }
            let answer = await follower.nextMessage()
            #expect(answer?["id"] == 1)
            #expect(await follower.next() == nil)
        }
    }

    // MARK: The era of sessions

    @Test("MCP §6 sessions: an id of visible ASCII; missing 400, unknown 404, after DELETE 404")
    func sessions() async throws {
        try await Client.with { client in
            let session = try await client.handshake()
            #expect(session.utf8.allSatisfy { (0x21...0x7e).contains($0) })
            #expect(try await client.handshake() != session)
            let ping = Client.message("ping")
            #expect(await client.send(Client.request(.post, ping, session: session)).status == 200)
            let missing = await client.send(Client.request(.post, Client.message("tools/list")))
            #expect(missing.status == 400)
            #expect(missing.json?.at("error", "data", "supported") != nil)
            #expect(await client.send(Client.request(.post, ping, session: "other")).status == 404)
            #expect(await client.send(Client.request(.get)).status == 400)
            var follower = try #require(await client.send(Client.request(.get, session: session)).follower)
            #expect(await client.send(Client.request(.delete, session: session)).status == 204)
            while await follower.next() != nil {}
            for verb in [.get, .post, .delete] as [EndpointRequest.Verb] {
                #expect(await client.send(Client.request(verb, ping, session: session)).status == 404)
            }
        }
    }

    @Test("MCP §6 sessions: a session is its caller's alone")
    func callers() async throws {
        try await Client.with { client in
            var request = Client.request(.post, Client.message("ping"), session: try await client.handshake())
            request.caller = Caller(account: "other", user: "x", role: .user, origin: .network)
            #expect(await client.send(request).status == 404)
        }
    }

    @Test("MCP §6 MCP-Protocol-Version: unknown 400, absent fine, another known one fine")
    func versionHeader() async throws {
        try await Client.with { client in
            let session = try await client.handshake("2025-06-18")
            for (version, status) in [
                (nil, 200), ("2025-06-18", 200), ("2025-11-25", 200), ("2024-11-05", 200), ("1999-01-01", 400),
            ] as [(String?, Int)] {
                let headers = MessageHeaders(protocolVersion: version)
                let request = Client.request(.post, Client.message("ping"), session: session, headers: headers)
                #expect(await client.send(request).status == status)
            }
        }
    }

    @Test("MCP §6 a failed handshake leaves no session")
    func failedHandshake() async throws {
        try await Client.with { client in
            let reply = await client.send(Client.request(.post, Client.message("initialize")))
            #expect(reply.json?.errorCode == -32602)
            #expect(reply.header("Mcp-Session-Id") == nil)
            #expect(client.endpoint.sessionCount == 0)
        }
    }

    @Test("MCP §6 GET: a stream of what belongs to no request, each message on one stream only")
    func standaloneStream() async throws {
        let store = Samples.store
        try await Client.with(store) { client in
            let session = try await client.handshake()
            let subscribe = Client.message("resources/subscribe", ["uri": "viking://resources/docs"])
            #expect(await client.send(Client.request(.post, subscribe, session: session)).json?["result"] == [:])
            var first = try #require(await client.send(Client.request(.get, session: session)).follower)
            try await store.waitForListener()
            #expect(await first.nextEvent()?.retry == "1000")
            store.refresh("viking://resources/docs", ["README.md": "x"])
            #expect(await first.nextMessage()?.at("params", "uri") == "viking://resources/docs/README.md")
            // A client that comes back without saying so takes the stream over.
            var second = try #require(await client.send(Client.request(.get, session: session)).follower)
            #expect(await first.next() == nil)
            store.refresh("viking://resources/docs", ["README.md": "y"])
            var messages: [JSONValue?] = []
            while messages.count < 2 { messages.append(await second.nextMessage()?.at("params", "uri")) }
            #expect(messages == [messages[0], messages[0]])
            var wrong = Client.request(.get, session: session)
            wrong.accept = "application/json"
            #expect(await client.send(wrong).status == 406)
        }
    }

    @Test("MCP §6 event ids name their stream; Last-Event-ID replays that stream alone")
    func resumption() async throws {
        let store = Samples.store
        store.edit { $0.runsEnd = false }
        try await Client.with(store) { client in
            let session = try await client.handshake()
            var lost = try #require(await client.send(Client.request(.post, Self.longCall, session: session)).follower)
            let primer = await lost.nextEvent()
            #expect(primer?.id != nil)
            #expect(primer?.message == nil)
            let progress = await lost.nextEvent()
            // The connection is lost; the call goes on all the same.
            lost.end()
            store.advance(try await store.runningTask()) { $0.status = .completed }
            var request = Client.request(.get, session: session)
            request.lastEventID = progress?.id
            var resumed = try #require(await client.send(request).follower)
            #expect(await resumed.nextMessage()?["id"] == "call")
            #expect(await resumed.next() == nil)
            // And again from the very beginning.
            request.lastEventID = primer?.id
            resumed = try #require(await client.send(request).follower)
            #expect(await resumed.nextMessage()?["method"] == "notifications/progress")
            #expect(await resumed.nextMessage()?["id"] == "call")
            request.lastEventID = "99-1"
            #expect(await client.send(request).status == 404)
        }
    }

    @Test("MCP §4 cancellation over HTTP: the stream of the request is closed without an answer")
    func cancellation() async throws {
        let store = Samples.store
        store.edit { $0.runsEnd = false }
        try await Client.with(store) { client in
            let session = try await client.handshake()
            var follower = try #require(
                await client.send(Client.request(.post, Self.longCall, session: session)).follower)
            _ = await follower.nextMessage()
            let cancel: JSONValue = [
                "jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": "call"],
            ]
            #expect(await client.send(Client.request(.post, cancel, session: session)).status == 202)
            #expect(await follower.nextMessage() == nil)
            #expect(store.contents.cancelled.count == 1)
        }
    }

    @Test("ten thousand sessions opened and left: a bounded number is kept, the oldest go first")
    func manySessions() async throws {
        try await Client.with { client in
            let first = try await client.handshake()
            var last = first
            for _ in 0..<10_000 { last = try await client.handshake() }
            #expect(client.endpoint.sessionCount <= 1000)
            let ping = Client.message("ping")
            #expect(await client.send(Client.request(.post, ping, session: first)).status == 404)
            #expect(await client.send(Client.request(.post, ping, session: last)).status == 200)
        }
    }

    @Test("MCP §1 batches over HTTP in a session of 2025-03-26")
    func batches() async throws {
        try await Client.with { client in
            let session = try await client.handshake("2025-03-26")
            let batch: JSONValue = [
                Client.message("ping", id: "a"), ["jsonrpc": "2.0", "method": "notifications/initialized"],
                Client.message("no/such", id: "b"),
            ]
            let reply = await client.send(Client.request(.post, batch, session: session))
            #expect(reply.json?.array?.map { $0["id"] } == ["a", "b"])
            let silent = await client.send(
                Client.request(
                    .post, [["jsonrpc": "2.0", "method": "notifications/initialized"]], session: session))
            #expect(silent.status == 202)
        }
    }

    // MARK: The stateless era

    @Test("MCP §6 headers: missing or different from the body is 400 and -32020; names are compared decoded")
    func headers() async throws {
        try await Client.with { client in
            let message = Client.message("tools/call", OVMCPTests.stateless(["name": "health"]))
            for (version, method, name, isRight) in [
                ("2026-07-28", "tools/call", "health", true), ("2026-07-28", "tools/call", "  health\t", true),
                ("2026-07-28", "tools/call", "=?base64?aGVhbHRo?=", true), (nil, "tools/call", "health", false),
                ("2026-07-28", nil, "health", false), ("2026-07-28", "tools/call", nil, false),
                ("2026-07-28", "Tools/Call", "health", false), ("2026-07-28", "tools/list", "health", false),
                ("2026-07-28", "tools/call", "read", false), ("2025-11-25", "tools/call", "health", false),
                ("2026-07-28", "tools/call", "=?base64?!!?=", false),
            ] as [(String?, String?, String?, Bool)] {
                let headers = MessageHeaders(protocolVersion: version, method: method, name: name)
                let reply = await client.send(Client.request(.post, message, headers: headers))
                #expect(reply.status == (isRight ? 200 : 400), "\(String(describing: (version, method, name)))")
                if !isRight { #expect(reply.json?.errorCode == -32020) }
            }
            let uri = "viking://resources/docs/guide/a%20b.md"
            let read = Client.stateless("resources/read", ["uri": .string(uri)], name: uri)
            #expect(await client.send(read).status == 200)
        }
    }

    @Test("MCP §3 HTTP status: 400 for a wrong envelope, version or parameter, 404 for a method")
    func statuses() async throws {
        try await Client.with { client in
            let noMeta = Client.request(
                .post, Client.message("tools/list"),
                headers: MessageHeaders(protocolVersion: "2026-07-28", method: "tools/list"))
            var reply = await client.send(noMeta)
            #expect(reply.status == 400)
            #expect(reply.json?.errorCode == -32602)
            let future = JSONValue.envelope.setting("io.modelcontextprotocol/protocolVersion", "2099-01-01")
            reply = await client.send(
                Client.request(
                    .post, Client.message("tools/list", ["_meta": future]),
                    headers: MessageHeaders(protocolVersion: "2099-01-01", method: "tools/list")))
            #expect(reply.status == 400)
            #expect(reply.json?.errorCode == -32022)
            for method in ["ping", "no/such", "initialize"] {
                reply = await client.send(Client.stateless(method))
                #expect(reply.status == 404)
                #expect(reply.json?.errorCode == -32601)
            }
            let read = Client.stateless(
                "resources/read", ["uri": "viking://resources/no"], name: "viking://resources/no")
            #expect(await client.send(read).status == 400)
            #expect(await client.send(Client.stateless("tasks/get", ["taskId": "x"], name: "x")).status == 400)
        }
    }

    @Test("MCP §6 no session: none is given, one that comes is ignored, GET and DELETE are 405")
    func noSessions() async throws {
        try await Client.with { client in
            var request = Client.stateless("server/discover")
            request.sessionID = "whatever"
            let reply = await client.send(request)
            #expect(reply.status == 200)
            #expect(reply.header("Mcp-Session-Id") == nil)
            for verb in [.get, .delete] as [EndpointRequest.Verb] {
                let refused = await client.send(
                    Client.request(verb, headers: MessageHeaders(protocolVersion: "2026-07-28")))
                #expect(refused.status == 405)
                #expect(refused.header("Allow") == "POST")
            }
        }
    }

    @Test("MCP §6 closing the stream cancels the request; events have no ids")
    func closing() async throws {
        let store = Samples.store
        store.edit { $0.runsEnd = false }
        try await Client.with(store) { client in
            var request = Client.stateless("tools/call", name: "add_resource")
            let meta = JSONValue.envelope.setting("progressToken", 5)
            request.body = Array(
                JSONWriter.text(
                    of: Client.message(
                        "tools/call", ["name": "add_resource", "arguments": ["path": "/docs"], "_meta": meta])
                ).utf8)
            var follower = try #require(await client.send(request).follower)
            let event = await follower.nextEvent()
            #expect(event?.id == nil)
            #expect(event?.message?["method"] == "notifications/progress")
            request.closed.open()
            try await store.wait { $0.cancelled.count == 1 }
            #expect(await follower.nextMessage() == nil)
        }
    }

    @Test("MCP §3 subscriptions over HTTP: acknowledgement, updates, the end of the server")
    func listening() async throws {
        let store = Samples.store
        try await Client.with(store) { client in
            let params: JSONValue = ["notifications": ["resourceSubscriptions": ["viking://resources/docs"]]]
            var follower = try #require(
                await client.send(Client.stateless("subscriptions/listen", params, id: "s")).follower)
            #expect(await follower.nextMessage()?["method"] == "notifications/subscriptions/acknowledged")
            store.refresh("viking://resources/docs", ["README.md": "x"])
            let update = await follower.nextMessage()
            #expect(update?["method"] == "notifications/resources/updated")
            #expect(update?.at("params", "_meta", "io.modelcontextprotocol/subscriptionId") == "s")
            client.endpoint.end()
            #expect(await follower.nextMessage()?["method"] == "notifications/cancelled")
            #expect(await follower.nextMessage()?.at("result", "resultType") == "complete")
            #expect(await follower.next() == nil)
            #expect(await client.send(Client.stateless("server/discover")).status == 503)
        }
    }
}
