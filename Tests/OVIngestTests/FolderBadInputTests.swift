// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVIngest
import OVSystem
import OVTestSupport
import OVTestTraits
import Synchronization
import Testing

@Suite(.inTurn) struct FolderBadInputTests {
    private let folder: TemporaryFolder
    private let fetcher = FolderFetcher(clock: LateClock())

    init() throws { folder = try TemporaryFolder() }

    private var source: Source { Source(fetcher: "folder", location: folder.path) }

    /// Makes an empty file whose name is these bytes.
    private func makeFile(_ name: [UInt8]) throws {
        let path = Array(folder.path.utf8) + [47] + name + [0]
        let number = path.map(CChar.init(bitPattern:)).withUnsafeBufferPointer { path in
            path.baseAddress.map { open($0, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644) } ?? -1
        }
        try #require(number >= 0)
        close(number)
    }

    @Test func leavesOutWhatIsNoFileWithAWarningEach() async throws {
        try folder.write("a.md", "a")
        try folder.makeFIFO("pipe")
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un(sun_family: sa_family_t(AF_UNIX), sun_path: sockaddr_un().sun_path)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: folder.path("sock").utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        let record = try await fetcher.record(source)
        #expect(record.paths == ["a.md"])
        #expect(record.warnings(about: "pipe").map(\.message) == ["a FIFO; left out"])
        #expect(record.warnings(about: "sock").map(\.message) == ["a socket; left out"])
        #expect(record.warnings.allSatisfy { !$0.isUnchecked })
    }

    @Test func doesNotReadAVastSparseFile() async throws {
        try folder.write("a.md", "a")
        try folder.write("sparse.bin", "")
        #expect(truncate(folder.path("sparse.bin"), 10 << 30) == 0)
        let record = try await fetcher.record(source)
        #expect(record.paths == ["a.md"])
        #expect(record.warnings(about: "sparse.bin").map(\.isUnchecked) == [true])
    }

    @Test func givesNamesThatAreNotTextAPathAndSaysSo() async throws {
        try makeFile([0x66, 0xFF, 0x2E, 0x6D, 0x64])
        try makeFile(Array("tab\there".utf8))
        try makeFile(Array("~".utf8))
        try makeFile(Array("naïve.md".utf8))
        let record = try await fetcher.record(source)
        #expect(record.paths == ["%7E", "f%FF.md", "naïve.md", "tab%09here"])
        for path in ["%7E", "f%FF.md", "tab%09here"] { #expect(record.warnings(about: path).count == 1) }
        #expect(record.warnings(about: "naïve.md").isEmpty)
        #expect(try await fetcher.record(source, validators: record.validators).delivered.isEmpty)
    }

    @Test func keepsTheFirstOfTwoNamesThatMeanTheSamePath() async throws {
        let (composed, decomposed) = ("caf\u{E9}.md", "cafe\u{301}.md")
        try folder.write(composed, "composed")
        try folder.write(decomposed, "decomposed")
        try folder.write("cafe\u{301}/x.md", "in the first")
        try folder.write("caf\u{E9}/y.md", "in the second")
        let record = try await fetcher.record(source)
        // By bytes, `e` with a combining accent comes before the letter with one.
        #expect(record.texts == [composed: "decomposed", "caf\u{E9}/x.md": "in the first"])
        #expect(record.warnings.count == 2)
    }

    @Test func saysWhichPathIsTooLong() async throws {
        let deep = String(repeating: String(repeating: "n", count: 200) + "/", count: 10)
        try folder.write(deep + "fits.md", "fits")
        try folder.write(deep + String(repeating: "x", count: 100), "does not")
        let record = try await fetcher.record(source)
        #expect(record.paths == [deep + "fits.md"])
        #expect(record.warnings.map { $0.message.contains("2048 bytes") } == [true])
    }

    /// What root may read anyway is tried with the error itself.
    @Test func marksWhatItMayNotReadAsUnchecked() async throws {
        guard geteuid() != 0 else {
            print("skipped: root may read everything")
            return
        }
        try folder.write("a.md", "a")
        try folder.write("closed.md", "b")
        try folder.write("shut/c.md", "c")
        try folder.setPermissions("closed.md", 0)
        try folder.setPermissions("shut", 0)
        let record = try await fetcher.record(source)
        #expect(record.paths == ["a.md"])
        #expect(record.warnings(about: "closed.md").map(\.isUnchecked) == [true])
        #expect(record.warnings(about: "shut").map(\.isUnchecked) == [true])
    }

    @Test(arguments: [
        (ENOENT, "source_gone", true), (ENOTDIR, "source_gone", true), (EACCES, "access_denied", true),
        (EPERM, "access_denied", true), (EIO, "io_error", false), (EMFILE, "io_error", false),
        (ESTALE, "io_error", false),
    ])
    func tellsWhetherTryingAgainHelps(_ number: Int32, _ cause: String, _ isPermanent: Bool) {
        let error = FetchError.source("/x", SystemError(errno: number, operation: "open", path: "/x"))
        #expect(error.cause == cause)
        #expect((error.persistence == .permanent) == isPermanent)
        #expect(error.message.contains("/x"))
    }

    /// Changes the tree at the moment when the fetcher knows what there is and has read nothing yet.
    private func record(changing change: @escaping @Sendable () throws -> Void) async throws -> RecordingSink.Record {
        let sink = ChangingSink(change: change)
        _ = try await fetcher.fetch(source, into: sink)
        return sink.recording.record
    }

    @Test func aFileThatVanishesIsSimplyGone() async throws {
        try folder.write("a.md", "a")
        try folder.write("b.md", "b")
        try folder.write("sub/c.md", "c")
        let record = try await record { [folder] in
            try folder.remove("b.md")
            try folder.remove("sub")
        }
        #expect(record.texts == ["a.md": "a"])
        #expect(record.warnings.isEmpty)
    }

    @Test func nothingThatIsSwappedInIsFollowedOrWaitedFor() async throws {
        for name in ["file.md", "link.md", "sub/x.md"] { try folder.write("root/" + name, "as listed") }
        try folder.write("outside/x.md", "secret")
        let source = Source(fetcher: "folder", location: folder.path("root"))
        let sink = ChangingSink { [folder] in
            try folder.remove("root/file.md")
            try folder.makeFIFO("root/file.md")
            try folder.remove("root/link.md")
            try folder.makeLink("root/link.md", to: "../outside/x.md")
            try folder.remove("root/sub")
            try folder.makeLink("root/sub", to: "../outside")
        }
        _ = try await fetcher.fetch(source, into: sink)
        #expect(sink.recording.record.delivered.isEmpty)
        #expect(sink.recording.record.warnings(about: "file.md").map(\.message) == ["a FIFO; left out"])
    }

    @Test func aFileThatGrowsPastTheLimitIsNotRead() async throws {
        try folder.write("a.md", "a")
        let record = try await record { [folder] in _ = truncate(folder.path("a.md"), 10 << 30) }
        #expect(record.delivered.isEmpty)
        #expect(record.warnings(about: "a.md").map(\.isUnchecked) == [true])
    }

    @Test func aRootThatIsRemovedDuringTheRunFailsIt() async throws {
        try folder.write("root/a.md", "a")
        let sink = ChangingSink { [folder] in try folder.remove("root") }
        let error = await #expect(throws: FetchError.self) {
            try await fetcher.fetch(Source(fetcher: "folder", location: folder.path("root")), into: sink)
        }
        #expect(error?.cause == "source_gone")
    }

    @Test func saysThatAFolderHasBecomeAFile() async throws {
        try folder.write("root", "")
        let error = await #expect(throws: FetchError.self) {
            try await fetcher.record(Source(fetcher: "folder", location: folder.path("root")))
        }
        #expect(error?.cause == "source_gone")
        #expect(error?.message.contains("not a folder any more") == true)
    }

    @Test func aWrongPatternFailsTheRunWithWords() async throws {
        let source = Source(fetcher: "folder", location: folder.path, options: .init(exclude: ["a[b"]))
        let error = await #expect(throws: FetchError.self) { try await fetcher.record(source) }
        #expect(error?.cause == "invalid_argument")
        #expect(error?.message.contains("a[b") == true)
    }

    @Test func doesNotDrownTheUserInWarnings() async throws {
        for number in 0..<300 { try folder.makeLink("link\(number)", to: "nowhere") }
        let record = try await fetcher.record(source)
        #expect(record.warnings.count == 201)
        #expect(record.warnings.last?.message == "100 more warnings are not shown")
    }
}

/// Records, and changes the source once the fetcher says how many documents there will be.
private final class ChangingSink: DocumentSink {
    let recording = RecordingSink()
    private let change: @Sendable () throws -> Void

    init(change: @escaping @Sendable () throws -> Void) { self.change = change }

    func expect(documents: Int) async {
        do { try change() } catch { Issue.record(error) }
    }

    func keep(_ documents: [KeptDocument]) async throws { try await recording.keep(documents) }
    func deliver(_ document: FetchedDocument) async throws { try await recording.deliver(document) }
    func warn(_ warning: FetchWarning) async { await recording.warn(warning) }
}
