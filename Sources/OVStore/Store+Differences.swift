// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What has changed in a document list, read without reading all of it. Every call blocks, as in `Store+Content`.
extension Store {
    /// What a revision says of the time behind a commit: the documents that have changed since, and everything that it
    /// remembers as removed.
    ///
    /// In proportion to what has changed, apart from the one list in sixteen that is written whole.
    package nonisolated func documents(of revision: Revision, changedAfter known: UInt64) throws(OVError)
        -> (changed: [StoredDocument], tombstones: [Tombstone])
    {
        var changed: [StoredDocument] = []
        var tombstones: [Tombstone]?
        var seen: Set<String> = []
        try forEachList(of: revision) { list, sequence in
            let isLast = (list.base?.sequence ?? 0) <= known
            let published = list.resolved(against: nil).published(as: sequence)
            for document in published.documents where !seen.contains(document.path) {
                if document.changedSequence > known { changed.append(document) }
                if !isLast { seen.insert(document.path) }
            }
            if !isLast { seen.formUnion(list.drops) }
            if tombstones == nil { tombstones = published.tombstones }
            return !isLast
        }
        return (changed, tombstones ?? [])
    }

    /// Some documents of a revision, by path; what it does not have is left out.
    package nonisolated func documents(of revision: Revision, at paths: Set<String>) throws(OVError)
        -> [String: StoredDocument]
    {
        var (found, open): ([String: StoredDocument], Set<String>) = ([:], paths)
        guard !paths.isEmpty else { return [:] }
        try forEachList(of: revision, only: { open }) { list, sequence in
            for document in list.resolved(against: nil).published(as: sequence).documents {
                found[document.path] = document
                open.remove(document.path)
            }
            open.subtract(list.drops)
            return !open.isEmpty
        }
        return found
    }

    /// The documents that differ between two revisions of a resource, by path.
    ///
    /// Where the list of the one is written as a difference to that of the other, in proportion to the differences.
    /// - Parameter old: nil for nothing.
    package nonisolated func differences(from old: Revision?, to new: Revision) throws(OVError)
        -> [DocumentDifference]
    {
        guard let old else {
            return try documents(of: new).documents.map { DocumentDifference(old: nil, new: $0) }
        }
        guard old.sequence <= new.sequence else {
            return try differences(from: new, to: old).map { DocumentDifference(old: $0.new, new: $0.old) }
        }
        guard old.digest != new.digest || old.documents != new.documents else { return [] }
        if let paths = try touchedPaths(from: old, to: new) {
            let (before, after) = (try documents(of: old, at: paths), try documents(of: new, at: paths))
            return paths.sorted(by: DocumentList.precedes)
                .map { DocumentDifference(old: before[$0], new: after[$0]) }.filter(\.isReal)
        }
        let (before, after) = (try documents(of: old), try documents(of: new))
        return Self.merge(before.documents, after.documents).filter(\.isReal)
    }

    /// The paths that the lists between two revisions are about; nil when the later one does not rest on the earlier.
    private nonisolated func touchedPaths(from old: Revision, to new: Revision) throws(OVError) -> Set<String>? {
        var paths: Set<String> = []
        var isConnected = false
        try forEachList(of: new) { list, _ in
            guard let base = list.base else { return false }
            paths.formUnion(list.puts.lazy.map(\.path))
            paths.formUnion(list.drops)
            isConnected = base.pack == old.pack
            return !isConnected
        }
        return isConnected ? paths : nil
    }

    /// Both lists are sorted: one pass.
    private nonisolated static func merge(_ old: [StoredDocument], _ new: [StoredDocument]) -> [DocumentDifference] {
        var (pairs, rest): ([DocumentDifference], ArraySlice<StoredDocument>) = ([], old[...])
        for document in new {
            while let first = rest.first, DocumentList.precedes(first.path, document.path) {
                pairs.append(DocumentDifference(old: first, new: nil))
                rest.removeFirst()
            }
            let isInBoth = rest.first?.path == document.path
            pairs.append(DocumentDifference(old: isInBoth ? rest.removeFirst() : nil, new: document))
        }
        return pairs + rest.map { DocumentDifference(old: $0, new: nil) }
    }

    /// Writes a pack of nothing but the names of documents that are gone, which outlives their resources.
    /// - Parameter task: whose name the pack gets.
    package nonisolated func seal(_ tombstones: [Tombstone], task: TaskID) throws(OVError) -> SealedPack {
        let pack = makePack(task: task)
        do throws(OVError) {
            return try finish(pack, DocumentList(documents: [], tombstones: tombstones), after: nil)
        } catch {
            pack.discard()
            throw error
        }
    }

    /// The documents that a removal took away.
    package nonisolated func tombstones(of removal: Removal) throws(OVError) -> [Tombstone] {
        let list = try read(removal.pack) { reader in try reader.documentList() }
        return DocumentList(documents: [], tombstones: list.tombstones).published(as: removal.sequence).tombstones
    }
}

/// A document before and after.
package struct DocumentDifference: Hashable, Sendable {
    /// Nil for one that is new.
    package let old: StoredDocument?
    /// Nil for one that is gone.
    package let new: StoredDocument?

    package init(old: StoredDocument?, new: StoredDocument?) {
        self.old = old
        self.new = new
    }

    package var path: String { new?.path ?? old?.path ?? "" }

    fileprivate var isReal: Bool {
        guard let old, let new else { return old != nil || new != nil }
        return old.digest != new.digest || old.mediaType != new.mediaType
    }
}
