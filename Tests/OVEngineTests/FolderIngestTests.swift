// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVEngine
import OVTestSupport
import OVTestTraits
import Testing

/// With real folders, fetched as the product does.
@Suite("Ingesting folders and files", .inTurn, .timeLimit(.minutes(20)))
struct FolderIngestTests {
    private static let uri = "viking://resources/docs"

    @Test("runs count what was added, changed, removed, and stayed")
    func counts() async throws {
        try await World.test { test in
            let folder = test.world.folder
            for (path, text) in documents(6) { try folder.write("source/" + path, text) }
            let source = folder.path("source")
            let first = try await test.ingested(source, to: Self.uri, every: 60)
            #expect(first.result?.changes == ChangeCounts(added: 6))
            #expect(first.result?.bytes == Int64(documents(6).values.reduce(0) { $0 + $1.utf8.count }))
            try folder.write("source/d0.md", "another text\n")
            try folder.remove("source/d1.md")
            try folder.write("source/sub/new.md", "new\n")
            // Touched, but the same bytes.
            try folder.setModified("source/d2.md", 1_000_000_000_000_000_000)
            let second = try await test.refreshed(Self.uri)
            #expect(second.result?.changes == ChangeCounts(added: 1, changed: 1, removed: 1, unchanged: 4))
            let third = try await test.refreshed(Self.uri)
            #expect(third.result?.outcome == .unchanged)
            #expect(third.result?.changes == ChangeCounts(unchanged: 6))
        }
    }

    @Test("a document that was renamed or copied is not stored again")
    func renaming() async throws {
        try await World.test { test in
            let folder = test.world.folder
            // Random enough not to be compressed away.
            var random = SplitMix64(seed: 4)
            let large = (0..<20_000).map { _ in String(random.next(), radix: 36) }.joined(separator: "\n")
            try folder.write("source/large.txt", large)
            try folder.write("source/small.txt", "small\n")
            try await test.ingested(folder.path("source"), to: Self.uri, every: 60)
            let before = try await test.engine.status(as: .local).packBytes
            #expect(before > 100_000)
            try folder.rename("source/large.txt", to: "source/moved/there.txt")
            try folder.write("source/copy.txt", large)
            let second = try await test.refreshed(Self.uri)
            #expect(second.result?.changes == ChangeCounts(added: 2, removed: 1, unchanged: 1))
            #expect(try await test.engine.status(as: .local).packBytes - before < 2000)
            let contents = try await test.contents(Self.uri)
            #expect(contents == ["copy.txt": large, "moved/there.txt": large, "small.txt": "small\n"])
        }
    }

    @Test("a single file is the resource's one document")
    func file() async throws {
        try await World.test { test in
            let folder = test.world.folder
            try folder.write("source/guide.md", "# One\n")
            let receipt = try await test.ingest(folder.path("source/guide.md"))
            #expect(receipt.root.text == "viking://resources/guide.md")
            try await test.end(of: receipt.task)
            #expect(try await test.engine.read(receipt.root.text, .all, as: .local).text == "# One\n")
            try folder.write("source/guide.md", "# Another\n")
            let second = try await test.ingested(folder.path("source/guide.md"))
            #expect(second.result?.changes == ChangeCounts(changed: 1))
            #expect(try await test.engine.read(receipt.root.text, .all, as: .local).text == "# Another\n")
        }
    }

    @Test("what could not be looked at keeps its document and its older time of checking")
    func unchecked() async throws {
        try await World.test({ $0.documentBytes = 1000 }) { test in
            let folder = test.world.folder
            try folder.write("source/a.txt", "small\n")
            try folder.write("source/b.txt", "small too\n")
            let first = try await test.ingested(folder.path("source"), to: Self.uri, every: 60)
            try folder.write("source/a.txt", String(repeating: "x", count: 1001))
            for _ in 0..<2 {
                test.clock.advance(by: .minutes(1))
                let next = try await test.refreshed(Self.uri)
                #expect(next.result?.changes == ChangeCounts(unchanged: 2))
                #expect(next.result?.warnings.contains { $0.hasPrefix("a.txt:") } == true)
                let (a, b) = (
                    try await test.engine.stat(Self.uri + "/a.txt", as: .local),
                    try await test.engine.stat(Self.uri + "/b.txt", as: .local)
                )
                #expect(a.lastChecked == first.finishedAt)
                #expect(b.lastChecked == next.finishedAt)
                // A folder is as fresh as what is least fresh in it.
                #expect(try await test.engine.stat(Self.uri, as: .local).lastChecked == first.finishedAt)
            }
            #expect(try await test.contents(Self.uri)["a.txt"] == "small\n")
            try folder.write("source/a.txt", "short again\n")
            let last = try await test.refreshed(Self.uri)
            #expect(last.result?.changes == ChangeCounts(changed: 1, unchanged: 1))
            #expect(try await test.engine.stat(Self.uri + "/a.txt", as: .local).lastChecked == last.finishedAt)
        }
    }

    @Test(
        "after any edits what can be read equals the folder, and an incremental run equals a full one", arguments: 1...6
    )
    func randomEdits(seed: UInt64) async throws {
        try await World.test({ $0.revisionsPerResource = 3 }) { test in
            var edits = RandomEdits(seed: seed, folder: test.world.folder)
            let (source, full) = (test.world.folder.path("source"), "viking://resources/full")
            for round in 1...12 {
                try edits.run()
                let task = try await test.ingested(source, to: Self.uri)
                #expect(task.status == .completed, "seed \(seed), round \(round): \(task.error?.message ?? "")")
                #expect(try await test.contents(Self.uri) == edits.contents, "seed \(seed), round \(round)")
                let counts = try #require(task.result).changes
                #expect(counts == edits.takeCounts(), "seed \(seed), round \(round)")
                if round % 4 == 0 {
                    _ = try await test.ingested(source, to: full)
                    #expect(try await test.contents(full) == edits.contents)
                    _ = try await test.engine.remove(full, recursively: false, as: .local)
                    // Without what the last run remembers, everything is read anew, and nothing differs.
                    try test.world.folder.remove("home/cache")
                    #expect(try await test.ingested(source, to: Self.uri).result?.outcome == .unchanged)
                }
            }
        }
    }
}

/// Edits a folder at random, and knows what is in it.
private struct RandomEdits {
    private var random: SplitMix64
    private let folder: TemporaryFolder
    private(set) var contents: [String: String] = [:]
    private var counted: [String: String] = [:]
    private var serial = 0

    init(seed: UInt64, folder: TemporaryFolder) {
        random = SplitMix64(seed: seed)
        self.folder = folder
    }

    /// Never more removals than a third, which would be held.
    mutating func run() throws {
        try folder.makeFolder("source")
        for _ in 0..<random.number(3..<9) { try write(newPath()) }
        var removals = contents.count / 3
        for path in contents.keys.sorted() {
            switch random.number(0..<9) {
            case 0, 1: try write(path)
            case 2: try folder.write("source/" + path, contents[path] ?? "")
            case 3: try folder.setModified("source/" + path, Int64(random.number(1..<1_000_000)) * 1_000_000_000_000)
            case 4 where removals > 0:
                try folder.remove("source/" + path)
                contents[path] = nil
                removals -= 1
            case 5 where removals > 0:
                let new = newPath()
                try folder.rename("source/" + path, to: "source/" + new)
                contents[new] = contents.removeValue(forKey: path)
                removals -= 1
            default: break
            }
        }
    }

    private mutating func newPath() -> String {
        serial += 1
        return ["", "a/", "a/b/", "a-b/", "ü/"][random.number(0..<5)] + "file\(serial)"
            + [".md", ".txt", ""][random.number(0..<3)]
    }

    private mutating func write(_ path: String) throws {
        serial += 1
        // Sometimes empty, sometimes what another document has.
        let text = random.number(0..<8) == 0 ? "" : "text \(random.number(0..<3) == 0 ? 0 : serial)\n"
        try folder.write("source/" + path, text)
        contents[path] = text
    }

    /// What differs since the last call.
    mutating func takeCounts() -> ChangeCounts {
        defer { counted = contents }
        var counts = ChangeCounts()
        for (path, text) in contents {
            switch counted[path] {
            case nil: counts.added += 1
            case text: counts.unchanged += 1
            default: counts.changed += 1
            }
        }
        counts.removed = counted.keys.count { contents[$0] == nil }
        return counts
    }
}
