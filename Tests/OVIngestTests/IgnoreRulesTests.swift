// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

/// `.gitignore` as the folder fetcher honours it.
@Suite(.inTurn) struct IgnoreRulesTests {
    private let folder: TemporaryFolder
    private let fetcher = FolderFetcher(clock: LateClock())

    init() throws { folder = try TemporaryFolder() }

    private func paths(below root: String = "", options: Source.Options = .init()) async throws -> [String] {
        let source = Source(fetcher: "folder", location: folder.path(root), options: options)
        return try await fetcher.record(source).paths.filter { !$0.hasSuffix("ignore") }
    }

    private static let files = [
        "a.o", "a.md", "build/x.md", "src/build/y.md", "src/a.o", "src/deep/er/z.md", "#hash", "!bang", "sp ace ",
        "doc/frotz/f.md", "frotz.md", "brace{x}", "a[1].md", "back\\slash",
    ]

    @Test(arguments: [
        ("*.o", ["a.o", "src/a.o"]),
        ("/*.o", ["a.o"]),
        ("/a.o", ["a.o"]),
        ("src/a.o", ["src/a.o"]),
        ("build/", ["build/x.md", "src/build/y.md"]),
        ("/build/", ["build/x.md"]),
        ("build", ["build/x.md", "src/build/y.md"]),
        ("a.md/", []),
        ("# comment\n\n   \n", []),
        ("\\#hash", ["#hash"]),
        ("\\!bang", ["!bang"]),
        ("sp ace", []),
        ("sp ace\\ ", ["sp ace "]),
        ("a.o   ", ["a.o", "src/a.o"]),
        ("a.o\r\n", ["a.o", "src/a.o"]),
        ("\u{FEFF}a.o", ["a.o", "src/a.o"]),
        ("**/build", ["build/x.md", "src/build/y.md"]),
        ("src/**", ["src/a.o", "src/build/y.md", "src/deep/er/z.md"]),
        ("src/**/z.md", ["src/deep/er/z.md"]),
        ("src/**/a.o", ["src/a.o"]),
        ("doc/frotz/", ["doc/frotz/f.md"]),
        ("frotz/", ["doc/frotz/f.md"]),
        ("*.o\n!a.o", []),
        ("*.o\n!/a.o", ["src/a.o"]),
        ("src/\n!src/a.o", ["src/a.o", "src/build/y.md", "src/deep/er/z.md"]),
        ("src/*\n!src/a.o", ["src/build/y.md", "src/deep/er/z.md"]),
        ("brace{x}", ["brace{x}"]),
        ("brace{x,y}", []),
        ("a\\[1\\].md", ["a[1].md"]),
        ("a[[]1].md", ["a[1].md"]),
        ("[ab].o", ["a.o", "src/a.o"]),
        ("[!b].o", ["a.o", "src/a.o"]),
        ("[^a].o", []),
        ("[[:alpha:]].o", ["a.o", "src/a.o"]),
        ("[[:digit:]].o", []),
        ("[[:nonsense:]a].o", []),
        ("[z-a].o", []),
        ("[]-a].o", ["a.o", "src/a.o"]),
        ("[a", []),
        ("back\\\\slash", ["back\\slash"]),
        ("back\\", []),
        ("?.o", ["a.o", "src/a.o"]),
        ("src?a.o", []),
        ("!", []),
        ("/", []),
    ])
    func leavesOutWhatAPatternNames(_ rules: String, _ ignored: [String]) async throws {
        for file in Self.files { try folder.write(file, "") }
        try folder.write(".gitignore", rules)
        #expect(try await paths() == Self.files.filter { !ignored.contains($0) }.sorted())
    }

    @Test func theNearestFileDecides() async throws {
        try folder.write(".gitignore", "*.log\n/sub/other.md")
        try folder.write("sub/.gitignore", "!keep.log\n*.md\n!/other.md")
        for file in ["a.log", "sub/a.log", "sub/keep.log", "sub/x.md", "sub/other.md", "sub/deep/y.md", "z.md"] {
            try folder.write(file, "")
        }
        #expect(try await paths() == ["sub/keep.log", "sub/other.md", "z.md"])
    }

    @Test func ownRulesComeAfterThoseOfGit() async throws {
        try folder.write(".gitignore", "drafts/\n*.tmp")
        try folder.write(".ovignore", "!drafts/\n*.bak")
        for file in ["drafts/a.md", "b.tmp", "c.bak", "d.md"] { try folder.write(file, "") }
        #expect(try await paths() == ["d.md", "drafts/a.md"])
    }

    @Test func leavesOutWhatVersionControlKeepsForItself() async throws {
        for file in [".git/HEAD", "sub/.git/config", ".hg/x", "a/.svn/y", "a/b.md", "linked/.git", "gitter.md"] {
            try folder.write(file, "")
        }
        #expect(try await paths(options: .init(include: ["*"])) == ["a/b.md", "gitter.md"])
    }

    @Test func honoursTheExclusionsOfARepository() async throws {
        try folder.write(".git/info/exclude", "*.secret\n!over.secret")
        try folder.write("sub/.gitignore", "!x.secret\nover.secret")
        for file in ["a.secret", "sub/x.secret", "sub/over.secret", "b.md"] { try folder.write(file, "") }
        #expect(try await paths() == ["b.md", "sub/x.secret"])
    }

    @Test func honoursTheWorkTreeAboveTheRoot() async throws {
        try folder.write("repo/.git/info/exclude", "*.secret")
        try folder.write("repo/.gitignore", "*.log\n/docs/drafts/\n/drafts/\nother/*.md")
        try folder.write("repo/docs/.gitignore", "*.tmp")
        try folder.write(".gitignore", "*.md")
        for file in ["a.md", "a.log", "a.tmp", "a.secret", "drafts/b.md", "sub/drafts/c.md", "other/d.md"] {
            try folder.write("repo/docs/" + file, "")
        }
        #expect(try await paths(below: "repo/docs") == ["a.md", "other/d.md", "sub/drafts/c.md"])
    }

    @Test func theRulesOfARepositoryEndAtAnotherInsideIt() async throws {
        try folder.write(".git/HEAD", "")
        try folder.write(".gitignore", "*.log")
        try folder.write("vendor/lib/.git/HEAD", "")
        for file in ["a.log", "vendor/b.log", "vendor/lib/c.log"] { try folder.write(file, "") }
        #expect(try await paths() == ["vendor/lib/c.log"])
    }

    @Test func whatTheUserNamedIsReadEvenWhereItIsIgnored() async throws {
        try folder.write(".git/HEAD", "")
        try folder.write(".gitignore", "build/")
        try folder.write("build/report.md", "")
        #expect(try await paths(below: "build") == ["report.md"])
        #expect(try await paths().isEmpty)
    }

    @Test func aRuleThatIsAddedRemovesAndOneThatIsDroppedBringsBack() async throws {
        try folder.write("a.md", "a")
        try folder.write("b.log", "b")
        let source = Source(fetcher: "folder", location: folder.path)
        let first = try await fetcher.record(source)
        try folder.write(".gitignore", "*.log")
        let second = try await fetcher.record(source, validators: first.validators)
        #expect(second.paths == [".gitignore", "a.md"])
        try folder.remove(".gitignore")
        let third = try await fetcher.record(source, validators: second.validators)
        #expect(third.paths == ["a.md", "b.log"])
    }

    @Test func isNotMisledByAnIgnoreFileThatIsNone() async throws {
        try folder.makeFolder("a/.gitignore")
        try folder.makeFIFO("b/.gitignore")
        try folder.write("elsewhere", "*")
        try folder.makeLink("c/.gitignore", to: "../elsewhere")
        for name in ["a", "b", "c"] { try folder.write(name + "/x.md", "") }
        #expect(try await paths() == ["a/x.md", "b/x.md", "c/x.md", "elsewhere"])
    }

    @Test func doesNotGuessWhatAnOutsizedIgnoreFileSays() async throws {
        try folder.write("sub/.gitignore", [UInt8](repeating: 35, count: (1 << 20) + 1))
        try folder.write("sub/a.md", "a")
        try folder.write("b.md", "b")
        let record = try await fetcher.record(Source(fetcher: "folder", location: folder.path))
        #expect(record.paths == ["b.md"])
        #expect(record.warnings(about: "sub").map(\.isUnchecked) == [true])
    }

    /// Copied anew for each quoted character, a line like this one took minutes.
    @Test func readsALongLineInLinearTime() async throws {
        try folder.write(".gitignore", [UInt8](repeating: UInt8(ascii: "\\"), count: 1 << 20))
        try folder.write("a.md", "a")
        #expect(try await paths() == ["a.md"])
    }
}
