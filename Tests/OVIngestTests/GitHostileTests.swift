// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVIngest
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

/// Repositories whose content is out to do harm, or just unusual.
@Suite(.inTurn) struct GitHostileTests {
    @Test func namesThatNoAddressCanHaveAreEscapedOrLeftOut() async throws {
        let repository = try await GitRepository()
        let blob = try await repository.blob("text")
        let names: [[UInt8]] = [
            Array("good.md".utf8), Array("new\nline".utf8), [0x66, 0xFF, 0x66], Array("~".utf8),
            Array("tab\there".utf8),
            Array("cafe\u{301}.md".utf8), Array("café.md".utf8), Array("Good.md".utf8), Array("-rf".utf8),
            Array(String(repeating: "n", count: 3000).utf8), Array(String(repeating: "m", count: 10_000).utf8),
        ]
        try await repository.commitTree(names.map { ("100644", blob, $0) })
        let first = try await repository.fetcher().record(repository.source())
        let expected = ["good.md", "new%0Aline", "f%FFf", "%7E", "tab%09here", "café.md", "Good.md", "-rf"]
        #expect(first.paths == expected.sorted())
        for path in ["new%0Aline", "f%FFf", "%7E", "tab%09here", "café.md"] {
            #expect(first.warnings(about: path).count == 1, "\(path)")
        }
        #expect(first.warnings(about: nil).count == 2)
        #expect(first.warnings.allSatisfy { !$0.message.contains("\n") && $0.message.utf8.count < 400 })
        let second = try await repository.fetcher().record(repository.source(), validators: first.validators)
        #expect(second.kept == first.validators && second.warnings == first.warnings)
    }

    @Test func partsOfTheRepositoryItselfAndWaysOutAreNoDocuments() async throws {
        let repository = try await GitRepository()
        let blob = try await repository.blob("text")
        let inner = try await repository.tree([("100644", blob, "config")])
        try await repository.commitTree([
            ("100644", blob, Array("ok".utf8)), ("040000", inner, Array(".git".utf8)),
            ("040000", inner, Array("..".utf8)), ("040000", inner, Array(".".utf8)),
            ("100644", blob, Array(".hg".utf8)),
        ])
        let record = try await repository.fetcher().record(repository.source())
        #expect(record.paths == ["ok"])
    }

    @Test func aFileAndAFolderOfOneNameDoNotCollide() async throws {
        let repository = try await GitRepository()
        let (blob, other) = (try await repository.blob("text"), try await repository.blob("other"))
        let inner = try await repository.tree([("100644", blob, "x")])
        try await repository.commitTree([
            ("100644", blob, Array("a".utf8)), ("100644", other, Array("a".utf8)), ("040000", inner, Array("a".utf8)),
            ("040000", inner, Array("b".utf8)), ("100644", blob, Array("b".utf8)),
        ])
        let record = try await repository.fetcher().record(repository.source())
        #expect(record.repeated.isEmpty)
        #expect(record.paths.contains("a") && !record.paths.contains("a/x"))
        #expect(record.paths.contains("b") != record.paths.contains("b/x"))
        #expect(!record.warnings.isEmpty)
    }

    @Test func linksAreFollowedInsideTheTreeOnly() async throws {
        let repository = try await GitRepository(["docs/real.md": "text", "docs/deep/x.md": "x"])
        let links = [
            ("alias.md", "docs/real.md"), ("docs/up.md", "../alias.md"), ("docs/deep/far.md", "../.././docs/real.md"),
            ("folder", "docs"), ("root", "."), ("out.md", "../outside.md"), ("absolute.md", "/etc/passwd"),
            ("loop", "loop"), ("a", "b"), ("b", "a"), ("gone", "nowhere"), ("config", ".git/config"),
            ("through", "folder/real.md"),
        ]
        for (name, target) in links { try repository.folder.makeLink("work/" + name, to: target) }
        try await repository.commitAll()
        let first = try await repository.fetcher().record(repository.source())
        #expect(
            first.texts == [
                "docs/real.md": "text", "docs/deep/x.md": "x", "alias.md": "text", "docs/up.md": "text",
                "docs/deep/far.md": "text",
            ])
        #expect(first.warnings.count == 1)
        #expect(first.warnings.first?.message.hasPrefix("8 symbolic links do not lead") == true, "\(first.warnings)")
        let second = try await repository.fetcher().record(repository.source(), validators: first.validators)
        #expect(second.delivered.isEmpty)
        let inDocs = try await repository.fetcher().record(repository.source(["path": "docs"]))
        #expect(inDocs.paths == ["deep/x.md", "real.md"], "what lies beside the root is outside")
    }

    @Test func submodulesAreLeftOutWithAWarningEach() async throws {
        let repository = try await GitRepository()
        let blob = try await repository.blob("text")
        let commit = "0123456789012345678901234567890123456789"
        try await repository.commitTree(
            [("100644", blob, Array("a.md".utf8))]
                + (0..<25).map { ("160000", commit, Array("module\($0)".utf8)) })
        let record = try await repository.fetcher().record(repository.source())
        #expect(record.paths == ["a.md"])
        #expect(record.warnings.filter { $0.message.contains("a submodule") }.count == 20)
        #expect(record.warnings(about: nil).map(\.message) == ["5 more submodules are left out"])
    }

    @Test func pointersToLargeFilesAreSummedUp() async throws {
        let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n"
        let repository = try await GitRepository(["b.bin": pointer, "a.bin": pointer + "x", "c.md": "c"])
        let record = try await repository.fetcher().record(repository.source())
        #expect(record.paths.count == 3)
        #expect(record.warnings.count == 1)
        #expect(record.warnings.first?.message.contains("2 documents are pointers") == true)
        #expect(record.warnings.first?.message.contains("a.bin") == true)
    }

    @Test func nothingThatARepositorySaysIsRun() async throws {
        let repository = try await GitRepository()
        let proof = repository.folder.path("proof")
        for hook in ["post-checkout", "post-merge", "reference-transaction", "pre-auto-gc", "post-index-change"] {
            try repository.folder.write("work/.git/hooks/\(hook)", "#!/bin/sh\ntouch \(proof)\n")
            try repository.folder.setPermissions("work/.git/hooks/\(hook)", 0o755)
        }
        try repository.folder.write("work/.gitattributes", "* filter=evil diff=evil merge=evil\n")
        try repository.folder.write("work/a.md", "a")
        try repository.folder.write("work/.gitmodules", "[submodule \"x\"]\n\tpath = x\n\turl = ext::touch% \(proof)\n")
        try await repository.git("add", "--all")
        try await repository.git("commit", "--quiet", "--no-verify", "--message=x")
        for setting in [
            "filter.evil.smudge", "filter.evil.clean", "core.fsmonitor", "core.sshCommand",
            "uploadpack.packObjectsHook",
            "core.alternateRefsCommand", "core.pager", "diff.evil.textconv",
        ] { try await repository.git("config", setting, "touch \(proof); cat") }
        try? repository.folder.remove("proof")
        let record = try await repository.fetcher().record(repository.source())
        #expect(record.paths == [".gitattributes", ".gitmodules", "a.md"])
        #expect((try? FileStatus(of: proof)) == nil)
    }

    @Test func aPartialCloneFetchesNothingOnOurBehalf() async throws {
        let origin = try await GitRepository(["a.md": "a", "b.md": "b"])
        try await origin.git("config", "uploadpack.allowFilter", "true")
        let folder = origin.folder
        try await origin.git(
            "clone", "--quiet", "--filter=blob:none", "--no-checkout", "file://\(origin.path)", folder.path("partial"))
        let proof = folder.path("proof")
        try folder.write("evil", "#!/bin/sh\ntouch \(proof)\nexec git-upload-pack \"$@\"\n")
        try folder.setPermissions("evil", 0o755)
        try await origin.git(
            "--git-dir=\(folder.path("partial/.git"))", "config", "remote.origin.uploadpack", folder.path("evil"))
        try await origin.git(
            "--git-dir=\(folder.path("partial/.git"))", "config", "remote.origin.url", "ext::\(folder.path("evil"))")
        let source = Source(fetcher: "git", location: folder.path("partial"))
        await #expect(throws: FetchError.self) { try await origin.fetcher().record(source) }
        #expect((try? FileStatus(of: proof)) == nil)
    }

    @Test func aShallowCloneIsASource() async throws {
        let origin = try await GitRepository(["a.md": "one"])
        try await origin.commit(["a.md": "two"])
        let folder = origin.folder
        try await origin.git("clone", "--quiet", "--depth=1", "file://\(origin.path)", folder.path("shallow"))
        let source = Source(fetcher: "git", location: folder.path("shallow"))
        #expect(try await origin.fetcher().record(source).texts == ["a.md": "two"])
    }

    @Test func aBlobOverTheLimitIsNeverReadIntoMemory() async throws {
        let repository = try await GitRepository(["small.md": "small"])
        try repository.folder.write("work/large.bin", [UInt8](repeating: 0, count: 40 << 20))
        try await repository.commitAll()
        let record = try await repository.fetcher().record(repository.source())
        #expect(record.paths == ["small.md"])
        #expect(record.warnings(about: "large.bin").map(\.isUnchecked) == [true])
    }

    @Test func aRepositoryThatIsLargerThanAnIngestIsRefused() async throws {
        var random = SeededGenerator(seed: 1)
        let noise = (0..<(3 << 20)).map { _ in UInt8.random(in: 0...255, using: &random) }
        let repository = try await GitRepository()
        try repository.folder.write("work/noise.bin", noise)
        try await repository.commitAll()
        var limits = Limits()
        limits.bytesPerIngest = 1 << 20
        let error = await #expect(throws: FetchError.self) {
            try await repository.fetcher().record(repository.source(), limits: limits)
        }
        #expect(error?.cause == "limit_exceeded", "\(String(describing: error))")
        #expect(try await repository.fetcher().record(repository.source()).paths == ["noise.bin"])
    }

    @Test func deepAndWideTreesAreFetched() async throws {
        let repository = try await GitRepository()
        let deep = String(repeating: "d/", count: 400)
        var files = [deep + "leaf": "leaf", String(repeating: "d/", count: 100) + "middle": "middle", "top": "top"]
        for number in 0..<300 { files["w/\(number % 7)/\(number)"] = "\(number)" }
        try await repository.commit(files)
        #expect(try await repository.fetcher().record(repository.source()).texts == files)
    }
}
