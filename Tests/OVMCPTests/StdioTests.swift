// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVMCP
import OVTestTraits
import Testing

/// The transport of pipes, as its checklist has it.
@Suite(.inTurn) struct StdioTests {
    private static func line(_ id: Int, _ ending: String = "\n") -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"# + ending
    }

    @Test("MCP §5 one JSON object a line, without newlines inside")
    func oneLineEach() async throws {
        let store = Samples.store
        store.edit { $0.documents[Samples.uri("viking://resources/lines.md")] = Array("a\nb\r\n\u{2028}c".utf8) }
        try await StdioClient.with(store) { client in
            // The client splits at newlines and parses each line.
            let answer = try await client.call("read", ["uri": "viking://resources/lines.md"], stateless: true)
            #expect(answer.toolText.hasSuffix("a\nb\r\n\u{2028}c"))
        }
    }

    @Test("MCP §5 several messages in one write, one in many, CRLF and blank lines")
    func framing() async throws {
        try await StdioClient.with { client in
            try await client.send(text: Self.line(1, "\r\n") + "\n\r\n  \n" + Self.line(2) + Self.line(3))
            for character in Self.line(4) { try await client.send(text: String(character)) }
            var ids: Set<JSONValue> = []
            for _ in 0..<4 { ids.insert(try #require(try await client.next()?["id"])) }
            #expect(ids == [1, 2, 3, 4])
        }
    }

    @Test("MCP §5 a message of 4 MiB and more is taken")
    func large() async throws {
        try await StdioClient.with { client in
            let text = String(repeating: "x", count: 5 << 20)
            try await client.start("ping", ["padding": .string(text)], id: "big")
            #expect(try await client.next()?["id"] == "big")
        }
    }

    @Test("MCP §5 bad input: a message over the limit is refused without being kept, and what follows is answered")
    func tooLarge() async throws {
        var limits = StdioServer.Limits()
        limits.messageBytes = 100_000
        try await StdioClient.with(limits: limits) { client in
            let piece = [UInt8](repeating: UInt8(ascii: "y"), count: 1 << 16)
            for _ in 0..<64 { try await client.send(bytes: piece) }
            try await client.send(text: "\n" + Self.line(2))
            let refusal = try await client.next()
            #expect(refusal?.errorCode == -32600)
            #expect(refusal?["id"] == .null)
            #expect(try await client.next()?["id"] == 2)
        }
    }

    @Test(
        "MCP §5 bad input: deep nesting, NUL, lone surrogates and numbers out of range",
        arguments: [
            (#"{"a":"\u0000"}"#, 7, nil), (#"{"a":"\ud800"}"#, 7, nil), (#"{"a":1e400}"#, 7, nil),
            (#"{"a":-1e999}"#, 7, nil),
            (
                #"{"a":"# + String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000) + "}", nil,
                -32700
            ),
        ] as [(String, Int64?, Int64?)])
    func oddities(params: String, id: Int64?, code: Int64?) async throws {
        try await StdioClient.with { client in
            try await client.send(text: #"{"jsonrpc":"2.0","id":7,"method":"ping","params":\#(params)}"# + "\n")
            let answer = try await client.next()
            #expect(answer?["id"] == id.map { .integer($0) } ?? .null)
            #expect(answer?.errorCode == code)
        }
    }

    @Test(
        "MCP §5 bad JSON is -32700 with a null id, a bad envelope -32600, a batch -32600",
        arguments: [
            ("{", -32700), ("nonsense", -32700), (#"{"jsonrpc":"2.0","id":1,"method":"ping""#, -32700),
            ("\u{1}", -32700), ("5", -32600), (#""text""#, -32600), ("null", -32600), ("[]", -32600),
            (#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600), ("{}", -32600),
            (#"{"jsonrpc":"2.0"}"#, -32600), (#"{"jsonrpc":"1.0","method":"ping"}"#, -32600),
            (#"{"jsonrpc":"2.0","method":5}"#, -32600),
        ])
    func malformed(text: String, code: Int64) async throws {
        try await StdioClient.with { client in
            try await client.send(text: text + "\n")
            let answer = try await client.next()
            #expect(answer?["id"] == .null)
            #expect(answer?.errorCode == code)
        }
    }

    @Test("MCP §5 bad input: an error about one request keeps its id")
    func malformedWithID() async throws {
        try await StdioClient.with { client in
            for (text, code) in [
                (#"{"jsonrpc":"1.0","id":"k","method":"ping"}"#, -32600), (#"{"jsonrpc":"2.0","id":"k"}"#, -32600),
                (#"{"jsonrpc":"2.0","id":"k","method":"ping","params":[1]}"#, -32602),
            ] as [(String, Int64)] {
                try await client.send(text: text + "\n")
                let answer = try await client.next()
                #expect(answer?["id"] == "k")
                #expect(answer?.errorCode == code)
            }
        }
    }

    @Test("MCP §5 bad input: bytes that are no UTF-8")
    func notUTF8() async throws {
        try await StdioClient.with { client in
            try await client.send(
                bytes: Array(#"{"jsonrpc":"2.0","id":1,"method":""#.utf8) + [0xff, 0xfe] + Array(#""}"#.utf8) + [10])
            #expect(try await client.next()?.errorCode == -32700)
        }
    }

    @Test("MCP §5 answers to nothing are ignored, and so are notifications that nobody knows")
    func strayMessages() async throws {
        try await StdioClient.with { client in
            try await client.send(["jsonrpc": "2.0", "id": 5, "result": [:]])
            try await client.send(["jsonrpc": "2.0", "id": 5, "error": ["code": 1, "message": "x"]])
            try await client.notify("notifications/nobody/knows", ["x": 1])
            #expect(try await client.request("ping")["result"] == [:])
        }
    }

    @Test("MCP §5 a duplicate id in flight is -32600")
    func duplicates() async throws {
        let store = Samples.store
        store.edit { $0.runsEnd = false }
        try await StdioClient.with(store) { client in
            let call: JSONValue = ["name": "add_resource", "arguments": ["path": "/docs"]]
            try await client.start("tools/call", call.stateless, id: "same")
            let run = try await store.runningTask()
            try await client.start("tools/call", call.stateless, id: "same")
            let refusal = try await client.next()
            #expect(refusal?["id"] == "same")
            #expect(refusal?.errorCode == -32600)
            #expect(store.contents.ingests.count == 1)
            store.advance(run) { $0.status = .completed }
            #expect(try await client.next()?["id"] == "same")
        }
    }

    @Test("MCP §5 the end of the input: what is quick is answered, what is not is left, and all within two seconds")
    func endOfInput() async throws {
        let store = Samples.store
        store.edit { $0.runsEnd = false }
        let start = ContinuousClock.now
        try await StdioClient.with(store) { client in
            try await client.start("tools/call", stateless(["name": "add_resource", "arguments": ["path": "/docs"]]))
            _ = try await store.runningTask()
            // The last line has no newline, and is a message all the same.
            try await client.send(text: Self.line(50, ""))
            client.hangUp()
            #expect(try await client.next()?["id"] == 50)
            #expect(try await client.next() == nil)
        }
        // Two seconds, and what a busy machine may add.
        #expect(ContinuousClock.now - start < .seconds(10))
        // The run is the store's, and goes on.
        #expect(store.contents.cancelled.isEmpty)
    }

    @Test("a thousand pipelined calls keep their ids")
    func pipelining() async throws {
        try await StdioClient.with { client in
            let calls = (0..<1000).map { number in
                JSONWriter.text(
                    of: [
                        "jsonrpc": "2.0", "id": .string("call \(number)"), "method": "tools/call",
                        "params": stateless([
                            "name": "read", "arguments": ["uris": ["viking://resources/\(number).md"]],
                        ]),
                    ] as JSONValue) + "\n"
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await client.send(text: calls.joined()) }
                var seen: Set<Int> = []
                for _ in 0..<1000 {
                    let answer = try #require(try await client.next())
                    let number = try #require(Int(answer["id"]?.string?.dropFirst(5) ?? ""))
                    #expect(answer.toolText.contains("viking://resources/\(number).md"))
                    seen.insert(number)
                }
                #expect(seen.count == 1000)
                try await group.waitForAll()
            }
        }
    }

    @Test("a client that never reads holds up nothing but itself, and costs bounded memory")
    func neverReads() async throws {
        let store = Samples.store
        let uri = Samples.uri("viking://resources/large.md")
        store.edit { $0.documents[uri] = [UInt8](repeating: UInt8(ascii: "z"), count: 1 << 17) }
        var limits = StdioServer.Limits()
        limits.unreadBytes = 1 << 19
        let start = ContinuousClock.now
        try await StdioClient.with(store, limits: limits) { client in
            // Far more answers than anybody would keep: the server stops reading, so the writes stop, too.
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for _ in 0..<2000 {
                        _ = try? await client.start("resources/read", stateless(["uri": .string(uri.text)]))
                    }
                }
                // That nothing more is taken tells nobody; in this time all would have been.
                group.addTask { try? await Task.sleep(for: .milliseconds(300)) }
                await group.next()
                client.stopWaiting()
                group.cancelAll()
            }
        }
        #expect(ContinuousClock.now - start < .seconds(20))
    }
}
