// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem
import OVTestSupport
import OVTestTraits
import Synchronization
import Testing

@testable import OVIngest

@Suite(.inTurn) struct ArchiveFetcherTests {
    /// How a set of files becomes the bytes of an archive, by its ending.
    private static func pack(_ files: [String: String], _ ending: String) -> [UInt8] {
        switch ending {
        case ".zip": PackedArchive.zip(files)
        case ".tar": PackedArchive.tar(files)
        default: PackedArchive.gzip(PackedArchive.tar(files))
        }
    }

    struct LocalSource: ContractSource {
        let folder: TemporaryFolder
        let ending: String
        let isSingle = false

        init(_ ending: String) throws {
            folder = try TemporaryFolder()
            self.ending = ending
        }

        var fetcher: any Fetcher { LocalArchive.fetcher(folder) }
        var source: Source {
            Source(
                fetcher: "archive", location: folder.path("docs" + ending),
                options: Source.Options(arguments: ["strip": "0"]))
        }
        func put(_ documents: [String: String]) throws {
            try folder.write("docs" + ending, ArchiveFetcherTests.pack(documents, ending))
        }
        func touch() throws { try folder.write("docs" + ending, try folder.read("docs" + ending)) }
        func removeAll() throws { try folder.remove("docs" + ending) }
    }

    final class RemoteSource: ContractSource {
        private let folder: TemporaryFolder
        private let server: ScriptedServer
        private let state = State()
        private let ending: String
        let isSingle = false

        init(_ ending: String) throws {
            folder = try TemporaryFolder()
            self.ending = ending
            let state = state
            server = try ScriptedServer { request in
                guard let bytes = state.bytes.withLock({ $0 }) else { return [.answer(404)] }
                var sum: UInt64 = 5381
                for byte in bytes { sum = sum &* 33 &+ UInt64(byte) }
                let tag = "\"\(sum)x\(state.edition.withLock { $0 })\""
                return request.headers["if-none-match"] == tag
                    ? [.answer(304, [("ETag", tag)])] : [.answer(200, [("ETag", tag)], bytes)]
            }
        }

        private final class State: Sendable {
            let bytes = Mutex<[UInt8]?>(nil)
            let edition = Mutex(0)
        }

        var fetcher: any Fetcher { LocalArchive.fetcher(folder) }
        var source: Source {
            Source(
                fetcher: "archive", location: server.origin + "/docs" + ending,
                options: Source.Options(arguments: ["strip": "0"], allowsPrivateNetworks: true))
        }
        func put(_ documents: [String: String]) async throws {
            let bytes = ArchiveFetcherTests.pack(documents, ending)
            state.bytes.withLock { $0 = bytes }
        }
        func touch() async throws { state.edition.withLock { $0 += 1 } }
        func removeAll() async throws { state.bytes.withLock { $0 = nil } }
    }

    @Test(arguments: FetcherContract.allCases, [".zip", ".tar", ".tar.gz"])
    func `an archive on this machine keeps the contract`(_ rule: FetcherContract, _ ending: String) async throws {
        try await rule.check { try LocalSource(ending) }
    }

    @Test(arguments: FetcherContract.allCases, [".zip", ".tgz"])
    func `an archive on the web keeps the contract`(_ rule: FetcherContract, _ ending: String) async throws {
        try await rule.check { try RemoteSource(ending) }
    }

    struct PackedNote: ContractSource {
        let folder: TemporaryFolder
        let isSingle = true

        init() throws { folder = try TemporaryFolder() }
        var fetcher: any Fetcher { LocalArchive.fetcher(folder) }
        var source: Source { Source(fetcher: "archive", location: folder.path("notes.txt.gz"), options: .init()) }
        func put(_ documents: [String: String]) throws {
            try folder.write("notes.txt.gz", PackedArchive.gzip(Array((documents[""] ?? "").utf8)))
        }
        func touch() throws { try folder.write("notes.txt.gz", try folder.read("notes.txt.gz")) }
        func removeAll() throws { try folder.remove("notes.txt.gz") }
    }

    @Test(arguments: FetcherContract.allCases)
    func `a single packed document keeps the contract`(_ rule: FetcherContract) async throws {
        try await rule.check(PackedNote.init)
    }

    @Test func `a packed document is called what it was`() async throws {
        let archive = try LocalArchive("notes.md.gz", PackedArchive.gzip(Array("# Notes\n".utf8)))
        let document = try #require(try await archive.record().delivered[""])
        #expect(document.name == "notes.md" && document.mediaType == MediaType.markdown)
    }

    /// Text, and what it is taken for: a location below the folder or at the address, and a name.
    @Test(arguments: [
        ("docs.zip", "docs"), ("Docs.TAR.GZ", "Docs"), ("notes.txt.gz", "notes.txt"), ("a.tgz", "a"),
        ("https://site.example/x/pack-1.2.tar.gz", "pack-1.2"), ("http://site.example/p.zip?raw=1#top", "p"),
        ("https://forge.example/owner/project/archive/refs/heads/main.zip", "project-main"),
        ("https://forge.example/owner/project/-/archive/v1/project-v1.tar.gz", "project-v1"),
    ])
    func `an archive is known by its name`(_ text: String, _ name: String) async throws {
        let folder = try TemporaryFolder()
        for file in ["docs.zip", "Docs.TAR.GZ", "notes.txt.gz", "a.tgz"] { try folder.write(file, "x") }
        let context = SourceContext(workingDirectory: folder.path, homeDirectory: nil)
        let found = try #require(try await LocalArchive.fetcher(folder).recognise(text, in: context))
        #expect(found.suggestedName == name)
    }

    @Test(arguments: ["docs.txt", "no.zip", "folder.zip", ".zip", "https://site.example/zip", "ftp://a.example/b.zip"])
    func `what is none is not taken for an archive`(_ text: String) async throws {
        let folder = try TemporaryFolder()
        try folder.write("docs.txt", "x")
        try folder.write(".zip", "x")
        try folder.write("folder.zip/a", "x")
        let context = SourceContext(workingDirectory: folder.path, homeDirectory: nil)
        #expect(try await LocalArchive.fetcher(folder).recognise(text, in: context) == nil)
    }

    @Test func `whoever names the fetcher may give any address`() async throws {
        let folder = try TemporaryFolder()
        let tar = PackedArchive.gzip(PackedArchive.tar(["top/a.md": "# A\n"]))
        let server = try ScriptedServer { _ in [.answer(200, [("Content-Type", "application/octet-stream")], tar)] }
        var context = SourceContext(workingDirectory: "/", homeDirectory: nil)
        context.isFetcherNamed = true
        let fetcher = LocalArchive.fetcher(folder)
        let found = try #require(try await fetcher.recognise(server.origin + "/download?id=5", in: context))
        let source = Source(
            fetcher: "archive", location: found.location, options: Source.Options(allowsPrivateNetworks: true))
        #expect(try await fetcher.record(source).texts == ["a.md": "# A\n"])
        #expect(server.requests.first?.headers["accept-encoding"] == "identity")
        let downloads = try Descriptor(opening: folder.path("cache/downloads"), O_RDONLY)
        #expect(try FolderListing(of: downloads, atMost: 9).entries.isEmpty)
    }

    /// Files, how much to strip, and where they are then.
    @Test(arguments: [
        (["p-1/a.md", "p-1/b/c.md"], nil, ["a.md", "b/c.md"]),
        (["p-1/a.md", "p-1/b/c.md"], "0", ["p-1/a.md", "p-1/b/c.md"]),
        (["p-1/a.md", "p-1/b/c.md", "x/y/z.md"], "1", ["a.md", "b/c.md", "y/z.md"]),
        (["p-1/a.md", "p-1/b/c.md"], "2", ["c.md"]), (["p/a.md", "q/b.md"], "auto", ["p/a.md", "q/b.md"]),
        (["p/a.md", "b.md"], nil, ["b.md", "p/a.md"]), (["p/a.md", ".DS_Store", "__MACOSX/p/a"], nil, ["a.md"]),
    ])
    func `top folders are left off`(_ files: [String], _ strip: String?, _ paths: [String]) async throws {
        for ending in [".zip", ".tar.gz"] {
            let bytes = Self.pack(Dictionary(uniqueKeysWithValues: files.map { ($0, $0) }), ending)
            let record = try await LocalArchive("x" + ending, bytes).record(
                strip.map { ["strip": $0] } ?? [:], include: ["*.md"])
            #expect(record.paths == paths)
            #expect(record.warnings.contains { $0.message.contains("strip") } == (strip == "2"))
        }
    }

    @Test func `two files do not fall into one place`() async throws {
        let archive = try LocalArchive("x.zip", PackedArchive.zip(["p/a.md": "1", "q/a.md": "2"]))
        let failure = try await archive.failure(["strip": "1"])
        #expect(failure.cause == "bad_archive" && failure.message.contains("two files called 'a.md'"))
        #expect(try await archive.failure(["strip": "-1"]).cause == "invalid_argument")
    }

    @Test func `a document that could not be had is told of again when nothing has changed`() async throws {
        let archive = try LocalArchive(
            "x.tar", PackedArchive.tar(["a.md": "a", "large.md": String(repeating: "x", count: 200)]))
        var limits = Limits()
        limits.documentBytes = 100
        let first = try await archive.record(limits: limits)
        #expect(first.warnings(about: "large.md").map(\.isUnchecked) == [true])
        let second = try await archive.record(validators: first.validators, limits: limits)
        #expect(second.paths == ["a.md"] && second.delivered.isEmpty)
        #expect(second.warnings == first.warnings)
    }

    @Test func `an address of no archive is a clear failure`() async throws {
        let folder = try TemporaryFolder()
        let server = try ScriptedServer { _ in [.answer(200, [("Content-Type", "text/html")], "<p>Sign in")] }
        let source = Source(
            fetcher: "archive", location: server.origin + "/x.zip",
            options: Source.Options(allowsPrivateNetworks: true))
        let failure = await #expect(throws: FetchError.self) { try await LocalArchive.fetcher(folder).record(source) }
        #expect(failure?.cause == "bad_archive" && failure?.message.contains("not a zip archive") == true)
    }

    @Test func `an address without an end is no archive`() async throws {
        let folder = try TemporaryFolder()
        let server = try ScriptedServer { _ in
            [.send("HTTP/1.1 200 OK\r\n\r\n"), .sendForever([UInt8](repeating: 1, count: 1 << 16))]
        }
        let source = Source(
            fetcher: "archive", location: server.origin + "/x.zip",
            options: Source.Options(allowsPrivateNetworks: true))
        var limits = Limits()
        limits.bytesPerIngest = -60 << 20
        let failure = await #expect(throws: FetchError.self) {
            try await LocalArchive.fetcher(folder).record(source, limits: limits)
        }
        #expect(failure?.cause == "limit_exceeded" && failure?.hint?.contains("bytes_per_ingest") == true)
    }
}
