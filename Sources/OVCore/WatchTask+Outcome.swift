// SPDX-License-Identifier: Apache-2.0

/// How a run ended, as far as the watch is concerned.
package enum RunOutcome: Hashable, Sendable {
    case succeeded(changed: Bool)
    /// Might go better next time, after `retryAfter` if the source said so.
    case failed(code: String, message: String, retryAfter: Milliseconds?)
    /// Will not get better by itself: the source is gone, access was revoked.
    case failedPermanently(code: String, message: String)
    /// Fetched but not published, because too much would be lost. Someone has to look.
    case held(message: String)
    /// The process that ran it ended before it did.
    case interrupted(message: String)
    /// Somebody stopped it.
    case cancelled
    /// A newer run, or the removal of the resource, made its result worthless.
    case superseded(message: String)
}

extension WatchTask {
    /// How many permanent failures in a row suspend a watch.
    package static let permanentFailureLimit = 3

    /// Notes the end of a run and decides when the next one is due.
    package mutating func finishRun(
        _ outcome: RunOutcome, task: TaskID, at now: Timestamp, random: some RandomSource
    ) {
        lastEnd = now
        lastTask = task
        returnToGrid(at: now)
        switch outcome {
        case .succeeded(let changed): noteSuccess(changed: changed, at: now)
        case .failed(let code, let message, let retryAfter):
            noteFailure(code: code, message: message, at: now)
            consecutivePermanentFailures = 0
            retry(after: retryAfter ?? backoff(consecutiveFailures, random), at: now)
        case .failedPermanently(let code, let message):
            noteFailure(code: code, message: message, at: now)
            consecutivePermanentFailures += 1
            if consecutivePermanentFailures >= Self.permanentFailureLimit {
                // A watch that was suspended while it ran keeps the reason it has.
                if suspensionReason != nil { return }
                suspend(reason: "failed \(consecutivePermanentFailures) times in a row: \(message)")
            } else {
                retry(after: backoff(consecutiveFailures, random), at: now)
            }
        case .held(let message):
            noteFailure(code: OVError.Code.massDeletionHeld.name, message: message, at: now)
            // The source is there and could be read.
            consecutivePermanentFailures = 0
        case .interrupted(let message):
            noteFailure(code: "INTERRUPTED", message: message, at: now)
            consecutiveInterruptions += 1
            // Once is bad luck and due at once; a source that kills its reader must not do so for ever.
            let delay = consecutiveInterruptions == 1 ? .zero : backoff(consecutiveInterruptions, random)
            retry(after: delay, at: now)
        case .cancelled: lastStatus = .cancelled
        case .superseded: lastStatus = .failed
        }
    }

    private mutating func noteSuccess(changed: Bool, at now: Timestamp) {
        lastStatus = .completed
        lastSuccess = now
        if changed { lastChange = now }
        lastFailure = nil
        (consecutiveFailures, consecutivePermanentFailures, consecutiveInterruptions) = (0, 0, 0)
    }

    private mutating func noteFailure(code: String, message: String, at now: Timestamp) {
        lastStatus = .failed
        lastFailure = Failure(code: code, message: message, at: now)
        consecutiveFailures += 1
        if code != "INTERRUPTED" { consecutiveInterruptions = 0 }
    }

    private func backoff(_ failures: Int, _ random: some RandomSource) -> Milliseconds {
        Backoff.delay(afterFailures: failures, period: interval.period, random: random)
    }

    private mutating func retry(after delay: Milliseconds, at now: Timestamp) {
        guard isActive else { return }
        nextRun = max(now.advanced(by: min(delay, .days(365))), earliestStart(asOf: now))
        awaitsRetry = true
    }
}
