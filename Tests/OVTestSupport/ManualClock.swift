// SPDX-License-Identifier: Apache-2.0

import OVCore
import Synchronization

/// A clock that stands still until a test moves it. Whoever sleeps wakes when its instant is reached.
package final class ManualClock: WallClock {
    private struct Sleeper {
        let id: Int
        let until: Timestamp
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Face {
        var now: Timestamp
        var nextID = 0
        var sleepers: [Sleeper] = []
        /// Sleeps that were cancelled before they had begun.
        var cancelled: Set<Int> = []
        /// Tests that wait for somebody to go to sleep.
        var observers: [CheckedContinuation<Void, Never>] = []
    }

    private let face: Mutex<Face>
    private let longestPoll: Milliseconds

    /// - Parameter longestPoll: who looks again after so short a time looks again at once, without the test's doing:
    ///   such polls are of what other processes do.
    package init(_ now: Timestamp, longestPoll: Milliseconds = .zero) {
        face = Mutex(Face(now: now))
        self.longestPoll = longestPoll
    }

    package func now() -> Timestamp { face.withLock { $0.now } }

    /// Returns once somebody sleeps who would wake within `duration`.
    package func waitForSleeper(within duration: Milliseconds) async {
        var isThere = false
        while !isThere {
            await withCheckedContinuation { continuation in
                isThere = face.withLock { face in
                    let isThere = face.sleepers.contains { $0.until.since(face.now) <= duration }
                    if !isThere { face.observers.append(continuation) }
                    return isThere
                }
                if isThere { continuation.resume() }
            }
        }
    }

    package func advance(by duration: Milliseconds) { set(now().advanced(by: duration)) }

    /// Sets the time, forwards or backwards, and wakes those whose instant it has reached.
    package func set(_ now: Timestamp) {
        let due = face.withLock { face in
            face.now = now
            let due = face.sleepers.filter { $0.until <= now }
            face.sleepers.removeAll { $0.until <= now }
            return due
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    package func sleep(for duration: Milliseconds) async throws {
        guard duration > longestPoll else {
            await Task.yield()
            return try Task.checkCancellation()
        }
        let id = face.withLock { face in
            face.nextID += 1
            return face.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in begin(id, duration, continuation) }
        } onCancel: {
            cancel(id)
        }
    }

    private func begin(_ id: Int, _ duration: Milliseconds, _ continuation: CheckedContinuation<Void, any Error>) {
        let (isCancelled, observers) = face.withLock { face in
            if face.cancelled.remove(id) != nil { return (true, [CheckedContinuation<Void, Never>]()) }
            let until = face.now.advanced(by: duration)
            face.sleepers.append(Sleeper(id: id, until: until, continuation: continuation))
            defer { face.observers = [] }
            return (false, face.observers)
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
        for observer in observers { observer.resume() }
    }

    private func cancel(_ id: Int) {
        let sleeper = face.withLock { face -> Sleeper? in
            guard let index = face.sleepers.firstIndex(where: { $0.id == id }) else {
                face.cancelled.insert(id)
                return nil
            }
            return face.sleepers.remove(at: index)
        }
        sleeper?.continuation.resume(throwing: CancellationError())
    }
}
