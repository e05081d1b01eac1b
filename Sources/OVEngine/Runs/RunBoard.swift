// SPDX-License-Identifier: Apache-2.0

import OVCore
import Synchronization

/// What this process knows of its own runs before it is committed: their progress, and who wants them to end.
final class RunBoard: Sendable {
    private struct Storage {
        /// Runs that this process executes, with their latest progress.
        var live: [TaskID: TaskRecord] = [:]
        /// Runs that this process will execute or see to the end.
        var expected: Set<TaskID> = []
        var cancelled: Set<TaskID> = []
    }

    private let storage = Mutex(Storage())
    private let bell = Bell()

    /// Rises with every change of anything.
    var version: UInt64 { bell.version }

    func live(_ id: TaskID) -> TaskRecord? { storage.withLock { $0.live[id] } }

    /// All runs that this process executes.
    var allLive: [TaskRecord] { storage.withLock { Array($0.live.values) } }

    /// The leases that this process holds.
    var liveTokens: Set<UInt64> {
        storage.withLock { Set($0.live.values.compactMap { $0.lease?.token }) }
    }

    func isExpected(_ id: TaskID) -> Bool { storage.withLock { $0.expected.contains(id) } }

    func isCancelled(_ id: TaskID) -> Bool { storage.withLock { $0.cancelled.contains(id) } }

    func expect(_ id: TaskID) { change { $0.expected.insert(id) } }

    func begin(_ task: TaskRecord) {
        change { storage in
            storage.expected.insert(task.id)
            storage.live[task.id] = task
        }
    }

    func update(_ id: TaskID, _ body: (inout TaskRecord) -> Void) {
        change { storage in
            guard var task = storage.live[id] else { return }
            body(&task)
            storage.live[id] = task
        }
    }

    func end(_ id: TaskID) {
        change { storage in
            storage.live[id] = nil
            storage.expected.remove(id)
            storage.cancelled.remove(id)
        }
    }

    /// Leaves a run to whoever executes it, in this process or in another.
    func forget(_ id: TaskID) {
        change { storage in
            if storage.live[id] == nil { storage.expected.remove(id) }
        }
    }

    /// Asks a run of this process to end.
    func cancel(_ id: TaskID) { change { $0.cancelled.insert(id) } }

    /// Wakes whoever waits, because the store has changed.
    func touch() { bell.ring() }

    private func change(_ body: (inout Storage) -> Void) {
        storage.withLock { body(&$0) }
        bell.ring()
    }

    /// Returns once the version is higher than `version`, or the calling task is cancelled.
    func change(after version: UInt64) async { await bell.change(after: version) }
}
