// SPDX-License-Identifier: Apache-2.0

import Logging
import OVCore
import OVStore

/// Ending runs: one commit that publishes, tells the watch, and claims what waits behind.
extension Engine {
    /// - Returns: what waits behind the run; the same commit has claimed it if it could.
    func end(_ task: TaskRecord, _ ending: RunEnding) async -> RunDispatcher.Submission.Work? {
        do throws(OVError) {
            let ended = try await commitEnd(task, ending)
            tally.noteSkipped(ended.skipped)
            endings.count(ending, after: task.startedAt.map { max(.zero, clock.now().since($0)) })
            if case .staged(let staged) = ending, ended.isPublished, let cache = staged.cache {
                try await blocking { [store] () throws(OVError) in store.keep(cache, of: task.key) }
            }
            if ended.droppedRevisions { _ = try? await store.collect() }
            if ended.isPublished {
                await gatherPacks(of: task.key)
                await gatherIndexes(after: store.state.sequence)
            }
            return ended.followUp
        } catch {
            logger.error("cannot record the end of a run", metadata: ["task": "\(task.id)", "error": "\(error)"])
            guard case .staged = ending else { return nil }
            // The store may take a short record where it did not take this one.
            return await end(task, .failure(RunFailure(error, source: Source(fetcher: "", location: task.uri.text))))
        }
    }

    /// Gives a revision that has come to be spread over many packs one of its own. Each run adds one, so this happens
    /// once in many runs.
    private func gatherPacks(of key: ResourceKey) async {
        let state = store.state
        guard let resource = state.resources[key], let revision = state.currentRevision(of: resource),
            revision.packs.count > Self.maximumPacks, state.runningTask(at: key) == nil
        else { return }
        do throws(OVError) {
            let rewritten = try await blocking { [store] () throws(OVError) in try store.rewrite(revision, of: key) }
            if let rewritten { _ = try await store.adopt(rewritten) }
        } catch {
            logger.warning("cannot rewrite packs", metadata: ["resource": "\(key.uri)", "error": "\(error)"])
        }
    }

    private static let maximumPacks = 64

    private struct Ended: Sendable {
        var isPublished = false
        var droppedRevisions = false
        var followUp: RunDispatcher.Submission.Work?
        /// Points of the schedule that passed during the run.
        var skipped: Int64 = 0
    }

    private func commitEnd(_ task: TaskRecord, _ ending: RunEnding) async throws(OVError) -> Ended {
        let (random, limits, board) = (random, limits, board)
        let slot = try await store.takeOwnerSlot()
        // A process that is about to end leaves what waits to others.
        let goesOn = !Task.isCancelled && !dispatcher.isLeaving
        return try await committingClaims { transaction, claimed in
            var ended = Ended()
            guard let current = transaction.state.tasks[task.id], current.lease == task.lease,
                current.status.isRunning
            else { return ended }
            let progress = board.live(task.id)?.progress ?? current.progress
            let end = current.status == .cancelling ? .cancelled : ending
            let skipped = transaction.watch(of: current)?.skippedCount
            transaction.conclude(current, end, progress: progress, random: random, into: &ended.isPublished)
            if let skipped, let watch = transaction.watch(of: current) { ended.skipped = watch.skippedCount - skipped }
            if ended.isPublished { ended.droppedRevisions = transaction.retireRevisions(of: task.key, limits: limits) }
            transaction.prune(after: current, limits: limits)
            if goesOn, let next = transaction.state.pendingTask(at: task.key) {
                switch transaction.claim(next.id, slot: slot) {
                case .claimed(let task):
                    claimed.append(task)
                    ended.followUp = .claimed(task)
                // Too early if the run was very short; it is this process's to see to in any case.
                case .early, .busy: ended.followUp = .pending(next.id)
                case .gone: break
                }
            }
            return ended
        }
    }
}

extension Transaction {
    /// Writes how a run ended into its record, its watch and its resource.
    fileprivate mutating func conclude(
        _ task: TaskRecord, _ ending: RunEnding, progress: TaskRecord.Progress, random: some RandomSource,
        into isPublished: inout Bool
    ) {
        var task = task
        task.progress = progress
        if case .staged = ending { task.stage = .publishing }
        let outcome: RunOutcome
        switch ending {
        case .staged(let staged):
            switch publish(staged, of: task) {
            case .success(let result):
                finish(task, as: .completed, result: result, error: nil)
                outcome = .succeeded(changed: result.outcome == .updated)
                isPublished = true
            case .failure(let failure):
                finish(task, as: .failed, error: failure.record)
                outcome = failure.outcome
            }
        case .failure(let failure):
            finish(task, as: .failed, result: failure.held, error: failure.record)
            outcome = failure.outcome
        case .cancelled:
            finish(task, as: .cancelled, error: nil)
            outcome = .cancelled
        case .interrupted:
            finish(task, as: .failed, error: RunFailure.interrupted)
            outcome = .interrupted(message: RunFailure.interrupted.message)
        }
        if var watch = watch(of: task) {
            watch.finishRun(outcome, task: task.id, at: now, random: random)
            put(watch)
        } else if !isPublished {
            dropUnborn(task.key)
        }
    }

    /// Makes a staged revision the current one, if its resource still is what it was compared with.
    private mutating func publish(_ staged: IngestRun.Staged, of task: TaskRecord)
        -> Result<TaskRecord.Result, RunFailure>
    {
        guard var resource = state.resources[task.key] else {
            return .failure(.superseded("the resource was removed while it was read"))
        }
        guard resource.revision == task.lease?.baseRevision, resource.revision == staged.previous?.number ?? 0 else {
            return .failure(.superseded("a newer run has published already"))
        }
        resource.shape = staged.revision.shape
        resource.lastChecked = now
        resource.unchecked = staged.revision.unchecked
        guard let publication = staged.publication else {
            put(resource)
            return .success(staged.revision.result(.unchanged, revision: staged.previous?.name))
        }
        let revision = Revision(
            number: resource.revision + 1, pack: publication.pack.name, digest: publication.digest, at: now,
            task: task.id, changes: staged.revision.changes,
            documents: staged.revision.documents.documents.count, bytes: staged.revision.bytes, sequence: sequence,
            packs: publication.pack.needed)
        resource.revision = revision.number
        resource.forgotten = max(resource.forgotten, staged.revision.forgotten)
        put(revision, of: task.key)
        put(resource)
        return .success(staged.revision.result(.updated, revision: revision.name))
    }

    /// Drops revisions beyond the bound on their number and age; never the current one.
    mutating func retireRevisions(of key: ResourceKey, limits: Limits) -> Bool {
        let revisions = state.revisions(of: key)
        let oldest = now.advanced(by: Milliseconds(-limits.revisionAge.count))
        var dropped = false
        for (index, revision) in revisions.dropLast().enumerated() {
            let isBeyondCount = revisions.count - index > limits.revisionsPerResource
            guard isBeyondCount || revision.at < oldest else { continue }
            dropRevision(revision.number, of: key)
            dropped = true
        }
        return dropped
    }
}
