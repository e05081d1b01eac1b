// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Something that happens once, for which any number of tasks can wait.
final class Signal: Sendable {
    private struct Storage {
        var isSet = false
        var waiters: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        var nextNumber: UInt64 = 0
    }

    private let storage = Mutex(Storage())

    var isDone: Bool { storage.withLock(\.isSet) }

    func set() {
        let waiters = storage.withLock { storage in
            storage.isSet = true
            defer { storage.waiters = [:] }
            return storage.waiters
        }
        for waiter in waiters.values { waiter.resume() }
    }

    /// - Throws: `CancellationError` when the waiting task is cancelled.
    func wait() async throws {
        let number = storage.withLock { storage in
            defer { storage.nextNumber += 1 }
            return storage.nextNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isOver = storage.withLock { storage in
                    if storage.isSet || Task.isCancelled { return true }
                    storage.waiters[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
            try Task.checkCancellation()
        } onCancel: {
            storage.withLock { $0.waiters.removeValue(forKey: number) }?.resume(throwing: CancellationError())
        }
    }
}
