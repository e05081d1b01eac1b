// SPDX-License-Identifier: Apache-2.0

import OVCore
import Synchronization

/// Hands the runs that this process has accepted to child tasks: a bounded number, and a bounded number for each host,
/// whoever asked for them. What waits, for its host or for another process, is in nobody's way.
final class RunDispatcher: Sendable {
    struct Submission: Sendable {
        enum Work: Sendable {
            /// Committed as pending; whoever executes it claims it first.
            case pending(TaskID)
            case claimed(TaskRecord)
            /// A watch that was due when it was submitted.
            case due(DueStart)
        }

        let work: Work
        /// What it will be fetched from; see `Source.host`.
        let host: String?
        /// Since when it should have been running.
        let since: Timestamp
        /// Whether somebody waits for it, and not only a schedule.
        var isAskedFor = false
    }

    /// What became of a submission when it was executed.
    enum Verdict: Sendable {
        case done
        /// It cannot begin yet, and is submitted anew after a while.
        case again(Submission.Work, after: Milliseconds)
    }

    private struct Storage {
        var queue = RunQueue()
        /// Submissions that come again after a while.
        var parked = 0
        /// What runs and what waits is seen to its end; then it is over.
        var isFinishing = false
        /// Nothing starts any more.
        var isLeaving = false

        var isOver: Bool { isLeaving || isFinishing && queue.waiting == 0 && queue.running == 0 && parked == 0 }
    }

    private let storage: Mutex<Storage>
    /// Rings whenever something begins to wait, ends, or is not waited for any more.
    let bell = Bell()

    init(bound: Int, boundPerHost: Int) {
        storage = Mutex(Storage(queue: RunQueue(bound: bound, boundPerHost: boundPerHost)))
    }

    func submit(_ submission: Submission) {
        storage.withLock { storage in
            // Whoever comes next finds it in the store.
            if !storage.isLeaving { storage.queue.insert(submission) }
        }
        bell.ring()
    }

    /// - Parameter leavingWaiting: whether what has not begun is left to whoever comes next.
    func finish(leavingWaiting: Bool) {
        storage.withLock { storage in
            storage.isFinishing = true
            if leavingWaiting { storage.isLeaving = true }
        }
        bell.ring()
    }

    /// Whether nothing starts any more.
    var isLeaving: Bool { storage.withLock { $0.isLeaving } }

    /// How many run, and how many wait to.
    var load: (running: Int, waiting: Int) { storage.withLock { ($0.queue.running, $0.queue.waiting) } }

    /// Whether something could start at this moment that has not been started yet.
    var canStart: Bool { storage.withLock { $0.queue.canStart } }

    /// Takes back the due watches that have not begun.
    func withdrawDue() {
        storage.withLock { storage in
            _ = storage.queue.remove { submission in
                if case .due = submission.work { true } else { false }
            }
        }
    }

    /// Executes what is submitted until `finish`, or until it is cancelled, and the end of what had begun.
    /// - Returns: what has not begun.
    func run(
        clock: any WallClock, _ execute: @escaping @Sendable (Submission) async -> Verdict
    ) async -> [Submission.Work] {
        await withDiscardingTaskGroup { group in
            while let submission = await next() {
                group.addTask { await self.run(submission, clock: clock, execute) }
            }
        }
        return storage.withLock { storage in
            storage.isLeaving = true
            return storage.queue.remove { _ in true }.map(\.work)
        }
    }

    private func run(
        _ submission: Submission, clock: any WallClock, _ execute: @Sendable (Submission) async -> Verdict
    ) async {
        let verdict = await execute(submission)
        let isParked = if case .again = verdict { true } else { false }
        storage.withLock { storage in
            storage.queue.leave(submission.host)
            if isParked { storage.parked += 1 }
        }
        bell.ring()
        guard case .again(let work, let pause) = verdict else { return }
        await sleep(for: pause, clock: clock)
        storage.withLock { storage in
            storage.parked -= 1
            storage.queue.insert(
                Submission(
                    work: work, host: submission.host, since: submission.since, isAskedFor: submission.isAskedFor))
        }
        bell.ring()
    }

    /// Waits, unless nothing starts any more anyway.
    private func sleep(for pause: Milliseconds, clock: any WallClock) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await clock.sleep(for: pause) }
            group.addTask {
                while !Task.isCancelled {
                    let version = self.bell.version
                    if self.isLeaving { return }
                    await self.bell.change(after: version)
                }
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// What starts next, once something may; nil when it is over.
    private func next() async -> Submission? {
        while true {
            let version = bell.version
            let (submission, isOver) = storage.withLock { storage -> (Submission?, Bool) in
                if Task.isCancelled { storage.isLeaving = true }
                if storage.isOver { return (nil, true) }
                return (storage.queue.start(), false)
            }
            if submission != nil || isOver { return submission }
            await bell.change(after: version)
        }
    }
}
