// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVIngest
import OVSystem
import OVTestSupport
import OVTestTraits
import Synchronization
import Testing

@Suite(.inTurn) struct GitFetcherTests {
    /// A repository that is made at the first `put`, because that needs to wait for a program.
    final class Contract: ContractSource {
        private let made = Mutex<GitRepository?>(nil)
        private let folder: TemporaryFolder
        let fetcher: any Fetcher
        let isSingle = false
        let source: Source

        init() throws {
            folder = try TemporaryFolder()
            try folder.makeFolder("cache")
            try folder.makeFolder("work")
            source = Source(fetcher: "git", location: folder.path("work"))
            fetcher = GitFetcher(
                cache: folder.path("cache/git"), supervisor: Supervisor(executable: try productFolder() + "/ov"),
                environment: ["PATH": "/usr/bin:/bin"])
        }

        func put(_ documents: [String: String]) async throws {
            let repository = try await repository()
            try await repository.commit(documents)
        }

        func touch() async throws { try await repository().commitAll() }
        func removeAll() async throws { try folder.remove("work") }

        private func repository() async throws -> GitRepository {
            if let repository = made.withLock({ $0 }) { return repository }
            let repository = try await GitRepository(in: folder)
            made.withLock { $0 = repository }
            return repository
        }
    }

    @Test(arguments: FetcherContract.allCases)
    func keepsTheContract(_ rule: FetcherContract) async throws { try await rule.check(Contract.init) }

    /// A repository on another branch, a folder and a file of it.
    final class SingleFile: ContractSource {
        private let inner: Contract
        let isSingle = true
        var fetcher: any Fetcher { inner.fetcher }

        init() throws { inner = try Contract() }

        var source: Source {
            Source(
                fetcher: "git", location: inner.source.location,
                options: .init(arguments: ["path": "docs/one.md", "ref": "main"]))
        }

        func put(_ documents: [String: String]) async throws {
            try await inner.put(["docs/one.md": documents[""] ?? "", "other.md": "other"])
        }

        func touch() async throws { try await inner.touch() }
        func removeAll() async throws { try await inner.put(["other.md": "other"]) }
    }

    @Test(arguments: FetcherContract.allCases)
    func keepsTheContractForAFileOfARepository(_ rule: FetcherContract) async throws {
        try await rule.check(SingleFile.init)
    }

    // MARK: - What is fetched

    @Test func deliversBranchesTagsAndCommits() async throws {
        let repository = try await GitRepository(["a.md": "one"])
        let first = try await repository.git("rev-parse", "HEAD")
        try await repository.git("tag", "light")
        try await repository.git("tag", "--annotate", "--message=x", "heavy")
        try await repository.git("branch", "feature/x")
        try await repository.git("branch", "both")
        try await repository.commit(["a.md": "two"])
        try await repository.git("tag", "both")
        let fetcher = repository.fetcher()
        for ref in [
            "light", "heavy", "feature/x", "refs/heads/feature/x", "refs/tags/heavy", first, first.uppercased(), "both",
        ] {
            #expect(try await fetcher.record(repository.source(["ref": ref])).texts == ["a.md": "one"], "\(ref)")
        }
        for ref in ["HEAD", "main", "refs/tags/both"] {
            #expect(try await fetcher.record(repository.source(["ref": ref])).texts == ["a.md": "two"], "\(ref)")
        }
        #expect(try repository.mirrors().count == 1)
    }

    @Test func aFolderCanBeTheRoot() async throws {
        let repository = try await GitRepository([
            "docs/a.md": "a", "docs/b/c.md": "c", "docs.md": "no", "x/docs/d": "no",
        ])
        for path in ["docs", "/docs/", "./docs"] {
            let record = try await repository.fetcher().record(repository.source(["path": path]))
            #expect(record.texts == ["a.md": "a", "b/c.md": "c"])
        }
    }

    @Test(arguments: [
        (["ref": "nowhere"], "source_gone"), (["ref": "refs/heads/nowhere"], "source_gone"),
        (["ref": "0123456789012345678901234567890123456789"], "source_gone"), (["path": "nowhere"], "source_gone"),
        (["path": "a.md/b"], "source_gone"), (["path": "link"], "source_gone"),
        (["ref": "--upload-pack=touch x"], "invalid_argument"), (["ref": "-x"], "invalid_argument"),
        (["ref": "a b"], "invalid_argument"), (["ref": "a..b"], "invalid_argument"), (["ref": ""], "invalid_argument"),
        (["ref": "HEAD~1"], "invalid_argument"), (["ref": "x:refs/heads/y"], "invalid_argument"),
        (["ref": "*"], "invalid_argument"), (["path": "../x"], "invalid_argument"),
        (["auth": "env:TOKEN"], "secret_missing"), (["auth": "hunter2"], "secret_missing"),
    ])
    func saysWhatIsWrongWithAnArgument(_ arguments: [String: String], _ cause: String) async throws {
        let repository = try await GitRepository(["a.md": "a"])
        try repository.folder.makeLink("work/link", to: "a.md")
        try await repository.commitAll()
        let error = await #expect(throws: FetchError.self) {
            try await repository.fetcher().record(repository.source(arguments))
        }
        #expect(error?.cause == cause, "\(String(describing: error))")
        #expect(error?.persistence == .permanent)
        #expect(error?.message.contains("hunter2") == false)
    }

    @Test func theFilterHoldsAsForFolders() async throws {
        let repository = try await GitRepository([
            "a.md": "a", "b.txt": "b", "node_modules/x.md": "x", "docs/c.md": "c", "docs/deep/er/d.md": "d",
            ".gitignore": "*.md",
        ])
        let options = Source.Options(include: ["*.md"], exclude: ["docs/deep"], ignoredDirectories: ["node_modules"])
        let record = try await repository.fetcher().record(repository.source([:], options))
        #expect(record.paths == ["a.md", "docs/c.md"], "what is tracked is tracked, whatever .gitignore says")
    }

    @Test func aRenamedFileIsDeliveredUnderItsNewPath() async throws {
        let repository = try await GitRepository(["old.md": "text", "same.md": "same"])
        let first = try await repository.fetcher().record(repository.source())
        try await repository.commit(["new.md": "text", "same.md": "same"])
        let second = try await repository.fetcher().record(repository.source(), validators: first.validators)
        #expect(second.texts == ["new.md": "text"])
        #expect(second.validators["new.md"] == first.validators["old.md"])
        #expect(Array(second.kept.keys) == ["same.md"])
    }

    @Test func bytesAreDeliveredAsTheyAre() async throws {
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let repository = try await GitRepository()
        try repository.folder.write("work/image.bin", bytes)
        try repository.folder.write("work/crlf.txt", "a\r\nb\r\n")
        try repository.folder.write("work/.gitattributes", "*.txt text eol=lf\n*.bin filter=lfs\n")
        try await repository.git("-c", "filter.lfs.clean=", "add", "--all")
        let stored = try await repository.git("rev-parse", ":crlf.txt")
        try await repository.git("commit", "--quiet", "--message=x")
        let record = try await repository.fetcher().record(repository.source())
        #expect(record.delivered["image.bin"]?.bytes == bytes)
        #expect(record.delivered["crlf.txt"]?.validator?.text == stored)
    }

    @Test func theCharsetThatIsGivenIsDeclared() async throws {
        let repository = try await GitRepository()
        try repository.folder.write("work/old.txt", [0xCF, 0xF0])
        try await repository.commitAll()
        let record = try await repository.fetcher().record(repository.source(["charset": "windows-1251"]))
        #expect(record.delivered["old.txt"]?.declaredCharset == "windows-1251")
    }

    @Test func anEmptyRepositoryIsNoSourceYet() async throws {
        let repository = try await GitRepository()
        let error = await #expect(throws: FetchError.self) {
            try await repository.fetcher().record(repository.source())
        }
        #expect(error?.cause == "source_empty")
        #expect(error?.persistence == .transient(retryAfter: nil))
    }

    @Test func aRepositoryWithLongIdsIsFetchedToo() async throws {
        let repository = try await GitRepository(["a.md": "one"])
        let fetcher = repository.fetcher()
        #expect(try await fetcher.record(repository.source()).texts == ["a.md": "one"])
        try repository.folder.remove("work")
        try repository.folder.makeFolder("work")
        try await repository.git("init", "--quiet", "--initial-branch=main", "--object-format=sha256")
        try await repository.commit(["a.md": "two"])
        let record = try await fetcher.record(repository.source())
        #expect(record.texts == ["a.md": "two"])
        #expect(record.validators["a.md"]?.text.utf8.count == 64)
    }

    /// Only root can give a file away.
    @Test(.enabled(if: getuid() == 0)) func aRepositoryOfAnotherUserIsRead() async throws {
        let repository = try await GitRepository(["a.md": "one"])
        for path in ["work", "work/.git", "work/.git/HEAD", "work/.git/config"] {
            try #require(chown(repository.folder.path(path), 12_345, 12_345) == 0)
        }
        #expect(try await repository.fetcher().record(repository.source()).texts == ["a.md": "one"])
        #expect(try await repository.fetcher().record(repository.source(["path": "a.md"])).texts == ["": "one"])
    }

    // MARK: - What it costs

    @Test func asksOnceWhenNothingMovedAndFetchesOnceWhenSomethingDid() async throws {
        let repository = try await GitRepository(["a.md": "one"])
        let fetcher = repository.fetcher(path: try repository.loggingGit())
        let first = try await fetcher.record(repository.source())
        #expect(try repository.calls() == ["ls-remote", "fetch"])
        let second = try await fetcher.record(repository.source(), validators: first.validators)
        #expect(try repository.calls() == ["ls-remote"])
        #expect(second.kept == first.validators && second.delivered.isEmpty)
        // The mirror serves those who have lost what they had.
        #expect(try await fetcher.record(repository.source()).texts == ["a.md": "one"])
        #expect(try repository.calls() == ["ls-remote"])
        try await repository.commit(["a.md": "two"])
        #expect(try await fetcher.record(repository.source(), validators: first.validators).texts == ["a.md": "two"])
        #expect(try repository.calls() == ["ls-remote", "fetch"])
    }

    @Test func aRewrittenBranchIsFollowed() async throws {
        let repository = try await GitRepository(["a.md": "one"])
        let first = try await repository.fetcher().record(repository.source())
        try await repository.git("checkout", "--quiet", "--orphan", "other")
        try await repository.commit(["a.md": "rewritten"])
        try await repository.git("branch", "--force", "main", "other")
        let source = repository.source(["ref": "main"])
        #expect(
            try await repository.fetcher().record(source, validators: first.validators).texts == ["a.md": "rewritten"])
    }

    @Test func theMirrorDoesNotGrowWithEveryFetch() async throws {
        let repository = try await GitRepository([:])
        for round in 0..<40 {
            // Enough files for a pack each time, instead of single objects.
            try await repository.commit(
                Dictionary(uniqueKeysWithValues: (0..<110).map { ("\($0).md", "\(round) \($0)") }))
            _ = try await repository.fetcher().record(repository.source())
        }
        let mirror = try #require(try repository.mirrors().first)
        let packs = try Descriptor(opening: repository.folder.path(mirror + "/objects/pack"), O_RDONLY | O_DIRECTORY)
        let names = try FolderListing(of: packs, atMost: 1000)
        #expect(names.entries.count < 14 * 4)
        let commits = try await repository.git(
            "--git-dir=\(repository.folder.path(mirror))", "rev-list", "--all", "--count")
        #expect(commits == "1")
    }
}
