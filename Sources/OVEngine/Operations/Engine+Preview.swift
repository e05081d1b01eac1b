// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVIngest
import OVStore

extension Engine {
    package func preview(_ request: IngestRequest, _ preview: IngestPreview, as caller: Caller) async throws(OVError)
        -> IngestPlan
    {
        let target = try await target(of: request, as: caller)
        _ = try interval(of: request, proposing: target.uri)
        try await store.refresh()
        try store.state.checkTarget(target, as: caller)
        if preview == .verification { try store.state.checkIsKept(target) }
        return try await withSecret(of: target, as: caller, onlyMeanwhile: true) { target throws(OVError) in
            try await plan(target, preview, as: caller)
        }
    }

    private func plan(_ target: IngestTarget, _ preview: IngestPreview, as caller: Caller) async throws(OVError)
        -> IngestPlan
    {
        let resource = store.state.resource(for: target, owner: caller.owner, at: clock.now())
        let run = IngestRun(engine: self, resource: resource, task: random.nextTaskID())
        let staged: StagedRevision
        do {
            staged = try await within(limits.ingestDuration, of: resource.source) { try await run.plan(preview) }
        } catch {
            throw RunFailure(error, source: resource.source).error
        }
        return IngestPlan(
            root: target.uri, sourcePath: resource.source.location, changes: staged.changes, added: staged.added,
            changed: staged.changed, removed: staged.removed, bytes: staged.bytes, warnings: staged.warnings,
            heldReason: staged.heldReason, unchecked: staged.unseen, preview: preview)
    }

    /// What `body` returns, if that is in time.
    private func within(
        _ limit: Milliseconds, of source: Source, _ body: @escaping @Sendable () async throws -> StagedRevision
    ) async throws -> StagedRevision {
        try await withThrowingTaskGroup(of: StagedRevision.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await body() }
            group.addTask { [clock] in
                try await clock.sleep(for: limit)
                throw FetchError.tookTooLong(limit)
            }
            guard let staged = try await group.next() else { throw CancellationError() }
            return staged
        }
    }
}

extension State {
    /// - Throws: `FAILED_PRECONDITION` for a source of which nothing is kept.
    fileprivate func checkIsKept(_ target: IngestTarget) throws(OVError) {
        if let resource = resources[target.key], currentRevision(of: resource) != nil { return }
        throw OVError(
            .failedPrecondition, "there is nothing to verify: no content of this source is kept at \(target.uri)",
            hint: "ingest it first, without `verify`; or name the target that has it with `to`")
    }
}

extension RunFailure {
    /// The failure in the shape that operations throw.
    fileprivate var error: OVError {
        var details: [String: JSONValue] = [:]
        if let cause = record.cause { details["cause"] = .string(cause) }
        return OVError(
            OVError.Code(name: record.code) ?? .processingError, record.message, hint: record.hint, details: details)
    }
}
