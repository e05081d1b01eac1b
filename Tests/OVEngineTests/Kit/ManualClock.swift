// SPDX-License-Identifier: Apache-2.0

import OVCore
import Synchronization

/// A clock that a test moves: who sleeps wakes when it is advanced far enough.
final class ManualClock: WallClock {
    private struct Sleeper {
        let due: Timestamp
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Storage {
        var now: Timestamp
        var sleepers: [UInt64: Sleeper] = [:]
        var observers: [CheckedContinuation<Void, Never>] = []
        var nextNumber: UInt64 = 0
    }

    /// Who looks again after so short a time looks again at once: such polls are of what other processes do.
    private static let longestPoll = Milliseconds(200)

    private let storage: Mutex<Storage>

    init(now: Timestamp) { storage = Mutex(Storage(now: now)) }

    func now() -> Timestamp { storage.withLock { $0.now } }

    func sleep(for duration: Milliseconds) async throws {
        try Task.checkCancellation()
        guard duration > Self.longestPoll else {
            await Task.yield()
            return try Task.checkCancellation()
        }
        let number = storage.withLock { storage in
            defer { storage.nextNumber += 1 }
            return storage.nextNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { add($0, number, duration) }
        } onCancel: {
            storage.withLock { $0.sleepers.removeValue(forKey: number) }?.continuation
                .resume(throwing: CancellationError())
        }
    }

    private func add(_ continuation: CheckedContinuation<Void, any Error>, _ number: UInt64, _ duration: Milliseconds) {
        let (isCancelled, observers) = storage.withLock { storage in
            guard !Task.isCancelled else { return (true, [CheckedContinuation<Void, Never>]()) }
            storage.sleepers[number] = Sleeper(due: storage.now.advanced(by: duration), continuation: continuation)
            defer { storage.observers = [] }
            return (false, storage.observers)
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
        for observer in observers { observer.resume() }
    }

    func advance(by duration: Milliseconds) {
        let due = storage.withLock { storage in
            storage.now = storage.now.advanced(by: duration)
            let due = storage.sleepers.filter { $0.value.due <= storage.now }
            for number in due.keys { storage.sleepers[number] = nil }
            return due
        }
        for sleeper in due.values.sorted(by: { $0.due < $1.due }) { sleeper.continuation.resume() }
    }

    /// Returns once somebody sleeps who would wake within `duration`, but not within `least`.
    func waitForSleeper(within duration: Milliseconds, beyond least: Milliseconds = .zero) async {
        var isThere = false
        while !isThere {
            await withCheckedContinuation { continuation in
                isThere = storage.withLock { storage in
                    let isThere = storage.sleepers.values.contains {
                        let rest = $0.due.since(storage.now)
                        return rest <= duration && rest > least
                    }
                    if !isThere { storage.observers.append(continuation) }
                    return isThere
                }
                if isThere { continuation.resume() }
            }
        }
    }
}
