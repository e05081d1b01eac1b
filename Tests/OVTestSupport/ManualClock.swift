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
    }

    private let face: Mutex<Face>

    package init(_ now: Timestamp) { face = Mutex(Face(now: now)) }

    package func now() -> Timestamp { face.withLock { $0.now } }

    /// How many are asleep, so that a test can wait for somebody to have gone to sleep before it moves the clock.
    package var sleepers: Int { face.withLock { $0.sleepers.count } }

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
        let answer: Result<Void, any Error>? = face.withLock { face in
            if face.cancelled.remove(id) != nil { return .failure(CancellationError()) }
            guard duration > .zero else { return .success(()) }
            let until = face.now.advanced(by: duration)
            face.sleepers.append(Sleeper(id: id, until: until, continuation: continuation))
            return nil
        }
        if let answer { continuation.resume(with: answer) }
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
