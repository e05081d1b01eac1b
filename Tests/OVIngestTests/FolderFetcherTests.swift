// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

@Suite(.inTurn) struct FolderFetcherTests {
    final class Tree: ContractSource {
        let folder: TemporaryFolder
        let fetcher: any Fetcher = FolderFetcher(clock: LateClock())
        let isSingle = false

        init() throws {
            folder = try TemporaryFolder()
            try folder.makeFolder("root")
        }

        var source: Source { Source(fetcher: "folder", location: folder.path("root")) }

        func put(_ documents: [String: String]) async throws {
            let present = try await FolderFetcher().record(source).texts
            for path in present.keys where documents[path] == nil { try folder.remove("root/" + path) }
            for (path, text) in documents where present[path] != text { try folder.write("root/" + path, text) }
        }

        /// Every other file is replaced by one that is the same.
        func touch() async throws {
            for path in try await FolderFetcher().record(source).texts.keys.sorted().enumerated()
            where path.offset % 2 == 0 {
                let bytes = try folder.read("root/" + path.element)
                try folder.remove("root/" + path.element)
                try folder.write("root/" + path.element, bytes)
            }
        }

        func removeAll() async throws { try folder.remove("root") }
    }

    @Test(arguments: FetcherContract.allCases)
    func keepsTheContract(_ rule: FetcherContract) async throws { try await rule.check(Tree.init) }

    private let folder: TemporaryFolder
    private let fetcher = FolderFetcher(clock: LateClock())

    init() throws { folder = try TemporaryFolder() }

    private var source: Source { Source(fetcher: "folder", location: folder.path) }

    @Test func isATreeEvenWhenItIsEmpty() async throws {
        let sink = RecordingSink()
        #expect(try await fetcher.fetch(source, into: sink) == FetchSummary(shape: .tree))
        #expect(sink.record.paths.isEmpty)
        #expect(sink.record.expected == [0])
    }

    @Test func noticesAnEditThatRestoresSizeAndModificationTime() async throws {
        try folder.write("a.md", "one")
        try folder.setModified("a.md", 1_600_000_000_123_456_789)
        let first = try await fetcher.record(source)
        try folder.write("a.md", "two")
        try folder.setModified("a.md", 1_600_000_000_123_456_789)
        #expect(try await fetcher.record(source, validators: first.validators).texts == ["a.md": "two"])
    }

    @Test func noticesTwoFilesThatSwapNames() async throws {
        try folder.write("a.md", "one")
        try folder.write("b.md", "two")
        let first = try await fetcher.record(source)
        try folder.rename("a.md", to: "c.md")
        try folder.rename("b.md", to: "a.md")
        try folder.rename("c.md", to: "b.md")
        #expect(
            try await fetcher.record(source, validators: first.validators).texts == ["a.md": "two", "b.md": "one"])
    }

    /// The window in which a clock tick hides an edit, tried many times over.
    @Test func neverMissesAnEditRightAfterAFetch() async throws {
        let fetcher = FolderFetcher()
        var validators: [String: Validator] = [:]
        for round in 100..<200 {
            try folder.write("a.md", "\(round)")
            let record = try await fetcher.record(source, validators: validators)
            #expect(record.texts == ["a.md": "\(round)"])
            validators = record.validators
        }
    }

    @Test func givesNoValidatorToAFileOfTheLastInstant() async throws {
        let instant = SystemClock().now()
        try folder.write("new.md", "new")
        #expect(try await FolderFetcher(clock: StoppedClock(instant: instant)).record(source).validators.isEmpty)
        #expect(try await fetcher.record(source).validators.count == 1)
    }

    @Test func readsAFileLinkInsideTheSourceAtItsOwnPath() async throws {
        try folder.write("docs/real.md", "text")
        try folder.makeLink("alias.md", to: "docs/real.md")
        try folder.makeLink("docs/up.md", to: "../alias.md")
        let first = try await fetcher.record(source)
        #expect(first.texts == ["docs/real.md": "text", "alias.md": "text", "docs/up.md": "text"])
        #expect(try await fetcher.record(source, validators: first.validators).delivered.isEmpty)
        try folder.write("docs/real.md", "other text")
        let third = try await fetcher.record(source, validators: first.validators)
        #expect(third.texts.values.allSatisfy { $0 == "other text" })
    }

    @Test func followsTheRootWhenItIsALink() async throws {
        try folder.write("real/a.md", "a")
        try folder.makeLink("real/inside.md", to: "a.md")
        try folder.makeLink("link", to: "real")
        let source = Source(fetcher: "folder", location: folder.path("link"))
        #expect(try await fetcher.record(source).texts == ["a.md": "a", "inside.md": "a"])
    }

    @Test(arguments: [
        ("/etc/passwd", "out of the source"), ("../outside.md", "out of the source"), ("nowhere", "does not exist"),
        ("trap", "back to itself"), ("/dev/null", "out of the source"), ("../root-sibling/x.md", "out of the source"),
        (".git/config", "version control"), ("pipe", "FIFO"),
    ])
    func leavesOutALinkElsewhereWithOneWarning(_ target: String, _ words: String) async throws {
        try folder.write("root/a.md", "a")
        try folder.write("root/.git/config", "secret")
        try folder.makeFIFO("root/pipe")
        try folder.write("outside.md", "secret")
        try folder.write("root-sibling/x.md", "secret")
        try folder.makeLink("root/trap", to: target)
        let record = try await fetcher.record(Source(fetcher: "folder", location: folder.path("root")))
        #expect(record.texts == ["a.md": "a"])
        #expect(record.warnings(about: "trap").count == 1)
        #expect(record.warnings(about: "trap").first?.message.contains(words) == true)
    }

    @Test func isNotCaughtInALoopOfLinks() async throws {
        try folder.write("a/b/file.md", "text")
        try folder.makeLink("a/b/loop", to: "..")
        try folder.makeLink("a/self", to: ".")
        let record = try await fetcher.record(source)
        #expect(record.texts == ["a/b/file.md": "text"])
        #expect(record.warnings.isEmpty)
    }

    @Test func walksATreeThatIsDeeperThanItKeepsOpen() async throws {
        let path = String(repeating: "d/", count: 300)
        try folder.write(path + "leaf.md", "leaf")
        try folder.write(String(repeating: "d/", count: 100) + "middle.md", "middle")
        let record = try await fetcher.record(source)
        #expect(
            record.texts == [path + "leaf.md": "leaf", String(repeating: "d/", count: 100) + "middle.md": "middle"])
    }

    @Test func deliversLargeAndSmallFilesAlike() async throws {
        var expected: [String: Int] = [:]
        for (name, size) in [("a", 3 << 20), ("b", 31 << 20), ("c", 30 << 20), ("d", 1 << 20), ("e", 10)] {
            try folder.write(name, [UInt8](repeating: 120, count: size))
            expected[name] = size
        }
        #expect(try await fetcher.record(source).delivered.mapValues(\.bytes.count) == expected)
    }

    @Test func declaresTheCharsetOnlyForFilesThatNeedIt() async throws {
        try folder.write("old.txt", [0xCF, 0xF0])
        try folder.write("new.txt", "При")
        let source = Source(
            fetcher: "folder", location: folder.path, options: .init(arguments: ["charset": "windows-1251"]))
        let delivered = try await fetcher.record(source).delivered
        #expect(delivered["old.txt"]?.declaredCharset == "windows-1251")
        #expect(delivered["new.txt"]?.declaredCharset == nil)
    }
}
