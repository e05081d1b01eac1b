// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVStore

/// The documents of an earlier revision as those of a new one: what is the same as now has not changed, the rest
/// changes with the revision that is being made.
struct RestoredDocuments: Sendable {
    let documents: DocumentList
    let changes: ChangeCounts
    /// The last commit of which it does not remember any more what it removed.
    let forgotten: UInt64
    private let restoredPaths: [String]

    init(_ target: DocumentList, over current: DocumentList, asOf now: Timestamp, limits: Limits) {
        var (documents, restored, counts): ([StoredDocument], [String], ChangeCounts) = ([], [], ChangeCounts())
        for document in target.documents {
            let there = current[document.path]
            if let there, there.digest == document.digest, there.mediaType == document.mediaType {
                documents.append(there)
                counts.unchanged += 1
                continue
            }
            restored.append(document.path)
            if there == nil { counts.added += 1 } else { counts.changed += 1 }
            documents.append(
                StoredDocument(
                    path: document.path, mediaType: document.mediaType, digest: document.digest, size: document.size,
                    blob: document.blob, changedSequence: 0, changedAt: now, addedSequence: there?.addedSequence))
        }
        let gone = current.documents.filter { target[$0.path] == nil }
        counts.removed = gone.count
        let memory = RemovalMemory(of: current.tombstones, and: gone, asOf: now, limits: limits)
        self.documents = DocumentList(documents: documents, tombstones: memory.tombstones)
        forgotten = memory.forgotten
        changes = counts
        restoredPaths = restored
    }

    /// How many paths a resource notes one by one; beyond, all of it counts as unchecked.
    private static let notedPaths = 100

    /// When what was restored was last known to be what the source has, by path.
    func unchecked(as target: Revision, of resource: Resource) -> [String: Timestamp] {
        let paths = restoredPaths.count <= Self.notedPaths ? restoredPaths : [""]
        return Dictionary(paths.map { ($0, target.at) }, uniquingKeysWith: { first, _ in first })
    }
}
