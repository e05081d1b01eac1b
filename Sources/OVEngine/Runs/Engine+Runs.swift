// SPDX-License-Identifier: Apache-2.0

import Logging
import OVCore
import OVIngest
import OVStore
import Synchronization

/// Executing runs: claim, stage, publish, and whatever waits behind them.
extension Engine {
    /// How often a run that waits for another process looks again.
    private static let waitForOthers = Milliseconds(200)
    /// How often a run looks whether it is still wanted.
    private static let heartbeat = Milliseconds.seconds(1)

    /// Executes what is submitted until `finish` or the end of the task, and ends what it leaves behind.
    func executeRuns() async {
        let left = await dispatcher.run(clock: clock) { await self.execute($0) }
        for work in left {
            switch work {
            case .pending(let id): board.forget(id)
            case .claimed(let task):
                _ = await end(task, .interrupted)
                board.end(task.id)
            case .due: break
            }
        }
    }

    /// Hands a run to the dispatcher that somebody has to claim.
    func submit(pending id: TaskID) {
        board.expect(id)
        let (state, task) = (store.state, store.state.tasks[id])
        dispatcher.submit(
            RunDispatcher.Submission(
                work: .pending(id), host: task.flatMap { state.host(at: $0.key) },
                since: task?.createdAt ?? clock.now(), isAskedFor: task?.trigger.isAsking ?? false))
    }

    func submit(claimed task: TaskRecord) {
        dispatcher.submit(
            RunDispatcher.Submission(
                work: .claimed(task), host: store.state.host(at: task.key), since: task.scheduledFor ?? task.createdAt,
                isAskedFor: task.trigger.isAsking))
    }

    /// Sees a run that this process has accepted to its end, and the follow-ups that wait for it.
    private func execute(_ submission: RunDispatcher.Submission) async -> RunDispatcher.Verdict {
        var next: RunDispatcher.Submission.Work? = submission.work
        while let work = next {
            switch work {
            case .claimed(let task): next = await execute(claimed: task)
            case .due(let start): next = await claim(start).map { .claimed($0) }
            case .pending(let id):
                switch await begin(id) {
                case .claimed(let task): next = .claimed(task)
                case .later(let pause): return .again(work, after: pause)
                case .never:
                    board.forget(id)
                    next = nil
                }
            }
        }
        return .done
    }

    private enum Beginning: Sendable {
        case claimed(TaskRecord)
        case later(Milliseconds)
        /// It is not for this process to run any more.
        case never
    }

    private func begin(_ id: TaskID) async -> Beginning {
        // Who is about to end leaves it to others.
        guard !Task.isCancelled, !dispatcher.isLeaving else { return .never }
        do throws(OVError) {
            return try await claim(id)
        } catch {
            logger.error("cannot run a task", metadata: ["task": "\(id)", "error": "\(error)"])
            return .never
        }
    }

    /// Commits what may claim runs. They count as this process's from before anybody can see that they run: else its
    /// own `reconcile` would take them for runs of a process that is gone.
    func committingClaims<Result: Sendable>(
        _ body: @escaping @Sendable (inout Transaction, inout [TaskRecord]) throws(OVError) -> Result
    ) async throws(OVError) -> Result {
        let claims = Claims()
        do throws(OVError) {
            return try await store.commit { [board] transaction throws(OVError) in
                var claimed: [TaskRecord] = []
                let result = try body(&transaction, &claimed)
                for task in claimed { board.begin(task) }
                claims.tasks.withLock { $0 = claimed }
                return result
            }
        } catch {
            for task in claims.tasks.withLock({ $0 }) { board.end(task.id) }
            throw error
        }
    }

    /// Claims a pending run, unless another process is running its target.
    private func claim(_ id: TaskID) async throws(OVError) -> Beginning {
        let slot = try await ownerSlot()
        switch try await commitClaim(of: id, slot: slot) {
        case .claimed(let task): return .claimed(task)
        case .gone: return .never
        case .early(let start): return .later(start.since(clock.now()))
        case .busy:
            // A run of this process takes its follow-up along when it ends.
            let running = store.state.tasks[id].flatMap { store.state.runningTask(at: $0.key) }
            if let running, board.live(running.id) != nil { return .never }
            try await store.refresh()
            return .later(Self.waitForOthers)
        }
    }

    /// Looks inside the commit once more whether this process goes on: what is given up before its turn comes is left
    /// to others, too.
    private func commitClaim(of id: TaskID, slot: Int) async throws(OVError) -> Transaction.Claim {
        let isGivenUp = GivenUp()
        let result: Result<Transaction.Claim, OVError> = await withTaskCancellationHandler {
            do throws(OVError) {
                let claim = try await committingClaims { [dispatcher] transaction, claimed in
                    guard !isGivenUp.value, !dispatcher.isLeaving else { return Transaction.Claim.gone }
                    let claim = transaction.claim(id, slot: slot)
                    if case .claimed(let task) = claim { claimed.append(task) }
                    return claim
                }
                return .success(claim)
            } catch {
                return .failure(error)
            }
        } onCancel: {
            isGivenUp.note()
        }
        return try result.get()
    }

    /// Claims a watch that the scheduler has found due, if it still is.
    private func claim(_ start: DueStart) async -> TaskRecord? {
        do throws(OVError) {
            let (slot, id) = (try await ownerSlot(), random.nextTaskID())
            let claimed = try await committingClaims { transaction, claimed in
                let result = transaction.claim(start, id: id, slot: slot)
                if let result { claimed.append(result.task) }
                return result
            }
            if let claimed { tally.noteStart(lag: claimed.lag, skipped: claimed.skipped) }
            start.settle(.settled)
            return claimed?.task
        } catch {
            logger.error("cannot start a watch", metadata: ["watch": "\(start.watch)", "error": "\(error)"])
            start.settle(.failed)
            return nil
        }
    }

    /// The slot under which this process runs; what its last holder left unfinished is ended first.
    func ownerSlot() async throws(OVError) -> Int {
        let slot = try await store.takeOwnerSlot()
        try await reconcile()
        return slot
    }

    /// Ends the runs whose processes are gone.
    func reconcile() async throws(OVError) {
        let orphans = try await orphans()
        guard !orphans.isEmpty else { return }
        let random = random
        try await store.commit { transaction in
            for orphan in orphans {
                // The same run under the same lease: nobody has taken it over in between.
                guard let task = transaction.state.tasks[orphan.id], task.status.isRunning, task.lease == orphan.lease
                else { continue }
                transaction.interrupt(task, random: random)
            }
        }
        board.touch()
    }

    private func orphans() async throws(OVError) -> [TaskRecord] {
        let running = Array(store.state.runningTasks)
        guard !running.isEmpty else { return [] }
        let own = await store.heldSlot
        let dead = try await store.deadSlots(among: Set(running.compactMap { $0.lease?.slot }))
        let live = board.liveTokens
        return running.filter { task in
            guard let lease = task.lease else { return true }
            return dead.contains(lease.slot) || (lease.slot == own && !live.contains(lease.token))
        }
    }

    /// Executes a run that this process has claimed.
    /// - Returns: what waits behind it.
    private func execute(claimed task: TaskRecord) async -> RunDispatcher.Submission.Work? {
        defer { board.end(task.id) }
        guard let resource = store.state.resources[task.key] else {
            return await end(task, .failure(.superseded("the resource was removed")))
        }
        let outcome = await stage(task, resource)
        return await end(task, outcome)
    }

    private enum Event: Sendable {
        case staged(IngestRun.Staged)
        case failed(RunFailure)
        case stopped
        case noLongerWanted(RunFailure?)
    }

    /// Fetches, while looking out for reasons to stop.
    private func stage(_ task: TaskRecord, _ resource: Resource) async -> RunEnding {
        let run = IngestRun(engine: self, resource: resource, task: task.id)
        let accepted = task.acceptedDeletions.flatMap { store.state.tasks[$0]?.result }
        return await withTaskGroup(of: Event.self) { group in
            group.addTask { await self.stage(run, task, accepting: accepted) }
            group.addTask { await self.watchOver(task) }
            group.addTask { await self.waitForCancellation(of: task.id) }
            group.addTask {
                guard (try? await self.clock.sleep(for: self.limits.ingestDuration)) != nil else { return .stopped }
                return .failed(.timedOut(after: self.limits.ingestDuration, source: resource.source))
            }
            let event = await group.next() ?? .stopped
            group.cancelAll()
            switch event {
            case .staged(let staged): return .staged(staged)
            case .failed(let failure): return .failure(failure)
            case .noLongerWanted(let failure): return failure.map { .failure($0) } ?? .cancelled
            case .stopped: return .interrupted
            }
        }
    }

    private func stage(_ run: IngestRun, _ task: TaskRecord, accepting accepted: TaskRecord.Result?) async -> Event {
        do {
            let board = board
            return .staged(
                try await run.stage(accepting: accepted) { progress in
                    board.update(task.id) { task in
                        guard progress.documents >= task.progress.documents else { return }
                        task.progress = progress
                    }
                })
        } catch let held as IngestRun.Held {
            return .failed(.held(held.reason, task: task, result: held.staged.result(.held, revision: nil)))
        } catch is CancellationError {
            return .stopped
        } catch {
            return .failed(RunFailure(error, source: run.resource.source))
        }
    }

    /// Ends when the run's result is no longer wanted: cancelled elsewhere, taken over, removed.
    private func watchOver(_ task: TaskRecord) async -> Event {
        while (try? await clock.sleep(for: Self.heartbeat)) != nil {
            // A store that cannot be read now may be readable when the run ends.
            try? await store.refresh()
            guard let current = store.state.tasks[task.id] else {
                return .noLongerWanted(.superseded("its record is gone"))
            }
            if current.status == .cancelling { return .noLongerWanted(nil) }
            if current.lease != task.lease { return .noLongerWanted(.superseded("another process has taken it over")) }
            if store.state.resources[task.key] == nil {
                return .noLongerWanted(.superseded("the resource was removed"))
            }
            await commitProgress(of: task)
        }
        return .stopped
    }

    /// Lets other processes see how far the run is. Rarely, because each is a commit.
    private func commitProgress(of task: TaskRecord) async {
        guard let live = board.live(task.id), let current = store.state.tasks[task.id],
            live.progress.documents >= current.progress.documents * 2, live.progress != current.progress
        else { return }
        _ = try? await store.commit { transaction in
            guard var task = transaction.state.tasks[task.id], task.lease == live.lease else { return }
            task.progress = live.progress
            task.updatedAt = transaction.now
            transaction.put(task)
        }
    }

    private func waitForCancellation(of id: TaskID) async -> Event {
        while !Task.isCancelled {
            let version = board.version
            if board.isCancelled(id) { return .noLongerWanted(nil) }
            await board.change(after: version)
        }
        return .stopped
    }
}

/// What a commit that may yet fail has claimed.
private final class Claims: Sendable {
    let tasks = Mutex<[TaskRecord]>([])
}

/// Whether a task was cancelled, for who asks from another thread.
private final class GivenUp: Sendable {
    private let isNoted = Atomic(false)

    var value: Bool { isNoted.load(ordering: .sequentiallyConsistent) }

    func note() { isNoted.store(true, ordering: .sequentiallyConsistent) }
}

/// How a run's work ended, before that is committed.
enum RunEnding: Sendable {
    case staged(IngestRun.Staged)
    case failure(RunFailure)
    case cancelled
    case interrupted
}
