// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

/// Include, exclude and ignored folders, as the folder fetcher applies them.
@Suite(.inTurn) struct PathFilterTests {
    private static let files = [
        "README.md", "a.txt", "docs/a.md", "docs/deep/b.md", "docs/deep/c.txt", "node_modules/x/d.md", "src/main.swift",
        "src/node_modules/e.md", "src/test/f.md",
    ]

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for file in Self.files { try folder.write(file, file) }
    }

    private func source(_ options: Source.Options) -> Source {
        Source(fetcher: "folder", location: folder.path, options: options)
    }

    @Test(
        arguments: [
            (
                ["*.md"],
                [
                    "README.md", "docs/a.md", "docs/deep/b.md", "node_modules/x/d.md", "src/node_modules/e.md",
                    "src/test/f.md",
                ]
            ),
            (["/*.md"], ["README.md"]),
            (["./README.md"], ["README.md"]),
            (["docs"], ["docs/a.md", "docs/deep/b.md", "docs/deep/c.txt"]),
            (["docs/"], ["docs/a.md", "docs/deep/b.md", "docs/deep/c.txt"]),
            (["docs/*"], ["docs/a.md", "docs/deep/b.md", "docs/deep/c.txt"]),
            (["docs/*.md"], ["docs/a.md"]),
            (["docs/**/*.md"], ["docs/a.md", "docs/deep/b.md"]),
            (["**/*.{swift,txt}"], ["a.txt", "docs/deep/c.txt", "src/main.swift"]),
            (["*.[st]*"], ["a.txt", "docs/deep/c.txt", "src/main.swift"]),
            (["README.md", "deep"], ["README.md", "docs/deep/b.md", "docs/deep/c.txt"]),
            (["README.md/"], []),
            (["nothing"], []),
        ] as [([String], [String])])
    func includes(_ patterns: [String], _ paths: [String]) async throws {
        #expect(try await FolderFetcher().record(source(.init(include: patterns))).paths == paths)
        let others = Self.files.filter { !paths.contains($0) }
        #expect(try await FolderFetcher().record(source(.init(exclude: patterns))).paths == others)
    }

    @Test func exclusionWinsOverInclusion() async throws {
        let options = Source.Options(include: ["*.md"], exclude: ["docs/deep"], ignoredDirectories: ["node_modules"])
        #expect(try await FolderFetcher().record(source(options)).paths == ["README.md", "docs/a.md", "src/test/f.md"])
    }

    @Test func ignoredDirectoriesAreFoldersOnly() async throws {
        let options = Source.Options(ignoredDirectories: ["a.txt", "node_modules/", "deep"])
        #expect(
            try await FolderFetcher().record(source(options)).paths
                == ["README.md", "a.txt", "docs/a.md", "src/main.swift", "src/test/f.md"])
    }

    @Test(arguments: ["", "/", "./"])
    func refusesAPatternThatCanMatchNothing(_ pattern: String) {
        let error = #expect(throws: OVError.self) { try PathFilter(.init(include: [pattern])) }
        #expect(error?.code == .invalidArgument)
    }

    /// Whatever the options: a second run decides as the first did, and as one without validators does.
    @Test(arguments: 1...40)
    func decidesTheSameOnEveryRun(_ seed: Int) async throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let patterns = [
            "*.md", "docs", "docs/", "**/deep/**", "src/*", "[a-d]*", "*.{md,txt}", "/a.txt", "?*", "x", "node*",
        ]
        var options = Source.Options()
        for _ in 0..<Int.random(in: 0...2, using: &random) { options.include.append(random.pick(patterns)) }
        for _ in 0..<Int.random(in: 0...2, using: &random) { options.exclude.append(random.pick(patterns)) }
        if random.isTrue(oneIn: 2) { try folder.write(".gitignore", random.pick(patterns)) }
        let fetcher = FolderFetcher(clock: LateClock())
        let first = try await fetcher.record(source(options))
        let half = first.validators.filter { _ in random.isTrue(oneIn: 2) }
        let second = try await fetcher.record(source(options), validators: half)
        let third = try await fetcher.record(source(options), validators: second.validators)
        #expect(second.paths == first.paths)
        #expect(third.kept == first.validators)
    }
}
