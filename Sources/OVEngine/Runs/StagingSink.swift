// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVStore
import Synchronization

/// Collects what a run finds, compares it with the current revision, and stores what is new.
///
/// Called from many tasks at once, on threads that may block; digest, compression and writing happen in the caller's.
final class StagingSink: ConvertedSink {
    /// The current revision's documents.
    private let base: DocumentList
    private let baseIndex: [String: Int]
    private let pack: PackWriter?
    private let now: Timestamp
    private let limits: Limits
    private let report: @Sendable (TaskRecord.Progress) -> Void
    private let storage: Mutex<Storage>

    struct Storage {
        /// Documents of the new state, those that are as they were included.
        var documents: [StoredDocument] = []
        /// By index in the base: whether the source still has it.
        var seen: [Bool]
        var added: [String] = []
        var changed: [String] = []
        /// Where bytes lie that need not be stored again: those of the base once something is new, and new ones.
        var blobs: [Digest: BlobLocation]?
        var validators: [String: ValidatorCache.Entry] = [:]
        /// Of the documents that have changed.
        var likenesses: [String: Digest] = [:]
        var warnings: [FetchWarning] = []
        var droppedWarnings = 0
        var bytes: Int64 = 0
        var expected: Int?
    }

    static let maximumWarnings = 100

    /// - Parameter pack: where new documents go; nil to find out only what would change.
    init(
        base: DocumentList, pack: PackWriter?, now: Timestamp, limits: Limits,
        report: @escaping @Sendable (TaskRecord.Progress) -> Void
    ) {
        self.base = base
        self.pack = pack
        self.now = now
        self.limits = limits
        self.report = report
        baseIndex = Dictionary(
            zip(base.documents.lazy.map(\.path), base.documents.indices), uniquingKeysWith: { first, _ in first })
        storage = Mutex(Storage(seen: Array(repeating: false, count: base.documents.count)))
    }

    /// What was found, once the fetcher is done.
    var result: Storage { storage.withLock { $0 } }

    func keep(_ documents: [KeptDocument]) async throws {
        let progress = try storage.withLock { storage in
            for kept in documents {
                guard let index = baseIndex[kept.path] else {
                    throw OVError(.internal, "a fetcher keeps '\(kept.path)', which the revision does not have")
                }
                let document = base.documents[index]
                note(document, at: index, in: &storage)
                storage.validators[kept.path] = ValidatorCache.Entry(
                    validator: kept.validator.text, digest: document.digest)
            }
            try checkLimits(storage)
            return Self.progress(of: storage)
        }
        report(progress)
    }

    func store(_ document: ConvertedDocument) async throws {
        let digest = Digest(of: document.bytes)
        let index = baseIndex[document.path]
        let old = index.map { base.documents[$0] }
        let isSame = old.map { $0.digest == digest && $0.mediaType == document.mediaType } ?? false
        let blob = isSame ? old?.blob : try locate(document, digest)
        let likeness =
            isSame || index == nil
            ? nil : Likeness.digest(of: document.bytes, type: document.mediaType, path: document.path)
        let progress = try storage.withLock { storage in
            if let likeness { storage.likenesses[document.path] = likeness }
            if isSame, let old, let index {
                note(old, at: index, in: &storage)
            } else {
                note(
                    StoredDocument(
                        path: document.path, mediaType: document.mediaType, digest: digest,
                        size: Int64(document.bytes.count), blob: blob ?? .nowhere, changedSequence: 0, changedAt: now,
                        addedSequence: old?.addedSequence),
                    at: index, in: &storage)
                if index == nil { storage.added.append(document.path) } else { storage.changed.append(document.path) }
            }
            if let validator = document.validator {
                storage.validators[document.path] = ValidatorCache.Entry(validator: validator.text, digest: digest)
            }
            try checkLimits(storage)
            return Self.progress(of: storage)
        }
        report(progress)
    }

    /// Where the bytes are, or are put now: a document that was renamed or copied is stored once.
    private func locate(_ document: ConvertedDocument, _ digest: Digest) throws(OVError) -> BlobLocation? {
        let known = storage.withLock { storage in
            // Most runs find nothing new, and then nobody needs this.
            let blobs = storage.blobs ?? baseBlobs
            storage.blobs = blobs
            return blobs[digest]
        }
        if let known { return known }
        guard let pack else { return nil }
        let blob = try pack.append(document.bytes, isCompressible: MediaType.isCompressible(document.mediaType))
        storage.withLock { $0.blobs?[digest] = blob }
        return blob
    }

    private var baseBlobs: [Digest: BlobLocation] {
        Dictionary(base.documents.lazy.map { ($0.digest, $0.blob) }, uniquingKeysWith: { first, _ in first })
    }

    private func note(_ document: StoredDocument, at index: Int?, in storage: inout Storage) {
        if let index { storage.seen[index] = true }
        storage.documents.append(document)
        storage.bytes += document.size
    }

    private func checkLimits(_ storage: borrowing Storage) throws {
        if storage.documents.count > limits.documentsPerIngest {
            throw FetchError.permanent(
                cause: "limit_exceeded", "it has more than \(limits.documentsPerIngest) documents",
                hint: "narrow it with --include and --exclude, or raise `documents_per_ingest` in config.json")
        }
        if storage.bytes > limits.bytesPerIngest {
            throw FetchError.permanent(
                cause: "limit_exceeded", "it has more than \(limits.bytesPerIngest) bytes",
                hint: "narrow it with --include and --exclude, or raise `bytes_per_ingest` in config.json")
        }
    }

    private static func progress(of storage: borrowing Storage) -> TaskRecord.Progress {
        TaskRecord.Progress(
            documents: storage.documents.count, bytes: storage.bytes, totalDocuments: storage.expected)
    }

    func warn(_ warning: FetchWarning) async {
        storage.withLock { storage in
            // What was not looked at has to be known in any case; words are bounded.
            if storage.warnings.count < Self.maximumWarnings || warning.isUnchecked {
                storage.warnings.append(warning)
            } else {
                storage.droppedWarnings += 1
            }
        }
    }

    func expect(documents: Int) async {
        let progress = storage.withLock { storage in
            storage.expected = documents
            return Self.progress(of: storage)
        }
        report(progress)
    }
}

extension BlobLocation {
    /// Of a document that is only counted, not stored.
    fileprivate static let nowhere = BlobLocation(pack: "", offset: 0, storedLength: 0, method: .plain)
}
