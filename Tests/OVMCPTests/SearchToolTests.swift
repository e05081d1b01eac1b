// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVMCP
import OVTestTraits
import Testing

/// What find, grep and glob say, and the sections of read.
@Suite(.inTurn) struct SearchToolTests {
    private typealias Answer = (text: String, isError: Bool, structured: JSONValue?)

    private static func call(_ tool: String, _ arguments: JSONValue, on store: FakeStore = Samples.store) async throws
        -> Answer
    {
        let answers = AsyncStream.makeStream(of: JSONValue.self)
        try await StdioClient.with(store) { client in
            answers.continuation.yield(try await client.call(tool, arguments, stateless: true))
            answers.continuation.finish()
        }
        var iterator = answers.stream.makeAsyncIterator()
        let answer = try #require(await iterator.next())
        return (
            answer.toolText, answer.at("result", "isError") == true, answer.at("result", "structuredContent")
        )
    }

    private static let freshness = "checked 2026-08-22T09:00:00Z (30 min ago)"

    // MARK: find

    @Test("find: a line for each passage, relative to the folder that all lie in, and how to read one")
    func find() async throws {
        let store = Samples.store
        let answer = try await Self.call("find", ["query": "one", "uri": "viking://resources/docs"], on: store)
        #expect(
            answer.text == """
                2 passages (untrusted text), best first, below viking://resources/docs, \(Self.freshness), next check in 12 min
                guide/start.md lines 3-5  Start  changed 2026-08-20: **One**. Two. Three.
                README.md lines 1-3  Title  changed 2026-08-20: Hello.
                To read one: read(uris=["viking://resources/docs/guide/start.md"], offset=2, limit=3).
                """)
        #expect(answer.structured?["root"] == "viking://resources/docs")
        #expect(answer.structured?.at("hits", "0", "offset") == 2)
        #expect(answer.structured?.at("hits", "1", "path") == "README.md")
        #expect(answer.structured?["more"] == nil)
        #expect(store.contents.findQueries.first == FindQuery(text: "one", targets: ["viking://resources/docs"]))
        // What it says of how to go on is right.
        let read = try await Self.call(
            "read", ["uris": ["viking://resources/docs/guide/start.md"], "offset": 2, "limit": 3])
        #expect(read.text.hasSuffix("\nOne.\nTwo.\nThree.\n"))
    }

    @Test("find: nothing found says why and what to try, and is no error")
    func findNothing() async throws {
        let store = Samples.store
        store.edit { contents in
            contents.found = FindResult(
                hits: [], missed: [MissedPart(text: "watchs", reason: "absent", near: ["watches", "watch"])])
        }
        let answer = try await Self.call("find", ["q": "watchs"], on: store)
        #expect(!answer.isError)
        #expect(answer.text.hasPrefix("Nothing found.\nnothing has watchs; near it: watches, watch\nTry "))
        #expect(answer.structured?["hits"] == [])
        #expect(store.contents.findQueries.first?.targets == [])
    }

    @Test("find: passages of several resources, of which one is failing and one is stale")
    func findEverywhere() async throws {
        let store = Samples.store
        store.edit { contents in
            var hits = [
                Samples.hit("viking://resources/docs/a.md", lines: 1...1, [], "x"),
                Samples.hit("viking://resources/wiki/b.md", lines: 7...9, ["A", "B"], "y\u{1b}[31m\nz"),
            ]
            hits.append(
                SearchHit(
                    uri: Samples.uri("viking://user/u/resources/c.md"), title: "c.md", headings: [], lines: 1...2,
                    size: 1,
                    line: 1, snippet: "c", abstract: "", score: 1, mediaType: "text/markdown",
                    lastChecked: Samples.at("2026-08-20T09:30:00.000Z"), lastChanged: Samples.changed))
            contents.found = FindResult(hits: hits)
            contents.watches = [
                Samples.watch("viking://resources/docs"),
                Samples.watch("viking://resources/wiki") { watch in
                    (watch.lastStatus, watch.consecutiveFailures) = (.failed, 3)
                    watch.lastFailure = .init(code: "X", message: "503\nService Unavailable", at: Samples.now)
                },
            ]
        }
        let answer = try await Self.call("find", ["query": "x", "limit": 3], on: store)
        let lines = answer.text.split(separator: "\n")
        #expect(
            lines.first == """
                3 passages (untrusted text), best first, below viking://, checked 2026-08-20T09:30:00Z (2 d ago) or later, \
                viking://resources/wiki: REFRESH FAILING (3×): 503 Service Unavailable, next check in 12 min
                """)
        #expect(lines[2] == "resources/wiki/b.md lines 7-9  A > B  changed 2026-08-20: y [31m z")
        // What has no headings and no title is not called by its name twice.
        #expect(lines[3] == "user/u/resources/c.md lines 1-2  changed 2026-08-20: c")
        #expect(
            lines.last
                == "… there may be more: raise limit (to at most 100) or narrow it with target_uri or more words.")
        #expect(answer.structured?["more"] == true)
        #expect(answer.structured?["warnings"]?.array?.count == 1)
    }

    // MARK: grep

    @Test("grep: lines under their documents, with what was asked around them")
    func grep() async throws {
        let store = Samples.store
        let arguments: JSONValue = [
            "query": "^One", "path": "viking://resources/docs", "case_insensitive": "true", "context": 99,
            "glob": "*.md", "max_results": 1000,
        ]
        let answer = try await Self.call("grep", arguments, on: store)
        #expect(
            answer.text == """
                1 line in 1 document (untrusted text), below viking://resources/docs/guide, \(Self.freshness), next check in 12 min
                start.md  changed 2026-08-20
                 3: One.
                 4- Two.
                """)
        #expect(answer.structured == nil)
        let query = try #require(store.contents.grepQueries.first)
        #expect(query.ignoresCase && !query.isFixed && query.include == ["*.md"])
        #expect(query.before == 20 && query.after == 20 && query.limit == 200)
        #expect(query.uri == "viking://resources/docs" && query.pattern == "^One")
    }

    @Test("grep: nothing, too much, lines that are too long, and a pattern that is none")
    func grepEdges() async throws {
        let store = Samples.store
        store.edit { $0.lines = [] }
        let nothing = try await Self.call("grep", ["pattern": "x"], on: store)
        #expect(!nothing.isError)
        #expect(nothing.text.hasPrefix("No line matches in 5 documents below viking://.\nTry ignore_case"))
        #expect(store.contents.grepQueries.first?.limit == 50)
        let broken = try await Self.call("grep", ["pattern": "("], on: store)
        #expect(broken.isError)
        #expect(broken.text == "the pattern has an open group\nuse a fixed string (`fixed=true`)")
        store.edit { contents in
            contents.linesGoOn = true
            contents.lines = (0..<400).map { number in
                GrepFile(
                    uri: Samples.uri("viking://resources/docs/gone-\(number).md"),
                    lines: [
                        .init(number: 1, text: "\ta\u{7}" + String(repeating: "é", count: 4000), isMatch: true)
                    ], count: 1)
            }
        }
        let long = try await Self.call("grep", ["pattern": "a"], on: store)
        #expect(long.text.utf8.count < 41_000)
        let lines = long.text.split(separator: "\n")
        #expect(lines.first == "400 or more lines in 400 documents (untrusted text), below viking://resources/docs")
        #expect(lines[2] == " 1: \ta " + String(repeating: "é", count: 297) + "…")
        #expect(lines.last == "… there is more: narrow it with uri, include or the pattern.")
    }

    // MARK: glob

    @Test("glob: documents with their sizes, relative to the folder that all lie in")
    func glob() async throws {
        let answer = try await Self.call("glob", ["pattern": "*.md", "uri": "viking://resources/docs"])
        #expect(
            answer.text == """
                3 documents below viking://resources/docs, \(Self.freshness), next check in 12 min
                README.md  15 B  2026-08-20
                guide/a b.md  7 B  2026-08-20
                guide/start.md  26 B  2026-08-20
                """)
        #expect(answer.structured?.at("entries", "1", "path") == "guide/a b.md")
        let none = try await Self.call("glob", ["pattern": "*.pdf"])
        #expect(!none.isError)
        #expect(none.text.hasPrefix("No document fits below viking://.\nTry "))
    }

    @Test("glob: at most 500 documents, and how to see the rest")
    func globCap() async throws {
        let store = Samples.store
        store.edit { contents in
            for number in 0..<700 { contents.documents[Samples.uri("viking://resources/big/\(number).txt")] = [97] }
        }
        let answer = try await Self.call("glob", ["pattern": "*.txt"], on: store)
        #expect(answer.text.hasPrefix("the first 500 documents below viking://resources/big, "))
        #expect(answer.text.hasSuffix("\n… there is more: narrow it with uri or the pattern."))
        #expect(answer.structured?["entries"]?.array?.count == 500)
        #expect(answer.structured?["more"] == true)
    }

    // MARK: All of them

    @Test("what the store refuses is an error that says what to do", arguments: ["find", "grep", "glob"])
    func errors(tool: String) async throws {
        let argument = tool == "find" ? "query" : "pattern"
        let missing = try await Self.call(tool, [:])
        #expect(missing.isError && missing.text.hasPrefix("'\(argument)' is missing"))
        let arguments: JSONValue = .object([(name: argument, value: .string("x")), (name: "limti", value: 5)])
        let unknown = try await Self.call(tool, arguments)
        #expect(unknown.isError && unknown.text.contains("limti"))
    }

    // MARK: Sections

    @Test("read of a section: its lines alone, and how to go on where it is cut")
    func sections() async throws {
        let store = Samples.store
        let body = String(repeating: String(repeating: "x", count: 99) + "\n", count: 500)
        store.edit { contents in
            let text = "# A\n\none\n# B\ntwo\n# C\n\(body)# D\n"
            contents.documents[Samples.uri("viking://resources/s.md")] = Array(text.utf8)
        }
        let uri: JSONValue = .array(["viking://resources/s.md"])
        let short = try await Self.call("read", ["uris": uri, "heading": "B"], on: store)
        #expect(short.text.hasPrefix("[viking://resources/s.md, lines 4-5 of 507, checked "))
        #expect(short.text.hasSuffix("]\n# B\ntwo\n"))
        let long = try await Self.call("read", ["uris": uri, "section": "C"], on: store)
        #expect(long.text.contains(", lines 6-405 of 507; continue without section, with offset=405, checked "))
        let rest = try await Self.call("read", ["uris": uri, "offset": 405], on: store)
        #expect(rest.text.hasSuffix("x\n# D\n"))
        let part = try await Self.call("read", ["uris": uri, "section": "C", "offset": 1, "limit": 2], on: store)
        #expect(part.text.contains(", lines 7-8 of 507; continue without section, with offset=8, "))
        #expect(try await Self.call("read", ["uris": uri, "section": "E"], on: store).isError)
    }
}
