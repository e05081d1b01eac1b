// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Work that must outlive the connection that asked for it: it belongs to the process.
final class JobQueue: Sendable {
    typealias Job = @Sendable () async -> Void

    private let bound: Int
    private let count = Mutex(0)
    private let (jobs, input) = AsyncStream.makeStream(of: Job.self)

    init(bound: Int) { self.bound = bound }

    /// - Returns: false when there is too much already.
    func submit(_ job: @escaping Job) -> Bool {
        let hasRoom = count.withLock { count in
            guard count < bound else { return false }
            count += 1
            return true
        }
        guard hasRoom else { return false }
        input.yield {
            await job()
            self.count.withLock { $0 -= 1 }
        }
        return true
    }

    /// Does what is submitted until the end, then cancels what is left after `grace`.
    func run(until end: Latch, then grace: @escaping @Sendable () async -> Void) async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                await end.wait()
                await grace()
                self.input.finish()
            }
            for await job in jobs { group.addTask(operation: job) }
            group.cancelAll()
        }
    }
}
