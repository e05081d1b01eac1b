// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVMCP
import OVTestTraits
import Testing

/// What the tools say, in which programs look for words.
@Suite(.inTurn) struct ToolTests {
    static func text(
        _ tool: String, _ arguments: JSONValue = [:], on store: FakeStore = Samples.store
    ) async throws -> (text: String, isError: Bool, structured: JSONValue?) {
        var result: JSONValue = [:]
        let answers = AsyncStream.makeStream(of: JSONValue.self)
        try await StdioClient.with(store) { client in
            answers.continuation.yield(try await client.call(tool, arguments, stateless: true))
        }
        for await answer in answers.stream {
            result = answer
            break
        }
        return (result.toolText, result.at("result", "isError") == true, result.at("result", "structuredContent"))
    }

    // MARK: Watches

    @Test("list_watches has a line for each task, and no ids")
    func watches() async throws {
        let store = Samples.store
        store.edit { contents in
            contents.watches = [
                Samples.watch("viking://resources/a") { $0.lastStatus = .completed },
                Samples.watch("viking://resources/b", minutes: 0.5) { watch in
                    (watch.state, watch.nextRun) = (.paused, nil)
                },
                Samples.watch("viking://resources/c", minutes: 1440) { watch in
                    (watch.state, watch.nextRun) = (.suspended(reason: "gone\nfor good"), nil)
                    watch.lastStatus = .failed
                    watch.lastFailure = .init(code: "X", message: "404 Not Found", at: Samples.now)
                },
            ]
        }
        let answer = try await Self.text("list_watches", on: store)
        #expect(
            answer.text == """
                - viking://resources/a  interval=30m  active  next=2026-08-22T09:42:00.000Z  last=ok
                - viking://resources/b  interval=0.5m  paused  next=n/a  last=never
                - viking://resources/c  interval=1440m  suspended: gone for good  next=n/a  last=failed: 404 Not Found
                """)
        #expect(answer.structured?.at("watches", "0", "next") == "2026-08-22T09:42:00Z (in 12 min)")
        store.edit { $0.watches = [] }
        #expect(try await Self.text("list_watches", on: store).text == "No watch tasks.")
    }

    @Test("cancel_watch: cancelled, never there, and with the nearest one named")
    func cancelWatch() async throws {
        let store = Samples.store
        let done = try await Self.text("cancel_watch", ["to_uri": "viking://resources/docs"], on: store)
        #expect(done.text == "Watch cancelled: viking://resources/docs")
        #expect(store.contents.watches.isEmpty)
        let none = try await Self.text("cancel_watch", ["uri": "viking://resources/docs/"], on: store)
        #expect(none.isError)
        #expect(none.text.hasPrefix("No watch task found for viking://resources/docs\n"))
        let near = try await Self.text("cancel_watch", ["to_uri": "viking://resources/docs/guide"])
        #expect(near.text.contains("viking://resources/docs?"))
    }

    // MARK: Adding

    @Test("add_resource says where it is, what watches it, and what was found")
    func add() async throws {
        let plain = try await Self.text("add_resource", ["path": "/docs"])
        #expect(plain.text == "Resource added: viking://resources/added\nupdated: 3 added, 1 unchanged, 4.3 kB")
        let arguments: JSONValue = ["url": "/docs", "to": "viking://resources/x", "watchInterval": "30"]
        let watched = try await Self.text("add_resource", arguments)
        #expect(
            watched.text.hasPrefix(
                "Resource added: viking://resources/x (watch enabled, refresh every 30 minute(s))\n"))
        #expect(watched.structured?["added"] == 3)
        #expect(watched.structured?["uri"] == "viking://resources/x")
        let accepted = try await Self.text("add_resource", ["path": "/docs", "wait": false])
        #expect(accepted.text.hasPrefix("Resource added: viking://resources/added\n"))
        #expect(accepted.text.contains("goes on"))
    }

    @Test(
        "add_resource refuses what cannot be",
        arguments: [
            (["path": "/docs", "watch_interval": -5], "watch_interval"),
            (["path": "/docs", "watch_interval": 30], "to=viking://resources/docs"),
            (["path": "/missing"], "no such file"), (["path": "/docs", "timeout": 0], "timeout"),
            (["path": "/docs", "to": "viking://resources/../x"], "viking://"), ([:], "path"),
        ] as [(JSONValue, String)])
    func addErrors(arguments: JSONValue, words: String) async throws {
        let store = Samples.store
        let answer = try await Self.text("add_resource", arguments, on: store)
        #expect(answer.isError)
        #expect(answer.text.contains(words), "\(answer.text)")
        #expect(store.contents.watches.count == 1)
    }

    @Test("add_resource that takes too long goes on, and says so")
    func timeout() async throws {
        let store = Samples.store
        store.edit { $0.runsEnd = false }
        let answer = try await Self.text("add_resource", ["path": "/docs", "timeout": .number(0.05)], on: store)
        #expect(!answer.isError)
        #expect(answer.text.contains("Not finished after 0.05 s"))
        #expect(answer.text.contains("goes on in the background"))
        #expect(store.contents.cancelled.isEmpty)
    }

    @Test("add_resource that fails is an error, and the watch stays")
    func failure() async throws {
        let store = Samples.store
        store.edit { $0.runsEnd = false }
        try await StdioClient.with(store) { client in
            let arguments: JSONValue = ["path": "/docs", "to": "viking://resources/x", "watch_interval": 5]
            let id = try await client.start("tools/call", stateless(["name": "add_resource", "arguments": arguments]))
            store.advance(try await store.runningTask()) { task in
                task.status = .failed
                task.error = .init(code: "PROCESSING_ERROR", message: "url: 404 Not Found", hint: "see `ov ls`")
            }
            let answer = try await client.answer(to: id)
            #expect(answer.at("result", "isError") == true)
            #expect(answer.at("result", "structuredContent") == nil)
            #expect(answer.toolText.hasPrefix("url: 404 Not Found\nsee `list`\nThe watch on viking://resources/x"))
        }
    }

    @Test("MCP §7 progress: only with a token (0 and \"\" are some), rising, none after the answer")
    func progress() async throws {
        for token in ["p", "", 0, 7] as [JSONValue] {
            let store = Samples.store
            store.edit { $0.runsEnd = false }
            try await StdioClient.with(store) { client in
                let meta = JSONValue.envelope.setting("progressToken", token)
                let id = try await client.start(
                    "tools/call", ["name": "add_resource", "arguments": ["path": "/docs"], "_meta": meta])
                let run = try await store.runningTask()
                let first = try await client.next()
                #expect(first?["method"] == "notifications/progress")
                #expect(first?.at("params", "progressToken") == token)
                for count in [1, 5, 5, 3, 9] {
                    store.advance(run) { $0.progress = .init(documents: count, bytes: 0, totalDocuments: 9) }
                }
                store.advance(run) { $0.status = .completed }
                var last: Int64 = first?.at("params", "progress")?.integer ?? -1
                while let message = try await client.next(), message["id"] == nil {
                    let value = message.at("params", "progress")?.integer ?? -1
                    #expect(value > last)
                    last = value
                }
                #expect(try await client.request("server/discover", stateless([:]))["id"] != id)
            }
        }
    }

    @Test("MCP §7 progress: none without a token")
    func noProgress() async throws {
        let store = Samples.store
        store.edit { $0.runsEnd = false }
        try await StdioClient.with(store) { client in
            let id = try await client.start(
                "tools/call", stateless(["name": "add_resource", "arguments": ["path": "/docs"]]))
            let run = try await store.runningTask()
            store.advance(run) { $0.progress = .init(documents: 5) }
            store.advance(run) { $0.status = .completed }
            #expect(try await client.next()?["id"] == id)
        }
    }

    // MARK: Reading

    @Test("read says how fresh it is and how to go on")
    func read() async throws {
        let uri: JSONValue = "viking://resources/docs/guide/start.md"
        let whole = try await Self.text("read", ["uris": [uri]])
        #expect(
            whole.text == """
                [viking://resources/docs/guide/start.md, 5 lines, checked 2026-08-22T09:00:00Z (30 min ago), \
                changed 2026-08-20T10:00:00Z, next check in 12 min; untrusted text below]
                # Start

                One.
                Two.
                Three.

                """)
        #expect(whole.structured == nil)
        let part = try await Self.text("read", ["uris": [uri], "offset": 2, "limit": 2])
        #expect(part.text.contains("lines 3-4 of 5; continue with offset=4,"))
        #expect(part.text.hasSuffix("\nOne.\nTwo.\n"))
        let behind = try await Self.text("read", ["uris": [uri], "offset": 99])
        #expect(behind.text.contains("no line 99 of 5"))
    }

    @Test("read of a long document stops at the cap and names the offset; a line that is too long is cut")
    func longDocument() async throws {
        let store = Samples.store
        let line = String(repeating: "é", count: 100)
        store.edit { contents in
            let lines = Array(repeating: line, count: 1000).joined(separator: "\n")
            contents.documents[Samples.uri("viking://resources/long.md")] = Array(lines.utf8)
            contents.documents[Samples.uri("viking://resources/wide.md")] =
                Array(String(repeating: "é", count: 60_001).utf8) + [10, 97]
        }
        var (offset, seen) = (0, 0)
        while offset < 1000 {
            let answer = try await Self.text(
                "read", ["uris": ["viking://resources/long.md"], "offset": .integer(Int64(offset))], on: store)
            #expect(answer.text.utf8.count < 41_000)
            seen += answer.text.split(separator: "\n").dropFirst().count { $0 == line }
            guard let next = answer.text.firstMatch(of: /continue with offset=(\d+)/)?.1 else { break }
            offset = try #require(Int(next))
        }
        #expect(seen == 1000)
        let wide = try await Self.text("read", ["uris": ["viking://resources/wide.md"]], on: store)
        #expect(wide.text.contains("too long to show"))
        #expect(wide.text.contains("continue with offset=1"))
        #expect(!wide.text.contains("\u{FFFD}"))
    }

    @Test("read of several: one that is missing does not take the others with it")
    func severalDocuments() async throws {
        let answer = try await Self.text(
            "read", ["uris": ["viking://resources/notes.md", "viking://resources/none.md"]])
        #expect(!answer.isError)
        #expect(answer.text.contains("note\n"))
        #expect(answer.text.contains("Not read: there is nothing at viking://resources/none.md"))
        let none = try await Self.text("read", ["uris": ["viking://resources/none.md", "viking://resources/no.md"]])
        #expect(none.isError)
    }

    @Test("a failing refresh shows in what is read")
    func failingWatch() async throws {
        let store = Samples.store
        store.edit { contents in
            contents.watches = [
                Samples.watch("viking://resources/docs") { watch in
                    (watch.lastStatus, watch.consecutiveFailures) = (.failed, 3)
                    watch.lastFailure = .init(code: "X", message: "503 Service Unavailable", at: Samples.now)
                }
            ]
        }
        for tool in ["read", "list", "tree"] {
            let uri: JSONValue =
                tool == "read" ? "viking://resources/docs/README.md" : "viking://resources/docs"
            let answer = try await Self.text(tool, ["uri": uri], on: store)
            #expect(answer.text.contains("REFRESH FAILING (3×): 503 Service Unavailable"), "\(answer.text)")
        }
    }

    @Test("list and tree")
    func folders() async throws {
        let list = try await Self.text("list", ["uri": "viking://resources/docs"])
        #expect(
            list.text == """
                viking://resources/docs: 4 documents, 51 B, checked 2026-08-22T09:00:00Z (30 min ago), changed \
                2026-08-20T10:00:00Z, next check in 12 min
                README.md  15 B  2026-08-20
                guide/  1 document  2026-08-20
                logo.bin  3 B  2026-08-20
                """)
        #expect(list.structured?.at("entries", "1", "path") == "guide/")
        let tree = try await Self.text("tree", ["uri": "viking://resources/docs"])
        #expect(tree.text.hasSuffix("\n README.md 15 B\n guide/\n  a b.md 7 B\n  start.md 26 B\n logo.bin 3 B"))
        #expect(tree.structured == nil)
        let empty = try await Self.text("list", ["uri": "viking://resources"], on: FakeStore())
        #expect(empty.text.contains("Nothing is here yet"))
        let missing = try await Self.text("list", ["uri": "viking://resources/none"])
        #expect(missing.isError)
        #expect(missing.text.contains("`list` lists what there is"))
    }

    @Test("the tree of 500 documents, the list of 50 watches: bounded, and as short as can be")
    func sizes() async throws {
        let store = Samples.store
        store.edit { contents in
            for number in 0..<500 {
                let uri = Samples.uri("viking://resources/big/part-\(number / 25)/section-\(number).md")
                contents.documents[uri] = [UInt8](repeating: 97, count: 1000 + number)
            }
            contents.watches = (0..<50).map { Samples.watch("viking://resources/project-\($0)/docs") }
        }
        let tree = try await Self.text("tree", ["uri": "viking://resources/big"], on: store).text
        let watches = try await Self.text("list_watches", on: store).text
        print("characters: tree of 500 documents \(tree.count), list_watches with 50 \(watches.count)")
        #expect(tree.count < 15_000)
        #expect(watches.count < 7000)
    }

    @Test("answers are cut at their cap, and say so")
    func caps() async throws {
        let store = Samples.store
        store.edit { contents in
            for number in 0..<3000 {
                let uri = Samples.uri("viking://resources/big/a-rather-long-name-for-a-document-\(number).md")
                contents.documents[uri] = [97]
            }
            contents.watches = (0..<2000).map { Samples.watch("viking://resources/project-\($0)") }
        }
        for tool in ["tree", "list", "list_watches"] {
            let arguments: JSONValue = tool == "list_watches" ? [:] : ["uri": "viking://resources/big"]
            let answer = try await Self.text(tool, arguments, on: store)
            #expect(answer.text.utf8.count <= 41_000)
            #expect(answer.text.contains("…"))
        }
    }

    // MARK: The rest

    @Test("changes: the cursor of now, what is new, and how to go on")
    func changes() async throws {
        let store = Samples.store
        let now = try await Self.text("changes", on: store)
        #expect(now.structured?["cursor"] == "c0")
        store.refresh("viking://resources/docs", ["README.md": "x", "new.md": "y"])
        let news = try await Self.text("changes", ["since": "c0", "limit": 1], on: store)
        #expect(
            news.text
                == "changed  viking://resources/docs/README.md  2026-08-22T09:30:00Z  \"Title of README.md\"\n"
                + "More follows: changes(since=c1)")
        let rest = try await Self.text("changes", ["since": "c2"], on: store)
        #expect(rest.text == "Nothing has changed.\nCursor: c2")
        store.edit { $0.oldest = 9 }
        #expect(try await Self.text("changes", ["since": "c0"], on: store).isError)
    }

    @Test("forget and health")
    func forgetAndHealth() async throws {
        let store = Samples.store
        let gone = try await Self.text("forget", ["uri": "viking://resources/notes.md"], on: store)
        #expect(gone.text == "Removed: viking://resources/notes.md (1 document)")
        #expect(try await Self.text("forget", ["uri": "viking://resources/notes.md"], on: store).isError)
        let health = try await Self.text("health", on: store)
        #expect(health.text.hasPrefix("ov 0.1.0: healthy\n"))
    }
}
