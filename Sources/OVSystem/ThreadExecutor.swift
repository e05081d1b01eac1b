// SPDX-License-Identifier: Apache-2.0

/// One thread that runs an actor whose work blocks: file I/O, `fdatasync`, waiting for a lock.
package final class ThreadExecutor: SerialExecutor {
    private let threads = WorkerThreads()

    package init() {
        // The actor that owns an executor outlives its jobs, and with it the executor.
        threads.start(count: 1) { [weak self] job in
            guard let self else { return }
            job.runSynchronously(on: asUnownedSerialExecutor())
        }
    }

    deinit { threads.close() }

    package func enqueue(_ job: consuming ExecutorJob) { threads.enqueue(UnownedJob(job)) }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}
