// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest

/// Why a run failed, once for its record and once for its watch.
struct RunFailure: Error, Hashable, Sendable {
    let record: TaskRecord.Failure
    let outcome: RunOutcome
    /// What a held run had found.
    let held: TaskRecord.Result?

    static let interrupted = TaskRecord.Failure(
        code: "INTERRUPTED", message: "the process that ran it ended before it did",
        hint: "it is due again by itself; an ingest without a watch has to be asked for again", cause: "interrupted")

    static func superseded(_ message: String) -> RunFailure {
        RunFailure(
            record: TaskRecord.Failure(
                code: OVError.Code.conflict.name, message: message, cause: "superseded"),
            outcome: .superseded(message: message))
    }

    static func held(_ reason: String, task: TaskRecord, result: TaskRecord.Result) -> RunFailure {
        let key = task.watch == nil ? "" : "`ov task watch trigger \(task.uri) --accept-deletions \(task.id)`"
        let hint =
            task.watch == nil
            ? "look at the source; if this is meant, remove the resource (`ov rm \(task.uri)`) and ingest it again"
            : "look at the source; if this is meant: \(key)"
        return RunFailure(
            record: TaskRecord.Failure(
                code: OVError.Code.massDeletionHeld.name, message: reason, hint: hint, cause: "held"),
            outcome: .held(message: reason), held: result)
    }

    /// What went wrong while fetching or storing.
    init(_ error: any Error, source: Source) {
        held = nil
        let place = "cannot ingest \(source.location) (\(source.fetcher))"
        switch error {
        case let error as FetchError:
            let message = "\(place): \(error.message)"
            let code = OVError.Code.processingError.name
            record = TaskRecord.Failure(code: code, message: message, hint: error.hint, cause: error.cause)
            switch error.persistence {
            case .permanent: outcome = .failedPermanently(code: code, message: message)
            case .transient(let retryAfter):
                outcome = .failed(code: code, message: message, retryAfter: retryAfter)
            }
        case let error as OVError:
            record = TaskRecord.Failure(code: error.code.name, message: error.message, hint: error.hint)
            outcome = .failed(code: error.code.name, message: error.message, retryAfter: nil)
        default:
            let message = "\(place): \(error)"
            record = TaskRecord.Failure(code: OVError.Code.internal.name, message: message)
            outcome = .failed(code: OVError.Code.internal.name, message: message, retryAfter: nil)
        }
    }

    private init(record: TaskRecord.Failure, outcome: RunOutcome, held: TaskRecord.Result? = nil) {
        self.record = record
        self.outcome = outcome
        self.held = held
    }

    static func timedOut(after limit: Milliseconds, source: Source) -> RunFailure {
        RunFailure(FetchError.tookTooLong(limit), source: source)
    }
}

extension FetchError {
    static func tookTooLong(_ limit: Milliseconds) -> FetchError {
        let time = limit < .minutes(1) ? "\(limit.seconds) s" : "\(limit.count / 60_000) minutes"
        return .transient(
            cause: "limit_exceeded", "it took longer than \(time)",
            hint: "raise `ingest_minutes` in config.json, or narrow the source with --include and --exclude")
    }
}
