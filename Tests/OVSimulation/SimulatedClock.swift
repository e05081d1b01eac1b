// SPDX-License-Identifier: Apache-2.0

import HeapModule
import OVCore
import Synchronization

/// A clock whose time passes in leaps, from one sleeper's end to the next. As on a real machine, setting it wakes
/// nobody: sleeping goes by another clock that only ever runs forward.
package final class SimulatedClock: WallClock {
    private struct Sleeper: Comparable {
        let end: Timestamp
        let number: UInt64

        static func < (left: Sleeper, right: Sleeper) -> Bool { (left.end, left.number) < (right.end, right.number) }
    }

    private struct Face {
        /// Time as the sleepers have it.
        var elapsed: Timestamp
        /// What has to be added to it to have what the clock shows.
        var offset = Milliseconds.zero
        var sleepers = Heap<Sleeper>()
        var continuations: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        /// What those among them are that somebody wants to know of.
        var roles: [UInt64: Role] = [:]
        var nextNumber: UInt64 = 0

        var now: Timestamp { elapsed.advanced(by: offset) }

        /// - Returns: those who wake.
        mutating func advance(by duration: Milliseconds) -> [CheckedContinuation<Void, any Error>] {
            elapsed = elapsed.advanced(by: duration)
            var woken: [CheckedContinuation<Void, any Error>] = []
            while let sleeper = sleepers.min, sleeper.end <= elapsed {
                sleepers.removeMin()
                roles[sleeper.number] = nil
                if let continuation = continuations.removeValue(forKey: sleeper.number) { woken.append(continuation) }
            }
            return woken
        }
    }

    package enum Role: Sendable {
        case fetch, scheduler
    }

    /// What a task, and those that it starts, sleep as.
    @TaskLocal package static var role: Role?

    private let face: Mutex<Face>
    /// Called whenever somebody has gone to sleep.
    private let onSleep: @Sendable () -> Void

    package init(_ now: Timestamp, onSleep: @escaping @Sendable () -> Void) {
        face = Mutex(Face(elapsed: now))
        self.onSleep = onSleep
    }

    package func now() -> Timestamp { face.withLock { $0.now } }

    /// Time that no jump of the clock disturbs.
    package var elapsed: Timestamp { face.withLock { $0.elapsed } }

    package func sleepers(_ role: Role) -> Int {
        face.withLock { face in face.roles.values.reduce(0) { $0 + ($1 == role ? 1 : 0) } }
    }

    /// Lets time pass until the next sleeper wakes, unless the scheduler does not sleep: something that nobody can
    /// foresee, such as a notice of the kernel, may wake it at any moment, and then nobody knows how far time may go.
    package func advance(toNextWakingWithin bound: Milliseconds) {
        let woken = face.withLock { face -> [CheckedContinuation<Void, any Error>] in
            guard face.roles.values.contains(.scheduler) else { return [] }
            while let sleeper = face.sleepers.min, face.continuations[sleeper.number] == nil {
                face.sleepers.removeMin()
            }
            let wait = face.sleepers.min.map { $0.end.since(face.elapsed) } ?? bound
            return face.advance(by: min(max(wait, .zero), bound))
        }
        for continuation in woken { continuation.resume() }
    }

    /// Sets what the clock shows; no time passes.
    package func jump(by difference: Milliseconds) {
        face.withLock { $0.offset = Milliseconds($0.offset.count + difference.count) }
    }

    /// Lets time pass while nobody is at work.
    package func advance(by duration: Milliseconds) {
        for continuation in face.withLock({ $0.advance(by: duration) }) { continuation.resume() }
    }

    package func sleep(for duration: Milliseconds) async throws {
        let role = Self.role
        let number = face.withLock { face in
            face.nextNumber += 1
            return face.nextNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = face.withLock { face in
                    if Task.isCancelled { return true }
                    face.sleepers.insert(Sleeper(end: face.elapsed.advanced(by: duration), number: number))
                    face.continuations[number] = continuation
                    face.roles[number] = role
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) } else { onSleep() }
            }
        } onCancel: {
            let continuation = face.withLock { face in
                face.roles[number] = nil
                return face.continuations.removeValue(forKey: number)
            }
            continuation?.resume(throwing: CancellationError())
        }
    }
}
