// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem

/// Bringing what a revision needs together in one pack: where it is spread over many, or lies among much that nothing
/// needs any more. FORMAT.md §3, "Rewriting".
extension Store {
    /// When the packs of a current revision are rewritten.
    private enum Policy {
        static let maximumPacks = 16
        /// Bytes that nothing in the revision needs, at least this many and more than it needs.
        static let wastedBytes: Int64 = 1 << 20
    }

    /// A revision with all its documents in one pack of its own.
    package struct Rewritten: Hashable, Sendable {
        package let key: ResourceKey
        package let old: Revision
        package let pack: SealedPack
    }

    /// Rewrites the packs of current revisions that are worth it, and has the state name the new ones.
    /// - Returns: how many packs the rewritten revisions needed before.
    package func rewritePacks() async throws(OVError) -> Int {
        try takeUpCommits()
        let state = state
        var packs = 0
        for resource in state.resources.values where state.runningTask(at: resource.key) == nil {
            guard let revision = state.currentRevision(of: resource), try isWorthRewriting(revision) else { continue }
            guard let rewritten = try rewrite(revision, of: resource.key), try await adopt(rewritten) else { continue }
            packs += revision.packs.count
        }
        return packs
    }

    /// Blocks for as long as it takes to look at the sizes of files.
    package nonisolated func isWorthRewriting(_ revision: Revision) throws(OVError) -> Bool {
        if revision.packs.count > Policy.maximumPacks { return true }
        let list = try documents(of: revision)
        var needed: [BlobLocation: Int64] = [:]
        for document in list.documents { needed[document.blob] = document.blob.storedLength }
        let neededBytes = needed.values.reduce(0, +)
        let bytes = try translatingErrors { () throws(SystemError) in
            var bytes: Int64 = 0
            for pack in revision.packs { bytes += try files.status(of: home.pack(pack))?.size ?? 0 }
            return bytes
        }
        return bytes - neededBytes > max(Policy.wastedBytes, neededBytes)
    }

    /// Copies the documents of a revision into a new pack, each verified. Blocks.
    /// - Returns: nil when there is nothing to copy.
    package nonisolated func rewrite(_ revision: Revision, of key: ResourceKey) throws(OVError) -> Rewritten? {
        let list = try documents(of: revision)
        guard !list.documents.isEmpty else { return nil }
        // Drawn, so that processes that rewrite the same at once do not write the same file.
        let number = Int(random.uniform(in: 1000...1_000_000_000))
        let writer = PackWriter(name: PackName.make(task: revision.task, number: number), home: home, files: files)
        do throws(OVError) {
            var moved: [BlobLocation: BlobLocation] = [:]
            var documents: [StoredDocument] = []
            for document in list.documents {
                let blob: BlobLocation
                if let known = moved[document.blob] {
                    blob = known
                } else {
                    blob = try writer.append(
                        try bytes(of: document), isCompressible: document.blob.method == .zlib)
                    moved[document.blob] = blob
                }
                documents.append(document.moved(to: blob))
            }
            let sealed = try finish(
                writer, DocumentList(documents: documents, tombstones: list.tombstones), after: nil)
            return Rewritten(key: key, old: revision, pack: sealed)
        } catch {
            writer.discard()
            throw error
        }
    }

    /// Has the state name the new pack, unless the revision is no longer the current one, or a run is going on that
    /// may build on its packs.
    package nonisolated func adopt(_ rewritten: Rewritten) async throws(OVError) -> Bool {
        try await commit { (transaction: inout Transaction) throws(OVError) in
            guard let resource = transaction.state.resources[rewritten.key],
                transaction.state.currentRevision(of: resource) == rewritten.old,
                transaction.state.runningTask(at: rewritten.key) == nil
            else { return false }
            transaction.put(rewritten.old.moved(to: rewritten.pack), of: rewritten.key)
            return true
        }
    }
}

extension StoredDocument {
    fileprivate func moved(to blob: BlobLocation) -> StoredDocument {
        StoredDocument(
            path: path, mediaType: mediaType, digest: digest, size: size, blob: blob, changedSequence: changedSequence,
            changedAt: changedAt)
    }
}

extension Revision {
    fileprivate func moved(to pack: SealedPack) -> Revision {
        Revision(
            number: number, pack: pack.name, digest: digest, at: at, task: task, changes: changes,
            documents: documents, bytes: bytes, sequence: sequence, packs: pack.needed)
    }
}
