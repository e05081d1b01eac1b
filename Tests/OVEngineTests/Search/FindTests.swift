// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVEngine

@Suite("Finding passages", .inTurn, .timeLimit(.minutes(20)))
struct FindTests {
    private static let docs = "viking://resources/docs"

    private static let source = [
        "guide.md": "# Guide\n\nHow to begin.\n\n## Install\n\nRun the setup, then connect.\n\n## Use\n\nUse it.\n",
        "api/retry.md": "# Retries\n\nA connection that fails is tried again.\n", "notes.md": "Nothing of note.\n",
    ]

    private func find(_ test: TestEngine, _ text: String, in targets: [String] = [], as caller: Caller = .local)
        async throws -> [String]
    {
        let query = FindQuery(text: text, targets: targets)
        return try await test.engine.find(query, as: caller).hits.map(\.uri.text)
    }

    private func test(_ body: (TestEngine) async throws -> Void) async throws {
        try await World.test { test in
            test.sources.put("docs", Self.source)
            try await test.ingested("scripted:docs", to: Self.docs)
            try await body(test)
        }
    }

    @Test("A hit says where the passage is, under which headings, what stands there, and how fresh it is")
    func hit() async throws {
        try await test { test in
            let result = try await test.engine.find(FindQuery(text: "setup", targets: [Self.docs]), as: .local)
            let hit = try #require(result.hits.first)
            #expect(result.hits.count == 1 && result.missed.isEmpty)
            #expect(hit.uri.text == Self.docs + "/guide.md" && hit.title == "Guide")
            #expect(hit.headings == ["Guide", "Install"] && hit.lines == 5...8 && hit.line == 7)
            #expect(hit.snippet.contains("Run the **setup**, then connect."))
            #expect(hit.abstract == "Run the setup, then connect." && hit.mediaType == "text/markdown")
            #expect(hit.lastChecked != nil && hit.lastChanged <= test.clock.now())
        }
    }

    @Test("A hit far behind in a long document is shown as in a short one")
    func longDocument() async throws {
        try await test { test in
            let sections = (0..<4000).map { "## Part \($0)\n\nHere stands number\($0), and \($0 * 7) after it.\n\n" }
            test.sources.edit("docs") { $0.documents["long.md"] = "# Long\n\n" + sections.joined() }
            try await test.ingested("scripted:docs", to: Self.docs)
            for number in [0, 1713, 3999, 1713] {
                let query = FindQuery(text: "number\(number)", targets: [Self.docs])
                let hit = try #require(try await test.engine.find(query, as: .local).hits.first)
                #expect(hit.title == "Long" && hit.headings == ["Long", "Part \(number)"])
                #expect(hit.line == 3 + 4 * number && hit.size > 0)
                #expect(hit.snippet.hasPrefix("## Part **\(number)** Here stands **number\(number)**, and "))
            }
        }
    }

    @Test("What changes is found as it is now, and what is gone is not found any more")
    func refreshes() async throws {
        try await test { test in
            test.sources.edit("docs") { $0.documents["notes.md"] = "A zebra appears.\n" }
            try await test.ingested("scripted:docs", to: Self.docs)
            #expect(try await find(test, "zebra") == [Self.docs + "/notes.md"])
            #expect(try await find(test, "nothing note").isEmpty)
            test.sources.edit("docs") { $0.documents["moved/here.md"] = $0.documents.removeValue(forKey: "notes.md") }
            try await test.ingested("scripted:docs", to: Self.docs)
            #expect(try await find(test, "zebra") == [Self.docs + "/moved/here.md"])
            #expect(try await find(test, "zebra path:notes").isEmpty)
            _ = try await test.engine.remove(Self.docs, recursively: false, as: .local)
            #expect(try await find(test, "zebra").isEmpty)
        }
    }

    @Test("A search keeps to the addresses that it names")
    func targets() async throws {
        try await test { test in
            test.sources.put(
                "more", ["copy.md": Self.source["guide.md"] ?? "", "b/copy.md": Self.source["guide.md"] ?? ""])
            try await test.ingested("scripted:more", to: "viking://resources/more")
            #expect(try await find(test, "setup").count == 2)
            #expect(try await find(test, "setup", in: [Self.docs]) == [Self.docs + "/guide.md"])
            #expect(try await find(test, "setup", in: [Self.docs + "/api"]).isEmpty)
            #expect(try await find(test, "setup", in: [Self.docs + "/guide.md"]) == [Self.docs + "/guide.md"])
            // Documents with the same bytes are found at each of their addresses.
            let copy = "viking://resources/more/b"
            #expect(try await find(test, "setup", in: [copy]) == [copy + "/copy.md"])
            #expect(try await find(test, "setup path:b", in: ["viking://resources/more"]) == [copy + "/copy.md"])
            #expect(try await find(test, "setup", in: [Self.docs, Self.docs + "/guide.md"]).count == 1)
            let refusal = await refusal { _ = try await find(test, "setup", in: ["viking://resources/none"]) }
            #expect(refusal?.code == .notFound)
        }
    }

    @Test("Nobody finds, or hears of, what he may not read")
    func visibility() async throws {
        try await World.test { test in
            test.sources.put("secret", ["plan.md": "The xylophone plan.\n"])
            try await test.ingested("scripted:secret", to: "viking://~/resources/secret", as: .user("ada"))
            try await test.ingested("scripted:secret", to: "viking://resources/other", as: .user("eve", "elsewhere"))
            #expect(try await find(test, "xylophone", as: .user("ada")).count == 1)
            let result = try await test.engine.find(FindQuery(text: "xylophon xylopone"), as: .user("bob"))
            #expect(result.hits.isEmpty && result.missed.allSatisfy(\.near.isEmpty))
        }
    }

    @Test("An index that is missing, damaged or of another format is made anew")
    func rebuilds() async throws {
        try await test { test in
            let packs = test.world.home + "/packs"
            let files = LocalFileSystem()
            let index = try #require(try files.names(in: packs).first { $0.hasSuffix(".index") })
            let path = packs + "/" + index
            let whole = try files.open(path, .read).read(1 << 20, at: 0)
            for damage in ["missing", "cut", "flipped", "foreign"] {
                var bytes = whole
                switch damage {
                case "cut": bytes.removeLast(whole.count / 3)
                case "flipped": bytes[whole.count / 4] ^= 0xFF
                case "foreign": bytes = Array("not an index".utf8)
                default: break
                }
                try files.remove(path)
                if damage != "missing" { try files.open(path, .create).write(bytes, at: 0) }
                // Another process, which has nothing in memory.
                let other = try await test.world.open()
                let hits = try await other.engine.find(FindQuery(text: "setup"), as: .local).hits
                #expect(hits.map(\.uri.text) == [Self.docs + "/guide.md"], "\(damage)")
                #expect(try files.open(path, .read).read(1 << 20, at: 0).count == whole.count, "\(damage)")
            }
        }
    }

    @Test("A query that finds nothing says which word stood in the way")
    func missed() async throws {
        try await test { test in
            let result = try await test.engine.find(FindQuery(text: "+conection +setup"), as: .local)
            #expect(result.hits.isEmpty)
            #expect(result.missed.first?.text == "+conection" && result.missed.first?.near.first == "connection")
            let filtered = try await test.engine.find(FindQuery(text: "setup type:pdf"), as: .local)
            #expect(filtered.missed == [MissedPart(text: "type:pdf", reason: "filter", near: [])])
        }
    }

    @Test("Limits and queries that make no sense are refused")
    func refused() async throws {
        try await test { test in
            for query in [FindQuery(text: ""), FindQuery(text: "x", limit: 0), FindQuery(text: "x", limit: 1001)] {
                let refusal = await refusal { _ = try await test.engine.find(query, as: .local) }
                #expect(refusal?.code == .invalidArgument)
            }
        }
    }
}
