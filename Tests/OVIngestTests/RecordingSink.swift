// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVSystem
import Synchronization

/// Keeps what a fetcher delivers, for looking at it afterwards.
final class RecordingSink: DocumentSink {
    struct Record: Sendable {
        var delivered: [String: FetchedDocument] = [:]
        var kept: [String: Validator] = [:]
        var warnings: [FetchWarning] = []
        var expected: [Int] = []
        /// Paths that came more than once.
        var repeated: [String] = []

        var texts: [String: String] { delivered.mapValues { String(decoding: $0.bytes, as: UTF8.self) } }
        var paths: [String] { (Array(delivered.keys) + kept.keys).sorted() }

        /// What the next run may keep.
        var validators: [String: Validator] {
            kept.merging(delivered.compactMapValues(\.validator)) { kept, _ in kept }
        }

        func warnings(about path: String?) -> [FetchWarning] { warnings.filter { $0.path == path } }
    }

    private let state = Mutex(Record())

    var record: Record { state.withLock { $0 } }

    func keep(_ documents: [KeptDocument]) async throws {
        state.withLock { state in
            for document in documents {
                if state.kept.updateValue(document.validator, forKey: document.path) != nil
                    || state.delivered[document.path] != nil
                {
                    state.repeated.append(document.path)
                }
            }
        }
    }

    func deliver(_ document: FetchedDocument) async throws {
        state.withLock { state in
            if state.delivered.updateValue(document, forKey: document.path) != nil || state.kept[document.path] != nil {
                state.repeated.append(document.path)
            }
        }
    }

    func warn(_ warning: FetchWarning) async { state.withLock { $0.warnings.append(warning) } }

    func expect(documents: Int) async { state.withLock { $0.expected.append(documents) } }
}

/// An hour ahead, so that files which a test has just written count as old.
struct LateClock: WallClock {
    func now() -> Timestamp { SystemClock().now().advanced(by: .hours(1)) }

    func sleep(for duration: Milliseconds) async throws { try await SystemClock().sleep(for: duration) }
}

/// Stands still, so that how long a test takes does not matter.
struct StoppedClock: WallClock {
    let instant: Timestamp

    func now() -> Timestamp { instant }
    func sleep(for duration: Milliseconds) async throws {}
}

extension Fetcher {
    /// Runs as the pipeline does, on threads that may block.
    func record(
        _ source: Source, validators: [String: Validator] = [:], limits: Limits = Limits(), isFromScratch: Bool = false
    ) async throws -> RecordingSink.Record {
        let sink = RecordingSink()
        _ = try await fetch(
            source, validators: validators, limits: limits, isFromScratch: isFromScratch, into: sink)
        return sink.record
    }

    func fetch(
        _ source: Source, validators: [String: Validator] = [:], limits: Limits = Limits(), isFromScratch: Bool = false,
        into sink: any DocumentSink
    ) async throws -> FetchSummary {
        let request = FetchRequest(
            source: source, validators: validators, limits: limits, isFromScratch: isFromScratch)
        return try await withTaskExecutorPreference(ThreadPool(count: 3)) { try await fetch(request, into: sink) }
    }
}
