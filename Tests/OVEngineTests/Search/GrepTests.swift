// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVTestSupport
import OVTestTraits
import Synchronization
import Testing

@testable import OVEngine

@Suite("Finding lines and paths", .inTurn, .timeLimit(.minutes(20)))
struct GrepTests {
    private static let docs = "viking://resources/docs"

    private func test(_ body: (TestEngine) async throws -> Void) async throws {
        try await World.test { test in
            var documents = [
                "a.md": "one\ntwo needle\nthree\n", "b/c.md": "needle\nNeedle\n", "b/d.txt": "needle in text\n",
                "e.md": "nothing\n",
            ]
            for number in 0..<50 { documents["many/\(number).md"] = String(repeating: "filler\n", count: 9000) }
            documents["many/7.md"]?.append("needle at the end")
            test.sources.put("docs", documents)
            try await test.ingested("scripted:docs", to: Self.docs)
            try await body(test)
        }
    }

    private func grep(_ test: TestEngine, _ pattern: String, _ adjust: (inout GrepQuery) -> Void = { _ in })
        async throws -> (lines: [String], summary: GrepSummary)
    {
        var query = GrepQuery(pattern: pattern, uri: Self.docs)
        adjust(&query)
        let lines = Mutex<[String]>([])
        let summary = try await test.engine.grep(query, as: .local) { file in
            let path = file.uri.text.dropFirst(Self.docs.count + 1)
            let found = file.lines.map { "\(path):\($0.number)\($0.isMatch ? ":" : "-")\($0.text)" }
            lines.withLock { $0 += found.isEmpty ? ["\(path):\(file.count)"] : found }
        }
        return (lines.withLock { $0 }, summary)
    }

    @Test("Lines come in the order of their documents, whichever thread found them")
    func order() async throws {
        try await test { test in
            let found = try await grep(test, "needle")
            #expect(
                found.lines == [
                    "a.md:2:two needle", "b/c.md:1:needle", "b/d.txt:1:needle in text",
                    "many/7.md:9001:needle at the end",
                ])
            #expect(found.summary.count == 4 && found.summary.documentsScanned == 54 && !found.summary.hasMore)
        }
    }

    @Test("What indexes rule out makes no difference, whether packs have their own or share one")
    func ruledOut() async throws {
        try await World.test { test in
            let words = [
                "Alpha", "beta", "parseHTTPHeader", "snake_case", "caf\u{E9}", "\u{212A}elvin", "日本abc", "it's",
            ]
            for number in 0..<70 {
                var text = String(repeating: "filler line of \(number)\n", count: 300)
                for (place, word) in words.enumerated() where number % (place + 7) == 3 {
                    text += "x \(word)\(number)\n"
                }
                test.sources.put("g\(number)", ["n.md": text])
                try await test.ingested("scripted:g\(number)", to: Self.docs + "/g\(number)")
            }
            let patterns = [
                "alpha", "Alpha1", "beta|snake", "HTTPHead", "case[0-9]+$", "caf\u{E9}3", "elvin", "本abc",
                "(?:it's|beta)1",
                "nowhere", "e.*r", "Kelvin",
            ]
            var answers: [[String]] = []
            for _ in 0..<2 {
                for pattern in patterns {
                    for isLoud in [false, true] {
                        let found = try await grep(test, pattern) { $0.ignoresCase = isLoud }
                        answers.append(found.lines)
                        #expect(found.summary.documentsScanned == 70)
                        // What does not match is all of it the other way round, which nothing rules out.
                        let others = try await grep(test, pattern) { query in
                            (query.ignoresCase, query.isInverted, query.countsOnly) = (isLoud, true, true)
                        }
                        let all =
                            70 * 300
                            + words.indices.reduce(0) { sum, place in
                                sum + (0..<70).count { $0 % (place + 7) == 3 }
                            }
                        #expect(others.summary.count == all - found.summary.count, "\(pattern)")
                    }
                }
                await test.engine.gatherIndexes()
            }
            #expect(Array(answers.prefix(answers.count / 2)) == Array(answers.suffix(answers.count / 2)))
        }
    }

    @Test("Options say which lines, of which documents, and how many")
    func options() async throws {
        try await test { test in
            let loud = try await grep(test, "NEEDLE") { $0.ignoresCase = true }
            #expect(loud.summary.count == 5)
            let included = try await grep(test, "needle") { $0.include = ["*.txt"] }
            #expect(included.lines == ["b/d.txt:1:needle in text"])
            let excluded = try await grep(test, "needle") { $0.exclude = ["b/**", "many/*"] }
            #expect(excluded.lines == ["a.md:2:two needle"])
            let elsewhere = try await grep(test, "needle") { $0.excludedURI = Self.docs + "/b" }
            #expect(elsewhere.summary.count == 2)
            let high = try await grep(test, "needle") { $0.levelLimit = 1 }
            #expect(high.lines == ["a.md:2:two needle"])
            let counted = try await grep(test, "needle") { $0.countsOnly = true }
            #expect(counted.lines.first == "a.md:1")
            let around = try await grep(test, "two") { ($0.before, $0.after) = (1, 1) }
            #expect(around.lines == ["a.md:1-one", "a.md:2:two needle", "a.md:3-three"])
            let few = try await grep(test, "filler") { $0.limit = 3 }
            #expect(few.lines == (1...3).map { "many/0.md:\($0):filler" })
            #expect(few.summary.hasMore)
            #expect(few.summary.count == 3)
            let firsts = try await grep(test, "filler") { $0.perDocument = 2 }
            #expect(firsts.summary.count == 100)
            let none = try await grep(test, "needle") { $0.limit = 0 }
            #expect(none.lines.isEmpty)
        }
    }

    @Test("A pattern that is wrong, and a document that is not there, are refused")
    func refused() async throws {
        try await test { test in
            #expect(await refusal { _ = try await grep(test, "a(") }?.code == .invalidArgument)
            #expect(await refusal { _ = try await grep(test, "a") { $0.uri = Self.docs + "/no" } }?.code == .notFound)
            #expect(await refusal { _ = try await grep(test, "a") { $0.before = -1 } }?.code == .invalidArgument)
            #expect(await refusal { _ = try await grep(test, "a") { $0.include = ["["] } }?.code == .invalidArgument)
        }
    }

    @Test("Who receives lines may end the search")
    func ended() async throws {
        try await test { test in
            let refusal = await refusal {
                _ = try await test.engine.grep(GrepQuery(pattern: "filler", uri: Self.docs), as: .local) { _ in
                    throw CancellationError()
                }
            }
            #expect(refusal?.code == .cancelled)
        }
    }

    @Test(
        "A glob finds documents by their path",
        arguments: [
            ("a.md", ["a.md"]), ("*.txt", ["b/d.txt"]), ("b/*", ["b/c.md", "b/d.txt"]),
            ("**/[cd].{md,txt}", ["b/c.md", "b/d.txt"]), ("/*.md", ["a.md", "e.md"]), ("nothing*", []),
            ("viking://resources/docs/b/*.md", ["b/c.md"]),
        ])
    func globs(pattern: String, expected: [String]) async throws {
        try await test { test in
            let found = try await test.engine.glob(pattern, in: Self.docs, limit: nil, as: .local)
            #expect(found.entries.map(\.relativePath) == expected)
        }
    }

    @Test("A glob that is turned round, and one with a limit")
    func globLimits() async throws {
        try await test { test in
            let others = try await test.engine.glob("!many/*", in: Self.docs, limit: nil, as: .local)
            #expect(others.entries.map(\.relativePath) == ["a.md", "b/c.md", "b/d.txt", "e.md"])
            let few = try await test.engine.glob("*.md", in: Self.docs, limit: 2, as: .local)
            #expect(few.entries.count == 2 && few.hasMore)
            #expect(await refusal { _ = try await test.engine.glob("", in: Self.docs, limit: nil, as: .local) } != nil)
        }
    }
}
