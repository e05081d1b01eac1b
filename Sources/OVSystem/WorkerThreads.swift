// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Threads of their own for work that blocks, which must stay off the cooperative pool.
///
/// A queue guarded by a POSIX mutex, because the threads have to wait on a condition.
///
/// `@unchecked Sendable`: `jobs` and `isClosed` are read and written only while `mutex` is held.
final class WorkerThreads: @unchecked Sendable {
    private var jobs: [UnownedJob] = []
    private var head = 0
    private var isClosed = false
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Starts `count` threads that call `run` with each job until `close`.
    func start(count: Int, _ run: @escaping @Sendable (UnownedJob) -> Void) {
        for _ in 0..<count {
            let body = Unmanaged.passRetained(ThreadBody(queue: self, run: run)).toOpaque()
            var thread = pthread_t()
            let result = pthread_create(&thread, nil, runThreadBody, body)
            precondition(result == 0, "the system refuses another thread")
            pthread_detach(thread)
        }
    }

    func enqueue(_ job: UnownedJob) {
        pthread_mutex_lock(mutex)
        jobs.append(job)
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Lets the threads end once the queue is empty.
    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// The next job, nil when the queue is closed and empty. Blocks.
    fileprivate func next() -> UnownedJob? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while head == jobs.count {
            if isClosed { return nil }
            pthread_cond_wait(condition, mutex)
        }
        let job = jobs[head]
        head += 1
        // A queue that is never quite empty must not grow for ever.
        if head == jobs.count || head >= 1024 && head * 2 >= jobs.count {
            jobs.removeFirst(head)
            head = 0
        }
        return job
    }
}

/// What a thread needs to live: it keeps the queue, not the executor, whose end closes the queue.
private final class ThreadBody {
    let queue: WorkerThreads
    let run: @Sendable (UnownedJob) -> Void

    init(queue: WorkerThreads, run: @escaping @Sendable (UnownedJob) -> Void) {
        self.queue = queue
        self.run = run
    }
}

private func runThreadBody(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let body = Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue()
    while let job = body.queue.next() { body.run(job) }
    return nil
}
