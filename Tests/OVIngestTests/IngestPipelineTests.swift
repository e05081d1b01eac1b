// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVSystem
import OVTestSupport
import OVTestTraits
import Synchronization
import Testing

@Suite(.inTurn) struct IngestPipelineTests {
    private final class Store: ConvertedSink {
        struct Record: Sendable {
            var stored: [String: ConvertedDocument] = [:]
            var kept: [KeptDocument] = []
            var warnings: [FetchWarning] = []
        }

        private let state = Mutex(Record())

        var record: Record { state.withLock { $0 } }

        func keep(_ documents: [KeptDocument]) async throws { state.withLock { $0.kept += documents } }
        func store(_ document: ConvertedDocument) async throws {
            state.withLock { $0.stored[document.path] = document }
        }
        func warn(_ warning: FetchWarning) async { state.withLock { $0.warnings.append(warning) } }
        func expect(documents: Int) async {}
    }

    private let folder: TemporaryFolder
    private let pipeline = IngestPipeline.standard(
        threads: ThreadPool(count: 2), clock: LateClock(),
        surroundings: Surroundings(home: "/nowhere", environment: [:]))

    init() throws { folder = try TemporaryFolder() }

    private func source(_ arguments: [String: String] = [:]) -> Source {
        Source(fetcher: "folder", location: folder.path, options: .init(arguments: arguments))
    }

    private func run(_ source: Source, validators: [String: Validator] = [:]) async throws -> Store.Record {
        let store = Store()
        _ = try await pipeline.run(FetchRequest(source: source, validators: validators, limits: Limits()), into: store)
        return store.record
    }

    @Test func convertsTextAndKeepsTheRestAsItIs() async throws {
        try folder.write("a.md", "# A")
        try folder.write("b.txt", [0xFF, 0xFE, 0x62, 0])
        try folder.write("c.png", [0x89, 0x50])
        try folder.write("broken.txt", [0, 0xFF, 1])
        let stored = try await run(source()).stored
        #expect(
            stored.mapValues(\.mediaType) == [
                "a.md": "text/markdown", "b.txt": "text/plain", "c.png": "image/png",
                "broken.txt": "application/octet-stream",
            ])
        #expect(stored["b.txt"]?.bytes == [0x62])
        #expect(stored["broken.txt"]?.bytes == [0, 0xFF, 1])
    }

    @Test func sumsUpWhatItHadToGuess() async throws {
        for number in 0..<50 { try folder.write("old\(number).txt", [0x63, 0x61, 0x66, 0xE9]) }
        let guessed = try await run(source())
        #expect(guessed.warnings.count == 1)
        #expect(
            guessed.warnings.first?.message.hasPrefix("50 documents were not UTF-8 and read as windows-1252") == true)
        #expect(guessed.warnings.first?.message.contains("--arg charset=") == true)
        #expect(try await run(source(["charset": "latin1"])).warnings.isEmpty)
    }

    @Test func keepsBytesWhoseCharsetNobodyKnowsAndSaysSo() async throws {
        try folder.write("a.txt", [0xE9])
        let record = try await run(source(["charset": "klingon"]))
        #expect(record.stored["a.txt"]?.bytes == [0xE9])
        #expect(record.stored["a.txt"]?.mediaType == "application/octet-stream")
        #expect(record.warnings.map(\.path) == ["a.txt"])
    }

    @Test func passesOnWhatIsUnchanged() async throws {
        try folder.write("a.md", "# A")
        let first = try await run(source())
        let validators = first.stored.compactMapValues(\.validator)
        let second = try await run(source(), validators: validators)
        #expect(second.stored.isEmpty)
        #expect(second.kept.map(\.path) == ["a.md"])
    }

    @Test func theFingerprintFollowsWhatDecidesTheDocuments() {
        let plain = pipeline.fingerprint(of: source(), limits: Limits())
        #expect(pipeline.fingerprint(of: source(), limits: Limits()) == plain)
        #expect(pipeline.fingerprint(of: source(["charset": "latin1"]), limits: Limits()) != plain)
        var excluding = source()
        excluding.options.exclude = ["x"]
        #expect(pipeline.fingerprint(of: excluding, limits: Limits()) != plain)
    }

    @Test func anUnknownFetcherIsAPermanentError() async throws {
        let error = await #expect(throws: FetchError.self) {
            try await run(Source(fetcher: "carrier-pigeon", location: "/x"))
        }
        #expect(error?.persistence == .permanent)
    }
}
