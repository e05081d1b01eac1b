// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A pool of threads on which tasks may block: `withTaskExecutorPreference(pool) { … }`.
package final class ThreadPool: TaskExecutor {
    private let threads = WorkerThreads()
    package let count: Int

    /// - Parameter count: how many threads; by default one for each processor, but at least two.
    package init(count: Int = max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) {
        self.count = count
        let reference = WeakPool()
        reference.pool = self
        threads.start(count: count) { job in
            guard let pool = reference.pool else { return }
            job.runSynchronously(on: pool.asUnownedTaskExecutor())
        }
    }

    deinit { threads.close() }

    package func enqueue(_ job: consuming ExecutorJob) { threads.enqueue(UnownedJob(job)) }

    package func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }
}

/// `@unchecked Sendable`: `pool` is set once, before its threads have a job; tasks that prefer the pool keep it alive.
private final class WeakPool: @unchecked Sendable {
    weak var pool: ThreadPool?
}
