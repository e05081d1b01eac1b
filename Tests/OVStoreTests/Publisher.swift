// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport

@testable import OVStore

/// Publishes revisions the way a run does: new documents into a pack, the list behind them, one commit.
struct Publisher: Sendable {
    let store: Store
    let resource: Resource

    /// - Parameters:
    ///   - changed: documents that are new or have changed.
    ///   - removed: paths of documents that are gone.
    /// - Returns: the revision as the store has it.
    @discardableResult
    func publish(
        _ changed: [String: [UInt8]], removing removed: Set<String> = [], task: TaskID, after previous: Revision?
    ) async throws(OVError) -> Revision {
        let pack = store.makePack(task: task)
        let list: DocumentList
        let sealed: SealedPack
        do throws(OVError) {
            let before = try previous.map { revision throws(OVError) in try store.documents(of: revision) } ?? .empty
            list = try stage(changed, removing: removed, after: before, in: pack)
            sealed = try store.finish(pack, list, after: previous.map { ($0, before) })
        } catch {
            pack.discard()
            throw error
        }
        let (key, resource) = (resource.key, resource)
        return try await store.commit { (transaction: inout Transaction) throws(OVError) in
            var resource = transaction.state.resources[key] ?? resource
            guard resource.revision == previous?.number ?? 0 else { throw OVError(.conflict, "another revision") }
            let revision = Revision(
                number: resource.revision + 1, pack: sealed.name, digest: Digest(of: list), at: transaction.now,
                task: task, changes: ChangeCounts(changed: changed.count, removed: removed.count),
                documents: list.documents.count, bytes: list.bytes, sequence: transaction.sequence,
                packs: sealed.needed)
            resource.revision = revision.number
            transaction.put(resource)
            transaction.put(revision, of: key)
            return revision
        }
    }

    private func stage(
        _ changed: [String: [UInt8]], removing removed: Set<String>, after before: DocumentList, in pack: PackWriter
    ) throws(OVError) -> DocumentList {
        let now = store.clock.now()
        var documents = before.documents.filter { changed[$0.path] == nil && !removed.contains($0.path) }
        for (path, bytes) in changed.sorted(by: { $0.key < $1.key }) {
            let blob = try pack.append(bytes, isCompressible: !path.hasSuffix(".png"))
            documents.append(
                StoredDocument(
                    path: path, mediaType: "text/markdown", digest: Digest(of: bytes), size: Int64(bytes.count),
                    blob: blob, changedSequence: 0, changedAt: now))
        }
        let gone = removed.map { Tombstone(path: $0, removedSequence: 0, at: now) }
        let kept = before.tombstones.filter { changed[$0.path] == nil && !removed.contains($0.path) }
        return DocumentList(documents: documents, tombstones: kept + gone)
    }
}
