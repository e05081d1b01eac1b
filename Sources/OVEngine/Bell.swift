// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Says that something has changed to any number of tasks that wait for it, without a word about what.
///
/// Who waits takes the version first, looks at what it waits for, and then waits for a higher version, so that no
/// change in between is missed.
package final class Bell: Sendable {
    private struct Storage {
        var version: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter: UInt64 = 0
    }

    private let storage = Mutex(Storage())

    package init() {}

    /// Rises with every ring.
    package var version: UInt64 { storage.withLock { $0.version } }

    package func ring() {
        let waiters = storage.withLock { storage in
            storage.version += 1
            defer { storage.waiters = [:] }
            return storage.waiters
        }
        for waiter in waiters.values { waiter.resume() }
    }

    /// Returns once the version is higher than `version`, or the calling task is cancelled.
    package func change(after version: UInt64) async {
        let number = storage.withLock { storage in
            defer { storage.nextWaiter += 1 }
            return storage.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = storage.withLock { storage in
                    if storage.version > version || Task.isCancelled { return true }
                    storage.waiters[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            storage.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
    }
}
