// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A pool of threads on which tasks may block: `withTaskExecutorPreference(pool) { … }`.
package final class ThreadPool: TaskExecutor {
    private let threads = WorkerThreads()
    package let count: Int

    /// - Parameter count: how many threads; by default one for each processor, but at least two.
    package init(count: Int = max(2, ThreadPool.processorCount)) {
        self.count = count
        // Tasks that prefer the pool keep it alive until their jobs are done.
        threads.start(count: count) { [weak self] job in
            guard let self else { return }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }

    /// How many processors there are.
    package static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    deinit { threads.close() }

    package func enqueue(_ job: consuming ExecutorJob) { threads.enqueue(UnownedJob(job)) }

    package func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }
}
