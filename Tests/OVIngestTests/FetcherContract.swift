// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import Testing

/// A source that the contract suite can change, and the fetcher for it.
protocol ContractSource: Sendable {
    var fetcher: any Fetcher { get }
    var source: Source { get }
    /// Whether it is one document, at the empty path.
    var isSingle: Bool { get }
    /// Makes the source hold exactly these documents, and leaves alone those that it has already.
    func put(_ documents: [String: String]) async throws
    /// Changes what a run may tell by that nothing has changed (times, entity tags, commits), and no document.
    func touch() async throws
    /// Takes the source away as a whole.
    func removeAll() async throws
    /// What `put` was given, of a document that was delivered.
    func text(of document: FetchedDocument) -> String
}

extension ContractSource {
    func text(of document: FetchedDocument) -> String { String(decoding: document.bytes, as: UTF8.self) }

    func texts(_ record: RecordingSink.Record) -> [String: String] { record.delivered.mapValues(text) }
}

/// What every fetcher has to keep. A fetcher's own tests run each rule against a source of its kind:
///
///     @Test(arguments: FetcherContract.allCases)
///     func keepsTheContract(_ rule: FetcherContract) async throws { try await rule.check(MySource.init) }
enum FetcherContract: String, CaseIterable, Sendable {
    case deliversEverythingOnTheFirstRun
    case keepsEverythingOnAnUnchangedRun
    case noticesWhatIsAddedChangedRemovedAndRenamed
    case incrementalRunsEqualFullOnes
    case readsAnewWhatHasAnUnknownValidator
    case deliversEachOfManyPathsOnce
    case honoursTheLimitOnOneDocument
    case honoursTheLimitsOnARun
    case endsWhenItsTaskIsCancelled
    case endsBeforeItBeginsInACancelledTask
    case endsWhenTheSinkFails
    case saysThatTheSourceIsGone

    func check(_ make: () throws -> any ContractSource) async throws {
        let source = try make()
        switch self {
        case .deliversEverythingOnTheFirstRun: try await source.checkFirstRun()
        case .keepsEverythingOnAnUnchangedRun: try await source.checkUnchangedRun()
        case .noticesWhatIsAddedChangedRemovedAndRenamed: try await source.checkChanges()
        case .incrementalRunsEqualFullOnes:
            try await source.checkIncrementalRuns(seed: 1)
        case .readsAnewWhatHasAnUnknownValidator: try await source.checkUnknownValidator()
        case .deliversEachOfManyPathsOnce: try await source.checkManyPaths()
        case .honoursTheLimitOnOneDocument: try await source.checkDocumentLimit()
        case .honoursTheLimitsOnARun: try await source.checkRunLimits()
        case .endsWhenItsTaskIsCancelled: try await source.checkCancellation()
        case .endsBeforeItBeginsInACancelledTask: try await source.checkCancelledTask()
        case .endsWhenTheSinkFails: try await source.checkFailingSink()
        case .saysThatTheSourceIsGone: try await source.checkGone()
        }
    }
}

extension ContractSource {
    private func run(_ validators: [String: Validator] = [:], limits: Limits = Limits()) async throws
        -> RecordingSink.Record
    {
        let record = try await fetcher.record(source, validators: validators, limits: limits)
        #expect(record.repeated.isEmpty)
        return record
    }

    private var sample: [String: String] {
        isSingle ? ["": "# One\n"] : ["a.md": "# A\n", "b/c.md": "# C\n", "b/d/e.txt": "e\n", "empty.txt": ""]
    }

    fileprivate func checkFirstRun() async throws {
        try await put(sample)
        let record = try await run()
        #expect(texts(record) == sample)
        #expect(record.kept.isEmpty)
        #expect(record.warnings.isEmpty)
        #expect(record.expected.allSatisfy { $0 == sample.count })
        #expect(Set(record.validators.keys) == Set(sample.keys))
    }

    fileprivate func checkUnchangedRun() async throws {
        try await put(sample)
        let first = try await run()
        let second = try await run(first.validators)
        #expect(second.kept == first.validators)
        #expect(second.delivered.isEmpty)
        #expect(second.validators == first.validators)
    }

    fileprivate func checkChanges() async throws {
        var documents =
            isSingle ? ["": "one"] : ["same.md": "same", "changed.md": "one", "removed.md": "gone", "old.md": "moves"]
        try await put(documents)
        let first = try await run()
        documents[isSingle ? "" : "changed.md"] = "another"
        if !isSingle {
            documents["added.md"] = "new"
            documents["removed.md"] = nil
            documents["new/name.md"] = documents.removeValue(forKey: "old.md")
        }
        try await put(documents)
        let second = try await run(first.validators)
        #expect(second.paths == documents.keys.sorted())
        #expect(texts(second) == documents.filter { $0.key != "same.md" })
    }

    fileprivate func checkUnknownValidator() async throws {
        try await put(sample)
        let validators = sample.mapValues { _ in Validator("of another time") }
        #expect(texts(try await run(validators)) == sample)
    }

    fileprivate func checkManyPaths() async throws {
        guard !isSingle else { return }
        let documents = Dictionary(uniqueKeysWithValues: (0..<500).map { ("d\($0 % 17)/f\($0).md", "\($0)") })
        try await put(documents)
        let first = try await run()
        #expect(texts(first) == documents)
        #expect(first.expected.last == documents.count)
        let half = first.validators.filter { $0.value.text.hashValue % 2 == 0 }
        let second = try await run(half)
        #expect(second.kept == half)
        #expect(second.paths == documents.keys.sorted())
    }

    fileprivate func checkDocumentLimit() async throws {
        let text = String(repeating: "x", count: 101)
        try await put(isSingle ? ["": text] : ["large.md": text, "small.md": String(text.dropLast())])
        var limits = Limits()
        limits.documentBytes = 100
        if isSingle {
            let error = await #expect(throws: FetchError.self) { try await run(limits: limits) }
            #expect(error?.cause == "limit_exceeded")
        } else {
            let record = try await run(limits: limits)
            #expect(record.paths == ["small.md"])
            #expect(record.warnings(about: "large.md").map(\.isUnchecked) == [true])
        }
    }

    fileprivate func checkRunLimits() async throws {
        try await put(sample)
        var (few, small) = (Limits(), Limits())
        few.documentsPerIngest = sample.count - 1
        small.bytesPerIngest = Int64(sample.values.reduce(0) { $0 + $1.utf8.count }) - 1
        for limits in isSingle ? [small] : [few, small] {
            let error = await #expect(throws: FetchError.self) { try await run(limits: limits) }
            #expect(error?.cause == "limit_exceeded")
            #expect(error?.persistence == .permanent)
        }
        few.documentsPerIngest += 1
        few.bytesPerIngest = small.bytesPerIngest + 1
        #expect(texts(try await run(limits: few)) == sample)
    }

    fileprivate func checkCancellation() async throws {
        try await put(sample)
        let (deliveries, delivered) = AsyncStream<Void>.makeStream()
        let sink = StuckSink(delivered: delivered)
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await fetcher.fetch(source, into: sink) }
            for await _ in deliveries { break }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
    }

    fileprivate func checkCancelledTask() async throws {
        try await put(sample)
        let sink = RecordingSink()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask { _ = try await fetcher.fetch(source, into: sink) }
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
        #expect(sink.record.delivered.isEmpty)
    }

    fileprivate func checkFailingSink() async throws {
        try await put(sample)
        await #expect(throws: FailingSink.Failure.self) { try await fetcher.fetch(source, into: FailingSink()) }
        let validators = try await run().validators
        await #expect(throws: FailingSink.Failure.self) {
            try await fetcher.fetch(source, validators: validators, into: FailingSink())
        }
    }

    fileprivate func checkGone() async throws {
        try await put(sample)
        let validators = try await run().validators
        try await removeAll()
        let error = await #expect(throws: FetchError.self) { try await run(validators) }
        #expect(error?.cause == "source_gone")
        #expect(error?.persistence == .permanent)
        #expect(error?.message.contains(source.location) == true)
    }
}

/// Takes the first document and does not come back until it is cancelled.
private struct StuckSink: DocumentSink {
    let delivered: AsyncStream<Void>.Continuation

    func deliver(_ document: FetchedDocument) async throws {
        delivered.yield()
        for await _ in AsyncStream<Void>.makeStream().stream {}
        try Task.checkCancellation()
    }

    func keep(_ documents: [KeptDocument]) async throws {}
    func warn(_ warning: FetchWarning) async {}
    func expect(documents: Int) async {}
}

private struct FailingSink: DocumentSink {
    struct Failure: Error {}

    func deliver(_ document: FetchedDocument) async throws { throw Failure() }
    func keep(_ documents: [KeptDocument]) async throws { throw Failure() }
    func warn(_ warning: FetchWarning) async {}
    func expect(documents: Int) async {}
}
