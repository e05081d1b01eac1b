// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

/// `export-ignore`, held against what git itself leaves out of an archive.
@Suite(.inTurn) struct GitExportIgnoreTests {
    private func archived(_ repository: GitRepository) async throws -> [String] {
        // Listed by tar, whose lines are paths as long as these are plain; folders end with a slash.
        let archive = repository.folder.path("archive.tar")
        try await repository.git("archive", "--format=tar", "--output=\(archive)", "HEAD")
        var command = ChildProgram.Command("/bin/tar", ["--list", "--file=\(archive)"])
        command.environment = ["PATH": "/usr/bin:/bin"]
        let (bytes, outcome) = try await ChildProgram.output(of: command, under: repository.supervisor, atMost: 1 << 24)
        try #require(outcome.isSuccess)
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { !$0.hasSuffix("/") }.sorted()
    }

    @Test(arguments: [
        "*.txt export-ignore", "/a export-ignore", "a/ export-ignore", "a/** export-ignore", "b/*.md export-ignore",
        "* export-ignore\n*.md -export-ignore", "a export-ignore\na/b -export-ignore",
        "[attr]out export-ignore\n*.txt out",
        "a/b/ export-ignore=no", "*.md !export-ignore", ".gitattributes export-ignore", "\"a/b/c.txt\" export-ignore",
        "**/b export-ignore", "x.md export-ignore\n!x.md export-ignore", "A export-ignore",
    ])
    func leavesOutWhatAnArchiveLeavesOut(_ attributes: String) async throws {
        let repository = try await GitRepository([
            ".gitattributes": attributes + "\n", "a/b/c.txt": "1", "a/b/d.md": "2", "a/x.md": "3", "b/a": "4",
            "b/x.md": "5", "x.md": "6", "y.txt": "7", "c/b/z": "8",
        ])
        #expect(try await repository.fetcher().record(repository.source()).paths == archived(repository))
    }

    @Test(arguments: 1...12) func leavesOutWhatAnArchiveLeavesOutInRandomTrees(seed: Int) async throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let names = ["a", "b", "c", "doc", "x.md", "y.txt"]
        let rules = ["*.md", "*.txt", "a", "/b", "c/", "doc/**", "**/a/b", "a/*", "x.md", "b/c", "*"]
        let values = ["export-ignore", "-export-ignore", "!export-ignore", "export-ignore=1", "text export-ignore"]
        var files: [String: String] = [:]
        for number in 0..<60 {
            let path = (0..<Int.random(in: 1...4, using: &random)).map { _ in names.randomElement(using: &random) ?? "a"
            }
            files[path.joined(separator: "/") + "-\(number % 5)"] = "\(number)"
        }
        for folder in ["", "a/", "b/", "doc/"] where folder.isEmpty || random.isTrue(oneIn: 2) {
            let lines = (0..<4).map { _ in
                "\(rules.randomElement(using: &random) ?? "*") \(values.randomElement(using: &random) ?? "")"
            }
            files[folder + ".gitattributes"] = lines.joined(separator: "\n") + "\n"
        }
        let repository = try await GitRepository(files)
        let expected = try await archived(repository)
        #expect(try await repository.fetcher().record(repository.source()).paths == expected)
    }

    @Test func attributesAboveTheRootHoldBelowIt() async throws {
        let repository = try await GitRepository([
            ".gitattributes": "*.txt export-ignore\n", "docs/.gitattributes": "/private export-ignore\n",
            "docs/a.txt": "1", "docs/b.md": "2", "docs/private/c.md": "3", "docs/deep/private/d.md": "4",
        ])
        let record = try await repository.fetcher().record(repository.source(["path": "docs"]))
        #expect(record.paths == [".gitattributes", "b.md", "deep/private/d.md"])
    }

    @Test func attributesThatGitRefusesKeepNobodyFromReading() async throws {
        let repository = try await GitRepository()
        let rules = try await repository.blob("a export-ignore\n")
        let inner = try await repository.tree([("100644", rules, ".gitattributes"), ("100644", rules, "b")])
        try await repository.commitTree([
            ("040000", inner, Array("..".utf8)), ("040000", inner, Array(".GIT".utf8)),
            ("100644", rules, Array("a".utf8)), ("100644", rules, Array(".gitattributes".utf8)),
        ])
        let record = try await repository.fetcher().record(repository.source())
        #expect(record.paths.contains(".gitattributes"))
        #expect(record.warnings.contains { $0.message.contains("export-ignore") } || !record.paths.contains("a"))
    }
}
