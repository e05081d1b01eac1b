// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

extension Engine {
    package func revert(_ uri: String, to revision: String, as caller: Caller) async throws(OVError) -> RevertReceipt {
        let reference = try RevisionReference(parsing: revision, field: ["to"])
        let task = random.nextTaskID()
        let now = clock.now()
        let staged = try await reading { state throws(OVError) in
            try self.stageRevert(uri, to: reference, in: state, task: task, at: now, as: caller)
        }
        guard staged.publication != nil else { return staged.receipt(task: nil, staged.current.name, nil) }
        let limits = limits
        let receipt = try await store.commit { transaction throws(OVError) in
            try transaction.publish(staged, task: task, limits: limits)
        }
        // What the source was like when it was last read says nothing about these documents.
        store.dropValidators(of: staged.resource.key)
        board.touch()
        return receipt
    }

    /// Compares the revisions, and writes the pack of the new one if there is to be one.
    private func stageRevert(
        _ uri: String, to reference: RevisionReference, in state: State, task: TaskID, at now: Timestamp,
        as caller: Caller
    ) throws(OVError) -> StagedRevert {
        let (resource, path) = try state.resourcePart(uri, verb: "history", as: caller)
        guard path.isEmpty else {
            throw OVError(
                .failedPrecondition, "\(resource.uri.appending(path: path)) is a part of the resource \(resource.uri)",
                hint: "revert the whole: `ov revert \(resource.uri) --to \(reference)`")
        }
        guard caller.mayChange(resource.owner) else {
            throw OVError(.permissionDenied, "\(resource.uri) is not yours to revert")
        }
        guard let current = state.currentRevision(of: resource) else { throw state.missing(resource.uri, as: caller) }
        let target = try reference.find(of: resource, in: state)
        let (before, after) = (try store.documents(of: current), try store.documents(of: target))
        let restored = RestoredDocuments(after, over: before, asOf: now, limits: limits)
        var staged = StagedRevert(resource: resource, current: current, target: target, restored: restored)
        guard !restored.changes.isEmpty else { return staged }
        let pack = store.makePack(task: task)
        do throws(OVError) {
            let sealed = try store.finish(pack, restored.documents, after: (revision: current, list: before))
            staged.publication = IngestRun.Publication(pack: sealed, digest: Digest(of: restored.documents))
            return staged
        } catch {
            pack.discard()
            throw error
        }
    }
}

/// A revert that is ready to be published.
private struct StagedRevert: Sendable {
    let resource: Resource
    let current: Revision
    let target: Revision
    let restored: RestoredDocuments
    /// Nil when nothing differs.
    var publication: IngestRun.Publication?

    func receipt(task: TaskID?, _ revision: String, _ nextRefresh: Timestamp?) -> RevertReceipt {
        RevertReceipt(
            uri: resource.uri, task: task, revision: revision, previous: current.name, restored: target.name,
            changes: restored.changes, nextRefresh: nextRefresh)
    }
}

extension Transaction {
    /// - Throws: `CONFLICT` when something was published meanwhile; `NOT_FOUND` when the resource is gone.
    fileprivate mutating func publish(_ staged: StagedRevert, task id: TaskID, limits: Limits)
        throws(OVError) -> RevertReceipt
    {
        guard var resource = state.resources[staged.resource.key] else {
            throw OVError(.notFound, "there is nothing at \(staged.resource.uri) any more")
        }
        guard resource.revision == staged.current.number, resource.createdAt == staged.resource.createdAt,
            let publication = staged.publication
        else {
            throw OVError(
                .conflict, "a newer revision of \(resource.uri) was published meanwhile",
                hint: "look at it (`ov history \(resource.uri)`), and try again")
        }
        let restored = staged.restored
        let revision = Revision(
            number: resource.revision + 1, pack: publication.pack.name, digest: publication.digest, at: now, task: id,
            changes: restored.changes, documents: restored.documents.documents.count, bytes: restored.documents.bytes,
            sequence: sequence, packs: publication.pack.needed)
        resource.revision = revision.number
        resource.forgotten = max(resource.forgotten, restored.forgotten)
        // They are no longer what the source had when it was last looked at.
        for (path, time) in restored.unchecked(as: staged.target, of: resource) { resource.unchecked[path] = time }
        put(revision, of: resource.key)
        put(resource)
        putRecord(of: revision, of: resource, id: id)
        _ = retireRevisions(of: resource.key, limits: limits)
        return staged.receipt(task: id, revision.name, state.watch(at: resource.key)?.nextRun)
    }

    private mutating func putRecord(of revision: Revision, of resource: Resource, id: TaskID) {
        var task = TaskRecord(
            id: id, kind: .revert, owner: resource.owner, uri: resource.uri,
            watch: nil, trigger: .manual, createdAt: now)
        task.startedAt = now
        task.stage = .publishing
        let result = TaskRecord.Result(
            outcome: .updated, revision: revision.name, changes: revision.changes, bytes: revision.bytes)
        finish(task, as: .completed, result: result, error: nil)
    }
}
