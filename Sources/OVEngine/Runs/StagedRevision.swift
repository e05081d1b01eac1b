// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVStore

/// What a run has found, compared with the current revision, before anything is published.
struct StagedRevision: Sendable {
    let shape: Resource.Shape
    let documents: DocumentList
    let changes: ChangeCounts
    let added: [String]
    let changed: [String]
    let removed: [String]
    let bytes: Int64
    let warnings: [String]
    /// What could not be looked at, and when it last was.
    let unchecked: [String: Timestamp]
    /// Documents of the current revision that are kept because the source could not show them.
    let unseen: [String]
    /// Nil when it may be published; else why it is held back.
    private(set) var heldReason: String?
    /// Documents that change and say the same afterwards, if that is most of them; see `Likeness`.
    let alike: [StoredDocument]
    let validators: [String: ValidatorCache.Entry]
    /// The last commit of which it does not remember any more what it removed.
    let forgotten: UInt64

    /// - Parameters:
    ///   - resource: as it is now, for what could not be checked this time.
    ///   - known: the validators of the run before.
    init(
        _ found: StagingSink.Storage, summary: FetchSummary, base: DocumentList, resource: Resource,
        known: [String: ValidatorCache.Entry], now: Timestamp, limits: Limits
    ) {
        shape = summary.shape
        var documents = found.documents
        // A source that is as it was is also as unread as it was.
        var unchecked = summary.isUnchanged ? resource.unchecked : [:]
        var (gone, unseen): ([StoredDocument], [String]) = ([], [])
        var validators = summary.isUnchanged ? known.merging(found.validators) { $1 } : found.validators
        let skipped = Set(found.warnings.lazy.filter(\.isUnchecked).compactMap(\.path))
        for path in skipped {
            unchecked[path] = resource.lastChecked(of: path) ?? resource.createdAt
        }
        let keepsAll = summary.isUnchanged || summary.isAdditive
        for (document, wasSeen) in zip(base.documents, found.seen) where !wasSeen {
            let isCovered = Self.covers(skipped, document.path)
            if isCovered { unseen.append(document.path) }
            if keepsAll || isCovered {
                documents.append(document)
                // It is the version that it was, whenever the source can be asked again.
                if isCovered, let entry = known[document.path] { validators[document.path] = entry }
            } else {
                gone.append(document)
            }
        }
        let memory = RemovalMemory(of: base.tombstones, and: gone, asOf: now, limits: limits)
        self.documents = DocumentList(documents: documents, tombstones: memory.tombstones)
        forgotten = memory.forgotten
        (added, changed, removed) = (found.added.sorted(), found.changed.sorted(), gone.map(\.path))
        self.unchecked = unchecked
        self.unseen = unseen
        changes = ChangeCounts(
            added: added.count, changed: changed.count, removed: removed.count,
            unchanged: documents.count - added.count - changed.count)
        bytes = documents.reduce(0) { $0 + $1.size }
        warnings = Self.words(found)
        self.validators = validators
        heldReason = MassDeletionBrake.reason(base: base, documents: self.documents, removed: removed.count)
        alike = MassDeletionBrake.alike(base: base, documents: self.documents, likenesses: found.likenesses)
    }

    /// Holds it back, unless something else does already.
    mutating func hold(_ reason: String) { heldReason = heldReason ?? reason }

    /// Whether a document, or a folder that it lies in, could not be looked at.
    private static func covers(_ skipped: Set<String>, _ path: String) -> Bool {
        guard !skipped.isEmpty else { return false }
        if skipped.contains("") || skipped.contains(path) { return true }
        return path.utf8.indices.contains { index in
            path.utf8[index] == UInt8(ascii: "/") && skipped.contains(String(path[..<index]))
        }
    }

    private static func words(_ found: StagingSink.Storage) -> [String] {
        var words = found.warnings.prefix(StagingSink.maximumWarnings).map { warning in
            warning.path.map { $0.isEmpty ? warning.message : "\($0): \(warning.message)" } ?? warning.message
        }
        let more = found.droppedWarnings + found.warnings.count - words.count
        if more > 0 { words.append("and \(more) more warnings") }
        return words
    }

    func result(_ outcome: TaskRecord.Outcome, revision: String?) -> TaskRecord.Result {
        TaskRecord.Result(outcome: outcome, revision: revision, changes: changes, bytes: bytes, warnings: warnings)
    }
}

/// Keeps a source that has gone wrong (an unmounted folder, a site of "not found" pages) from emptying a resource.
enum MassDeletionBrake {
    static let smallestResource = 10

    /// Why a new state must not be published without somebody's word; nil when it may be.
    static func reason(base: DocumentList, documents: DocumentList, removed: Int) -> String? {
        let count = base.documents.count
        guard count > 0 else { return nil }
        if documents.documents.isEmpty { return "it would remove all \(count) documents" }
        guard count >= smallestResource else { return nil }
        if removed * 2 > count { return "it would remove \(removed) of \(count) documents" }
        let identical = becomingEqual(base: base, documents: documents) { $0.digest }.count
        if identical * 2 > count {
            return "\(identical) of \(count) documents would become identical to one another"
        }
        return nil
    }

    /// The documents as they were that change and say the same afterwards, if they are most of a resource.
    static func alike(base: DocumentList, documents: DocumentList, likenesses: [String: Digest]) -> [StoredDocument] {
        guard base.documents.count >= smallestResource else { return [] }
        let alike = becomingEqual(base: base, documents: documents) { likenesses[$0.path] }
        return alike.count * 2 > base.documents.count ? alike : []
    }

    static func reason(alike: Int, of count: Int) -> String {
        "\(alike) of \(count) documents would become the same but for addresses and numbers in them, "
            + "as pages are that say \"not found\" or ask for a login"
    }

    /// The largest number of documents that change and are all the same afterwards, as they were.
    private static func becomingEqual(
        base: DocumentList, documents: DocumentList, by key: (StoredDocument) -> Digest?
    ) -> [StoredDocument] {
        var groups: [Digest: [StoredDocument]] = [:]
        for document in documents.documents where document.changedSequence == 0 {
            guard let old = base[document.path], old.digest != document.digest, let key = key(document) else {
                continue
            }
            groups[key, default: []].append(old)
        }
        return groups.values.max { $0.count < $1.count } ?? []
    }

    /// Whether a run's losses stay within those of a held one that somebody has accepted.
    static func accepts(_ held: TaskRecord.Result, _ staged: ChangeCounts) -> Bool {
        held.outcome == .held && staged.removed <= held.changes.removed && staged.changed <= held.changes.changed
    }
}
