// SPDX-License-Identifier: Apache-2.0

/// One thread that runs an actor whose work blocks: file I/O, `fdatasync`, waiting for a lock.
package final class ThreadExecutor: SerialExecutor {
    private let threads = WorkerThreads()

    package init() {
        let reference = WeakExecutor()
        reference.executor = self
        threads.start(count: 1) { job in
            guard let executor = reference.executor else { return }
            job.runSynchronously(on: executor.asUnownedSerialExecutor())
        }
    }

    deinit { threads.close() }

    package func enqueue(_ job: consuming ExecutorJob) { threads.enqueue(UnownedJob(job)) }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}

/// `@unchecked Sendable`: `executor` is set once, before the thread that reads it has a job; an executor outlives its
/// jobs because the actor that owns it does.
private final class WeakExecutor: @unchecked Sendable {
    weak var executor: ThreadExecutor?
}
