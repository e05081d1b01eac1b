// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

@Suite(.inTurn) struct FileFetcherTests {
    struct OneFile: ContractSource {
        let folder: TemporaryFolder
        let fetcher: any Fetcher = FileFetcher(clock: LateClock())
        let isSingle = true

        init() throws { folder = try TemporaryFolder() }

        var source: Source { Source(fetcher: "file", location: folder.path("one.md")) }

        func put(_ documents: [String: String]) async throws {
            let text = try #require(documents[""])
            if (try? folder.read("one.md")) != Array(text.utf8) { try folder.write("one.md", text) }
        }

        func touch() async throws { try folder.write("one.md", try folder.read("one.md")) }
        func removeAll() async throws { try folder.remove("one.md") }
    }

    @Test(arguments: FetcherContract.allCases)
    func keepsTheContract(_ rule: FetcherContract) async throws { try await rule.check(OneFile.init) }

    private let folder: TemporaryFolder
    private let fetcher = FileFetcher(clock: LateClock())

    init() throws { folder = try TemporaryFolder() }

    private func source(_ name: String) -> Source { Source(fetcher: "file", location: folder.path(name)) }

    @Test func deliversOneDocumentAtTheEmptyPath() async throws {
        try folder.write("a/guide.md", "# Guide")
        let sink = RecordingSink()
        let summary = try await fetcher.fetch(source("a/guide.md"), into: sink)
        #expect(summary == FetchSummary(shape: .single))
        #expect(sink.record.texts == ["": "# Guide"])
        #expect(sink.record.delivered[""]?.name == "guide.md")
        #expect(sink.record.expected == [1])
    }

    @Test func followsALinkThatTheUserGave() async throws {
        try folder.write("real.md", "text")
        try folder.makeLink("link.md", to: "real.md")
        #expect(try await fetcher.record(source("link.md")).texts == ["": "text"])
    }

    @Test func doesNotVouchForAFileThatWasJustWritten() async throws {
        let fetcher = FileFetcher(clock: StoppedClock(instant: SystemClock().now()))
        try folder.write("a.md", "one")
        #expect(try await fetcher.record(source("a.md")).validators.isEmpty)
        // Old by its modification time alone; the system still knows when it was touched.
        try folder.setModified("a.md", 1_000_000_000_500_000_000)
        #expect(try await fetcher.record(source("a.md")).validators.isEmpty)
    }

    @Test func doesNotWaitForWhatHasBecomeAPipe() async throws {
        try folder.makeFIFO("pipe")
        let error = await #expect(throws: FetchError.self) { try await fetcher.record(source("pipe")) }
        #expect(error?.cause == "source_gone")
        #expect(error?.message.contains("FIFO") == true)
    }

    @Test func saysThatAFileHasBecomeAFolder() async throws {
        try folder.makeFolder("a.md")
        let error = await #expect(throws: FetchError.self) { try await fetcher.record(source("a.md")) }
        #expect(error?.message.contains("is a folder now") == true)
    }

    @Test func doesNotReadAVastSparseFile() async throws {
        try folder.write("sparse.bin", "")
        #expect(truncate(folder.path("sparse.bin"), 10 << 30) == 0)
        let error = await #expect(throws: FetchError.self) { try await fetcher.record(source("sparse.bin")) }
        #expect(error?.cause == "limit_exceeded")
    }

    @Test func declaresTheCharsetOnlyForTextThatNeedsIt() async throws {
        var source = source("a.txt")
        source.options.arguments["charset"] = "windows-1251"
        try folder.write("a.txt", [0xCF, 0xF0, 0xE8])
        #expect(try await fetcher.record(source).delivered[""]?.declaredCharset == "windows-1251")
        try folder.write("a.txt", "При")
        #expect(try await fetcher.record(source).delivered[""]?.declaredCharset == nil)
    }
}
