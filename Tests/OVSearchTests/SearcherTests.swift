// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestTraits
import Testing

@testable import OVSearch

@Suite(.inTurn) struct SearcherTests {
    /// Documents under their paths, as an index file would have them.
    private struct Corpus {
        let paths: [String]
        let file: [UInt8]

        init(_ documents: [(String, String)], perSegment: Int = .max) {
            paths = documents.map(\.0)
            var writer = IndexFileWriter()
            var (file, builder, count) = (writer.begin(), IndexBuilder(), 0)
            for (number, document) in documents.enumerated() {
                builder.add(blob: UInt64(number) * 7, text: Array(document.1.utf8), mediaType: "text/markdown")
                count += 1
                if count == perSegment {
                    file += writer.append(builder.finish())
                    (builder, count) = (IndexBuilder(), 0)
                }
            }
            if !builder.isEmpty { file += writer.append(builder.finish()) }
            self.file = file + writer.finish()
        }

        func targets(without hidden: Set<Int> = []) throws -> [SearchTarget] {
            let table = PathTable(paths: paths)
            return try MemoryIndex(file).segments().map { segment in
                let numbers = segment.blobs.map { blob -> Int32 in
                    hidden.contains(Int(blob / 7)) ? -1 : Int32(blob / 7)
                }
                return SearchTarget(segment, documents: numbers, paths: table)
            }
        }

        /// The paths that a query finds, best first.
        func find(_ query: String, limit: Int = 10, without hidden: Set<Int> = []) throws -> [String] {
            let query = try SearchQuery(parsing: query)
            let filter = query.documentFilter()
            let targets = try targets(without: hidden).map { target in
                target.limited { filter(paths[$0], "text/markdown") ? $0 : nil }
            }
            return try Searcher(query, in: targets).hits(limit: limit).map { paths[$0.document] }
        }

        func obstacles(_ query: String, without hidden: Set<Int> = []) throws -> [SearchObstacle] {
            try Searcher(try SearchQuery(parsing: query), in: targets(without: hidden)).obstacles(hasHits: false)
        }
    }

    private static let guide = [
        ("install.md", "# Installing\n\nRun the setup program. It connects to the server.\n"),
        (
            "retry.md",
            "# Retries\n\nA failed connection is tried again after a while.\n\n## Limits\n\nAt most ten times.\n"
        ),
        ("api/parser.md", "# Parser\n\nCall `parseHTTPHeader` with the bytes, or use `snake_case_name`.\n"),
        ("日本.md", "# 東京都の天気\n\n今日は晴れです。\n"),
        ("notes/todo.md", "Retry the server setup, and the server again. The exit status was wrong.\n"),
    ]

    @Test(
        "Words, their forms, phrases, prefixes, exclusions and filters find what they say",
        arguments: [
            ("connect", ["install.md", "retry.md"]), ("CONNECTIONS", ["retry.md", "install.md"]),
            ("\"exit status\"", ["notes/todo.md"]), ("\"status exit\"", []), ("parsehttpheader", ["api/parser.md"]),
            ("http header", ["api/parser.md"]), ("parseHTTPHeader", ["api/parser.md"]),
            ("\"parse http\"", ["api/parser.md"]), ("snake_case_name", ["api/parser.md"]), ("case", ["api/parser.md"]),
            ("server -setup", []), ("server -\"exit status\"", ["install.md"]), ("instal*", ["install.md"]),
            ("+server +wrong", ["notes/todo.md"]), ("title:retries", ["retry.md", "retry.md"]), ("title:server", []),
            ("server path:notes", ["notes/todo.md"]), ("server -path:notes", ["install.md"]),
            ("server path:*.txt", []), ("server type:md path:*.md -path:notes", ["install.md"]),
            ("東京", ["日本.md"]), ("天気", ["日本.md"]), ("\"東京都\"", ["日本.md"]), ("parser", ["api/parser.md"]),
            ("ten", ["retry.md"]), ("nosuchword", []), ("type:pdf server", []),
            ("don't \"unclosed server", ["notes/todo.md", "install.md"]),
        ])
    func finds(query: String, expected: [String]) throws {
        for perSegment in [Int.max, 2, 1] {
            let found = try Corpus(Self.guide, perSegment: perSegment).find(query)
            // Which of two comes first depends on how words are spread over segments.
            #expect(found.sorted() == expected.sorted(), "\(query)")
        }
    }

    @Test(
        "A query without a word to look for is refused", arguments: ["", "  ", "-a", "path:x", "!!! ---", "type:md -x"])
    func refused(query: String) {
        #expect(throws: OVError.self) { try SearchQuery(parsing: query) }
    }

    @Test("Titles and headings count more than text, short passages more than long ones")
    func ranking() throws {
        let corpus = Corpus([
            ("long.md", "# Other\n\nwatch " + String(repeating: "some more words here ", count: 100)),
            ("short.md", "# Other\n\nwatch it\n"), ("title.md", "# Watch\n\nsome text\n"),
        ])
        #expect(try corpus.find("watch") == ["title.md", "short.md", "long.md"])
    }

    @Test("What may not be found is not found, and is not named as near")
    func hidden() throws {
        let corpus = Corpus(Self.guide)
        #expect(try corpus.find("parsehttpheader", without: [2]).isEmpty)
        let obstacles = try corpus.obstacles("parsehttpheadr", without: [2])
        #expect(obstacles.map(\.near) == [[]])
        #expect(try corpus.obstacles("parsehttpheadr").first?.near == ["parsehttpheader"])
    }

    @Test("Of a query that finds nothing it is said which word stood in the way")
    func obstacles() throws {
        let corpus = Corpus(Self.guide)
        let absent = try corpus.obstacles("servr +setup")
        #expect(absent.map(\.text) == ["servr"] && absent.first?.near.first == "server")
        let combination = try corpus.obstacles("+snake_case_name +wrong")
        #expect(combination.map(\.kind) == [.combination, .combination])
    }

    @Test("The best few are the same as without leaving anything out", arguments: 0..<12 as Range<UInt64>)
    func pruning(seed: UInt64) throws {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 99
        func number(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        var documents: [(String, String)] = []
        for number_ in 0..<1500 {
            let words = (0..<(5 + number(60))).map { _ in "w\(Unicode.Scalar(UInt8(97 + min(number(26), number(26)))))x"
            }
            documents.append(
                ("d\(number_)", (number(4) == 0 ? "# \(words[0])\n\n" : "") + words.joined(separator: " ")))
        }
        let targets = try Corpus(documents, perSegment: 600).targets()
        for _ in 0..<20 {
            let text = (0..<(1 + number(5))).map { _ in "w\(Unicode.Scalar(UInt8(97 + number(26))))x" }.joined(
                separator: " ")
            let query = try SearchQuery(parsing: text)
            let few = try Searcher(query, in: targets).hits(limit: 10)
            let all = try Searcher(query, in: targets).hits(limit: 5000)
            #expect(few.map(\.score) == all.prefix(10).map(\.score), "\(text)")
            #expect(few.map(\.document) == all.prefix(10).map(\.document), "\(text)")
        }
    }

    @Test("A passage knows its headings, its lines and its bytes, and a long section is several")
    func passages() throws {
        let filler = String(repeating: "filler words stand here.\n\n", count: 1000)
        let text = "preface\n\n# One\n\n## Two\n\nneedle\n\n# Three\n\n" + filler + "haystack\n"
        let targets = try Corpus([("a.md", text)]).targets()
        let bytes = Array(text.utf8)
        func section(_ word: String) throws -> IndexSegment.Section {
            let hit = try #require(try Searcher(SearchQuery(parsing: word), in: targets).hits(limit: 1).first)
            return try targets[hit.target].segment.section(hit.section)
        }
        let two = try section("needle")
        #expect(two.headings == ["One", "Two"] && two.lines == 5...8)
        #expect(String(decoding: bytes[two.bytes], as: UTF8.self) == "## Two\n\nneedle\n\n")
        let last = try section("haystack")
        #expect(last.headings == ["Three"] && last.bytes.count <= PassageSplitter.maximumByteCount)
        #expect(last.lines.upperBound == text.split(separator: "\n", omittingEmptySubsequences: false).count - 1)
        let preface = try section("preface")
        #expect(preface.headings.isEmpty && preface.lines == 1...2)
    }

    @Test("An index with any byte changed, or cut anywhere, is refused or answers the same, and nothing crashes")
    func damage() throws {
        let corpus = Corpus(Self.guide)
        let query = try SearchQuery(parsing: "server \"exit status\" instal*")
        let whole = try Searcher(query, in: corpus.targets()).hits(limit: 10)
        func answer(_ bytes: [UInt8]) -> [Searcher.Hit]? {
            guard let segments = try? MemoryIndex(bytes).segments() else { return nil }
            let table = PathTable(paths: corpus.paths)
            let targets = segments.map { segment in
                SearchTarget(segment, documents: segment.blobs.map { Int32($0 / 7) }, paths: table)
            }
            return try? Searcher(query, in: targets).hits(limit: 10)
        }
        for place in stride(from: 0, to: corpus.file.count, by: 3) {
            var bytes = corpus.file
            bytes[place] ^= 0x40
            let found = answer(bytes)
            #expect(found == nil || found == whole, "at \(place)")
            #expect(answer(Array(corpus.file[..<place])) == nil, "cut at \(place)")
        }
    }

    @Test("Words in paths are found alike by looking and by the sorted words")
    func pathWords() {
        var state: UInt64 = 11
        func draw(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let letters = ["a", "b", "c", "Co", "n", "fi", "g", "-", "_", "/", ".", "7", "É", "ß", "日"]
        let paths = (0..<400).map { _ in (0..<(1 + draw(12))).map { _ in letters[draw(letters.count)] }.joined() }
        let words = (0..<300).map { _ in
            Array(
                (0..<(1 + draw(4))).map { _ in ["a", "b", "co", "n", "fi", "g", "7", "e", "ss"][draw(9)] }.joined().utf8
            )
        }
        let sorted = PathTable(paths: paths)
        let unsorted = PathTable(count: paths.count, sorting: { _ in nil }) { Array(paths[$0].utf8)[...] }
        for word in words {
            let looked = unsorted.documents(with: word)
            #expect(looked == sorted.documents(with: word), "\(String(decoding: word, as: UTF8.self))")
            #expect(looked == looked.sorted() && Set(looked).count == looked.count)
        }
        #expect(words.contains { !sorted.documents(with: $0).isEmpty })
    }

    @Test("Segments that lie are refused without a crash, whatever they say", arguments: 0..<300 as Range<UInt64>)
    func lies(seed: UInt64) throws {
        var builder = IndexBuilder()
        for (number, document) in Self.guide.enumerated() {
            builder.add(blob: UInt64(number) * 7, text: Array(document.1.utf8), mediaType: "text/markdown")
        }
        var segment = builder.finish()
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 7
        for _ in 0..<(1 + seed % 6) {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            segment[Int(state >> 33) % segment.count] = UInt8(truncatingIfNeeded: state >> 20)
        }
        // The checksums are right: this is not damage but somebody's doing.
        var writer = IndexFileWriter()
        let file = writer.begin() + writer.append(segment) + writer.finish()
        let table = PathTable(paths: Self.guide.map(\.0))
        guard let segments = try? MemoryIndex(file).segments() else { return }
        let targets = segments.map { segment in
            SearchTarget(segment, documents: segment.blobs.map { Int32($0 % 5) }, paths: table)
        }
        for text in ["server setup", "\"exit status\"", "instal*", "title:retries", "parsehttpheadr"] {
            let searcher = Searcher(try SearchQuery(parsing: text), in: targets)
            _ = try? searcher.hits(limit: 10)
            guard let required = try LinePattern(text, .init(isFixed: true)).requiredWords else { continue }
            for segment in segments { _ = try? segment.mayHave(required) }
            _ = try? searcher.obstacles(hasHits: false)
        }
    }

    @Test("Snippets show the words together, marked, on one line")
    func snippets() throws {
        let text =
            "# A\n\n" + String(repeating: "nothing to see\n", count: 60) + "the retry\nof a   watch\n"
            + String(repeating: "more\n", count: 60)
        let snippet = Snippet(of: Array(text.utf8), for: try SearchQuery(parsing: "watches retry"))
        #expect(snippet.text.contains("the **retry** of a **watch** more"))
        #expect(snippet.text.hasPrefix("… ") && snippet.text.hasSuffix(" …"))
        #expect(snippet.line == 62)
        let hostile = Snippet(of: Array(repeating: 0x9F, count: 100_000), for: try SearchQuery(parsing: "x"))
        #expect(hostile.text.utf8.count < 2000)
    }

    @Test("A line of 32 MiB and a million headings are indexed in bounded pieces")
    func large() throws {
        var builder = IndexBuilder()
        builder.add(
            blob: 0, text: Array(repeating: 0x61, count: 4 << 20) + [32] + Array("needle".utf8), mediaType: "text/plain"
        )
        builder.add(
            blob: 1, text: Array(String(repeating: "# h\n", count: 50_000).utf8), mediaType: "text/markdown")
        var writer = IndexFileWriter()
        let file = writer.begin() + writer.append(builder.finish()) + writer.finish()
        let segment = try #require(try MemoryIndex(file).segments().first)
        #expect(segment.sections(ofDocument: 0).count == (4 << 20) / PassageSplitter.maximumByteCount + 1)
        #expect(segment.sections(ofDocument: 1).count >= DocumentOutline.maximumSections)
    }
}
