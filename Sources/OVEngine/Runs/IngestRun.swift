// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVIngest
import OVStore

/// Fetches a source and prepares what it would publish. Writes a pack, but changes no state.
struct IngestRun: Sendable {
    let engine: Engine
    let resource: Resource
    let task: TaskID

    /// Ready to be published.
    struct Staged: Sendable {
        let revision: StagedRevision
        let previous: Revision?
        /// Nil when nothing differs.
        let publication: Publication?
        let cache: ValidatorCache?
    }

    /// A revision whose pack is durable.
    struct Publication: Sendable {
        let pack: SealedPack
        let digest: Digest
    }

    /// - Parameter accepted: the result of a held run whose losses may be published.
    /// - Throws: `FetchError`, `OVError`, `CancellationError`, or `Held`.
    func stage(accepting accepted: TaskRecord.Result?, report: @escaping @Sendable (TaskRecord.Progress) -> Void)
        async throws -> Staged
    {
        let pack = engine.store.makePack(task: task)
        do {
            let found = try await fetch(into: pack, report: report)
            if let reason = found.staged.heldReason, !mayPublish(found.staged, accepted) {
                throw Held(reason: reason, staged: found.staged)
            }
            return try await seal(found, pack)
        } catch {
            pack.discard()
            throw error
        }
    }

    /// What would change, or what differs when all is read anew. Nothing is written at all.
    /// - Throws: `FetchError`, `OVError`, `CancellationError`.
    func plan(_ preview: IngestPreview) async throws -> StagedRevision {
        try await fetch(into: nil, isFromScratch: preview == .verification, report: { _ in }).staged
    }

    struct Held: Error {
        let reason: String
        let staged: StagedRevision
    }

    private func mayPublish(_ staged: StagedRevision, _ accepted: TaskRecord.Result?) -> Bool {
        accepted.map { MassDeletionBrake.accepts($0, staged.changes) } ?? false
    }

    private struct Found: Sendable {
        let staged: StagedRevision
        let base: DocumentList
        let previous: Revision?
        let fingerprint: String
        let knownValidators: [String: ValidatorCache.Entry]
    }

    private func fetch(
        into pack: PackWriter?, isFromScratch: Bool = false,
        report: @escaping @Sendable (TaskRecord.Progress) -> Void
    ) async throws -> Found {
        let (store, resource) = (engine.store, resource)
        let pipeline = await engine.pipeline.prepared()
        let fingerprint = pipeline.fingerprint(of: resource.source, limits: engine.limits)
        let previous = store.state.currentRevision(of: resource)
        let (base, known) = try await engine.blocking { () throws(OVError) in
            (
                try previous.map { revision throws(OVError) in try store.documents(of: revision) } ?? .empty,
                store.validators(of: resource.key, fingerprint: fingerprint)?.entries ?? [:]
            )
        }
        let now = engine.clock.now()
        let sink = StagingSink(base: base, pack: pack, now: now, limits: engine.limits, report: report)
        let request = FetchRequest(
            source: resource.source, validators: isFromScratch ? [:] : Self.trusted(known, base),
            limits: engine.limits, isFromScratch: isFromScratch)
        let summary = try await pipeline.run(request, into: sink)
        if let shape = resource.shape, shape != summary.shape {
            throw FetchError.permanent(
                cause: "shape_changed",
                shape == .tree
                    ? "it was a folder and is a single document now" : "it was a single document and is a folder now",
                hint: "remove the resource (`ov rm \(resource.uri)`) and ingest it anew")
        }
        var staged = StagedRevision(
            sink.result, summary: summary, base: base, resource: resource, known: known, now: now,
            limits: engine.limits)
        if !staged.alike.isEmpty, try await !wereAlike(staged.alike) {
            staged.hold(MassDeletionBrake.reason(alike: staged.alike.count, of: base.documents.count))
        }
        return Found(
            staged: staged, base: base, previous: previous, fingerprint: fingerprint, knownValidators: known)
    }

    /// Whether documents said the same as one another before, too, going by some of them.
    private func wereAlike(_ documents: [StoredDocument]) async throws -> Bool {
        let sample = stride(from: 0, to: documents.count, by: max(1, documents.count / 16)).map { documents[$0] }
        let store = engine.store
        let digests = try await engine.blocking { () throws(OVError) in
            try sample.map { document throws(OVError) in
                Likeness.digest(of: try store.bytes(of: document), type: document.mediaType, path: document.path)
            }
        }
        return Likeness.isCommon(among: digests)
    }

    /// A validator counts only for the document that it came with.
    private static func trusted(_ known: [String: ValidatorCache.Entry], _ base: DocumentList) -> [String: Validator] {
        var validators: [String: Validator] = [:]
        guard !known.isEmpty else { return validators }
        validators.reserveCapacity(base.documents.count)
        for document in base.documents {
            if let entry = known[document.path], entry.digest == document.digest {
                validators[document.path] = Validator(entry.validator)
            }
        }
        return validators
    }

    private func seal(_ found: Found, _ pack: PackWriter) async throws -> Staged {
        let (store, staged) = (engine.store, found.staged)
        let cache =
            staged.validators == found.knownValidators
            ? nil : ValidatorCache(fingerprint: found.fingerprint, entries: staged.validators)
        // The first revision is published even if it is empty: it says that the source is.
        guard !staged.changes.isEmpty || found.previous == nil else {
            pack.discard()
            return Staged(revision: staged, previous: found.previous, publication: nil, cache: cache)
        }
        try Task.checkCancellation()
        let publication = try await engine.blocking { [engine] () throws(OVError) in
            let sealed = try store.finish(
                pack, staged.documents, after: found.previous.map { (revision: $0, list: found.base) })
            engine.index(sealed, staged.documents)
            return Publication(pack: sealed, digest: Digest(of: staged.documents))
        }
        return Staged(revision: staged, previous: found.previous, publication: publication, cache: cache)
    }
}
