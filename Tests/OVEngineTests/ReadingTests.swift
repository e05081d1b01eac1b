// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVSearch
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVEngine

@Suite("Reading", .inTurn, .timeLimit(.minutes(20)))
struct ReadingTests {
    private static let docs = "viking://resources/team/docs"
    private static let guide = "# Guide\n\nHow to begin.\n\n## Install\n\nDo it.\n\n## Use\n\nUse it.\n"

    /// A folder of documents, a single document, one in the caller's own part of the tree, and an empty folder.
    private func test(_ body: (TestEngine) async throws -> Void) async throws {
        try await World.test { test in
            let folder = test.world.folder
            try folder.write("source/guide.md", Self.guide)
            try folder.write("source/a-b/x.md", "# X\n")
            try folder.write("source/a/y.txt", "one\ntwo\nthree")
            try folder.write("source/a/deep/z.md", "# Z\n")
            try folder.write("source/picture.png", [0x89, 0x50, 0x4E, 0x47, 0xFF, 0x00])
            try await test.ingested(folder.path("source"), to: Self.docs)
            try folder.write("single/note.md", "# Note\n\nA note.\n")
            try await test.ingested(folder.path("single/note.md"), to: "viking://resources/note.md")
            try await test.ingested(folder.path("single/note.md"), to: "viking://~/resources/mine.md")
            try await test.ingested("scripted:empty", to: "viking://resources/empty")
            try await body(test)
        }
    }

    @Test(
        "a listing names what lies directly in a folder, and a tree everything below",
        arguments: [
            ("viking://", ListOptions(), ["resources/", "user/"]),
            ("viking://resources", ListOptions(), ["empty/", "note.md", "team/"]),
            ("viking://resources/team", ListOptions(), ["docs/"]),
            (docs, ListOptions(), ["a-b/", "a/", "guide.md", "picture.png"]),
            (docs + "/", ListOptions(), ["a-b/", "a/", "guide.md", "picture.png"]),
            (docs + "/a", ListOptions(), ["deep/", "y.txt"]),
            (docs + "/a", ListOptions(recursive: true), ["deep/", "deep/z.md", "y.txt"]),
            (
                docs, ListOptions(recursive: true, levelLimit: 2),
                ["a-b/", "a-b/x.md", "a/", "a/deep/", "a/y.txt", "guide.md", "picture.png"]
            ),
            (docs, ListOptions(levelLimit: 1), ["a-b/", "a/", "guide.md", "picture.png"]),
            (docs + "/guide.md", ListOptions(), [""]),
            ("viking://resources/note.md", ListOptions(), [""]),
            ("viking://resources/empty", ListOptions(recursive: true), []),
            (
                "viking://resources", ListOptions(recursive: true, levelLimit: 2),
                ["empty/", "note.md", "team/", "team/docs/"]
            ),
            (
                "viking://resources", ListOptions(recursive: true),
                [
                    "empty/", "note.md", "team/", "team/docs/", "team/docs/a-b/", "team/docs/a-b/x.md", "team/docs/a/",
                    "team/docs/a/deep/", "team/docs/a/deep/z.md", "team/docs/a/y.txt", "team/docs/guide.md",
                    "team/docs/picture.png",
                ]
            ),
            ("viking://~", ListOptions(recursive: true), ["resources/", "resources/mine.md"]),
            (
                "viking://user", ListOptions(recursive: true),
                ["default/", "default/resources/", "default/resources/mine.md"]
            ),
        ] as [(String, ListOptions, [String])])
    func listing(_ uri: String, _ options: ListOptions, _ expected: [String]) async throws {
        try await test { test in
            let list = try await test.engine.entries(of: uri, options, as: .local)
            #expect(list.entries.map { $0.relativePath + ($0.isFolder ? "/" : "") } == expected)
            #expect(!list.hasMore)
            for entry in list.entries {
                let stat = try await test.engine.stat(entry.uri.text, as: .local)
                #expect((stat.name, stat.size, stat.isFolder) == (entry.name, entry.size, entry.isFolder))
                #expect((stat.documents, stat.lastChanged) == (entry.documents, entry.lastChanged), "\(entry.uri)")
                #expect((stat.lastChecked, stat.mediaType) == (entry.lastChecked, entry.mediaType))
                #expect(entry.name == entry.uri.name)
            }
            // A limit cuts it short, and says so.
            for limit in 0..<expected.count {
                var limited = options
                limited.nodeLimit = limit
                let short = try await test.engine.entries(of: uri, limited, as: .local)
                #expect(short.entries == Array(list.entries.prefix(limit)))
                #expect(short.hasMore)
            }
            var exact = options
            exact.nodeLimit = expected.count
            #expect(try await test.engine.entries(of: uri, exact, as: .local) == list)
        }
    }

    @Test("an entry says what it is, how large, and how fresh")
    func stat() async throws {
        try await test { test in
            let file = try await test.engine.stat(Self.docs + "/guide.md", as: .local)
            #expect(file.size == Int64(Self.guide.utf8.count))
            #expect((file.isFolder, file.documents, file.mediaType) == (false, 1, "text/markdown"))
            #expect(file.abstract == "How to begin.")
            #expect(file.lastChanged != nil && file.lastChecked != nil)
            let folder = try await test.engine.stat(Self.docs + "/a", as: .local)
            #expect((folder.isFolder, folder.documents, folder.size) == (true, 2, 17))
            let root = try await test.engine.stat("viking://", as: .local)
            #expect((root.isFolder, root.documents) == (true, 7))
            let list = try await test.engine.entries(of: Self.docs, ListOptions(abstracts: true), as: .local)
            #expect(list.entries.map(\.abstract) == ["", "", "How to begin.", ""])
        }
    }

    @Test(
        "lines are read by number",
        arguments: [
            (0, nil, "one\ntwo\nthree"), (0, 1, "one\n"), (1, 1, "two\n"), (2, 5, "three"), (1, nil, "two\nthree"),
            (3, nil, ""), (99, 1, ""), (0, 0, ""), (0, 3, "one\ntwo\nthree"), (.max, .max, ""),
        ] as [(Int, Int?, String)])
    func lines(offset: Int, limit: Int?, expected: String) async throws {
        try await test { test in
            let range = LineRange(offset: offset, limit: limit)
            let text = try await test.engine.read(Self.docs + "/a/y.txt", range, as: .local)
            #expect(text.text == expected)
            #expect(text.totalLines == 3)
            #expect((text.uri.text, text.mediaType) == (Self.docs + "/a/y.txt", "text/plain"))
            #expect(text.lastChecked != nil && text.lastChanged != nil)
        }
    }

    @Test("every way to read gives the document's content")
    func document() async throws {
        try await test { test in
            let (engine, uri) = (test.engine, Self.docs + "/guide.md")
            #expect(try await engine.read(uri, .all, as: .local).text == Self.guide)
            #expect(try await engine.abstract(of: uri, as: .local).text == "How to begin.")
            let overview = try await engine.overview(of: uri, as: .local).text
            for heading in ["Guide", "Install", "Use"] { #expect(overview.contains(heading)) }
            let bytes = try await engine.download(uri, as: .local)
            #expect(bytes.bytes == Array(Self.guide.utf8))
            #expect(bytes.mediaType == "text/markdown")
            #expect(try await engine.read("viking://resources/note.md", .all, as: .local).text.contains("A note."))
            #expect(try await engine.read("viking://~/resources/mine.md", .all, as: .local).text.contains("A note."))
            let folder = try await engine.abstract(of: Self.docs, as: .local).text
            #expect(folder.split(separator: "\n") == ["a-b", "a", "guide.md: How to begin.", "picture.png"])
            let contents = try await engine.overview(of: Self.docs, as: .local).text
            #expect(contents.contains("a/ (2 documents, 17 bytes)"))
        }
    }

    @Test("bytes that are no text are downloaded, described, and not read")
    func binary() async throws {
        try await test { test in
            let uri = Self.docs + "/picture.png"
            let error = await refusal { _ = try await test.engine.read(uri, .all, as: .local) }
            #expect(error?.code == .failedPrecondition)
            #expect(error?.hint?.contains("ov get") == true)
            let bytes = try await test.engine.download(uri, as: .local)
            #expect(bytes.bytes == [0x89, 0x50, 0x4E, 0x47, 0xFF, 0x00])
            #expect(bytes.mediaType == "image/png")
            #expect(try await test.engine.abstract(of: uri, as: .local).text.contains("image/png"))
        }
    }

    @Test(
        "what is not there is said not to be, with what was probably meant",
        arguments: [
            (docs + "/guid.md", docs + "/guide.md"), ("viking://resources/nte.md", "viking://resources/note.md"),
            (docs + "/a/y.tx", docs + "/a/y.txt"), ("viking://resources/note.md/below", nil),
            (docs + "/guide.md/below", nil), ("viking://resources/nothing/of/the/kind", nil),
        ] as [(String, String?)])
    func missing(_ uri: String, _ meant: String?) async throws {
        try await test { test in
            let engine = test.engine
            let errors = [
                await refusal { _ = try await engine.stat(uri, as: .local) },
                await refusal { _ = try await engine.entries(of: uri, ListOptions(), as: .local) },
                await refusal { _ = try await engine.read(uri, .all, as: .local) },
                await refusal { _ = try await engine.abstract(of: uri, as: .local) },
                await refusal { _ = try await engine.overview(of: uri, as: .local) },
                await refusal { _ = try await engine.download(uri, as: .local) },
            ]
            for error in errors {
                #expect(error?.code == .notFound)
                if let meant { #expect(error?.hint == "did you mean \(meant)?") } else { #expect(error?.hint != nil) }
            }
        }
    }

    @Test(
        "a folder is listed, not read",
        arguments: ["viking://", "viking://resources", docs, docs + "/a", "viking://resources/empty"])
    func folders(_ uri: String) async throws {
        try await test { test in
            let errors = [
                await refusal { _ = try await test.engine.read(uri, .all, as: .local) },
                await refusal { _ = try await test.engine.download(uri, as: .local) },
            ]
            for error in errors {
                #expect(error?.code == .failedPrecondition)
                #expect(error?.hint?.contains("ov ls \(uri)") == true)
            }
        }
    }

    @Test("after a removal everything is gone, beside it nothing")
    func removal() async throws {
        try await test { test in
            let engine = test.engine
            let before = try test.world.trace()
            let part = await refusal { _ = try await engine.remove(Self.docs + "/a", recursively: true, as: .local) }
            #expect(part?.code == .failedPrecondition)
            #expect(part?.hint?.contains("--exclude") == true)
            let above = await refusal {
                _ = try await engine.remove("viking://resources", recursively: false, as: .local)
            }
            #expect(above?.code == .failedPrecondition)
            let none = await refusal {
                _ = try await engine.remove("viking://resources/no", recursively: true, as: .local)
            }
            #expect(none?.code == .notFound)
            #expect(try test.world.trace() == before)
            let receipt = try await engine.remove("viking://resources/team", recursively: true, as: .local)
            #expect(receipt.removed.map(\.text) == [Self.docs])
            #expect(receipt.documents == 5)
            for uri in ["viking://resources/team", Self.docs, Self.docs + "/a", Self.docs + "/guide.md"] {
                #expect(await refusal { _ = try await engine.stat(uri, as: .local) }?.code == .notFound)
                #expect(await refusal { _ = try await engine.download(uri, as: .local) }?.code == .notFound)
            }
            #expect(try await test.contents("viking://resources").keys.sorted() == ["note.md"])
            let all = try await engine.remove("viking://", recursively: true, as: .local)
            #expect(all.removed.count == 3)
            #expect(try await engine.status(as: .local).resources == 0)
            #expect(
                try await engine.entries(of: "viking://", ListOptions(), as: .local).entries.map(\.name) == [
                    "resources"
                ])
        }
    }

    @Test("a range that cannot be is refused")
    func wrongRange() async throws {
        try await test { test in
            for range in [LineRange(offset: -1, limit: nil), LineRange(offset: 0, limit: -1)] {
                let error = await refusal { _ = try await test.engine.read(Self.docs + "/guide.md", range, as: .local) }
                #expect(error?.code == .invalidArgument)
            }
        }
    }

    @Test("A part of a long document is what it is in the whole", arguments: [1, 2, 3] as [UInt64])
    func partsOfLongDocuments(_ seed: UInt64) async throws {
        try await World.test { test in
            var generator = SplitMix64(seed: seed)
            let written = Self.longText(&generator)
            try test.world.folder.write("long.txt", written)
            try await test.ingested(test.world.folder.path("long.txt"), to: "viking://resources/long.txt")
            let uri = try #require(VikingURI(canonical: "viking://resources/long.txt"))
            let text = String(decoding: try await test.engine.download(uri.text, as: .local).bytes, as: UTF8.self)
            let count = text.utf8.count { $0 == 10 } + (text.utf8.last == 10 ? 0 : 1)
            for _ in 0..<150 {
                let range = LineRange(
                    offset: Int.random(in: 0...count + 3, using: &generator),
                    limit: generator.once(in: 3) ? nil : Int.random(in: 0..<400, using: &generator))
                let tokens = generator.once(in: 2) ? nil : Int.random(in: 1..<30_000, using: &generator)
                let part = DocumentPart(range: range, maximumTokens: tokens)
                let answer = try await test.engine.read(uri.text, part, as: .local)
                let (expected, total) = try part.excerpt(of: text, mediaType: "text/plain", uri: uri)
                #expect(answer.text == expected.text, "\(part)")
                #expect(answer.lines == expected.lines && answer.tokens == expected.tokens, "\(part)")
                #expect((answer.rest ?? 0..<0).count == expected.rest.count, "\(part)")
                #expect(answer.totalLines == total && total == count)
            }
        }
    }

    /// Lines of all lengths, some longer than what is read at a time, blank ones, characters of one to four bytes.
    private static func longText(_ generator: inout SplitMix64) -> String {
        let words = ["word", "Wörter", "語", "🦀", "a", "\t", "\r"]
        var text = ""
        while text.utf8.count < 500_000 {
            let length = generator.once(in: 200) ? 30_000 : Int.random(in: 0..<12, using: &generator)
            for _ in 0..<length { text += (words.randomElement(using: &generator) ?? "") + " " }
            text += generator.once(in: 4) ? "\n\n" : "\n"
        }
        return generator.once(in: 2) ? text + "the end" : text
    }
}
