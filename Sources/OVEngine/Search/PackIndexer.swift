// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVSearch
import OVStore
import OVSystem
import Synchronization

/// Makes the index of a pack: reads what is in it and writes the words beside it, a segment at a time.
struct PackIndexer: Sendable {
    let store: Store
    let pack: String

    /// Packs with less than this are not worth a second thread.
    private static let sharedBytes: Int64 = 1 << 20
    /// Each makes a segment in memory.
    private static let maximumThreads = 2
    /// How much text is indexed in memory where no file can be written.
    private static let unwrittenBytes: Int64 = 64 << 20

    /// Indexes documents whose bytes lie in the pack, each blob once.
    /// - Returns: nil, or the segments in memory where the file could not be written.
    /// - Throws: what reading the pack throws; `UNAVAILABLE` when nothing can be written and it is large.
    func run(_ documents: [StoredDocument]) throws(OVError) -> [IndexSegment]? {
        var seen: Set<Int64> = []
        let unique = documents.filter { $0.blob.pack == pack && seen.insert($0.blob.offset).inserted }
            .sorted { $0.blob.offset < $1.blob.offset }
        do {
            try store.writeIndex(ofPack: pack) { output in
                try index(unique, into: IndexOutputFile { try output.append($0) })
            }
            return nil
        } catch let error as OVError {
            throw error
        } catch {
            // The file could not be written.
            guard unique.reduce(0, { $0 + $1.size }) <= Self.unwrittenBytes else {
                throw OVError(.unavailable, "cannot write a search index: \(error)")
            }
            // Nothing is lost but time: the next process tries again.
            let memory = Mutex<[UInt8]>([])
            try? index(unique, into: IndexOutputFile { bytes in memory.withLock { $0.append(contentsOf: bytes) } })
            return (try? MemoryIndex(memory.withLock { $0 }).segments()) ?? []
        }
    }

    private func index(_ documents: [StoredDocument], into output: IndexOutputFile) throws {
        try output.begin()
        try index(documents[...], into: output, threads: min(Self.maximumThreads, ThreadPool.processorCount))
        try output.finish()
    }

    /// Halves by bytes, side by side on as many threads as there are processors.
    private func index(_ documents: ArraySlice<StoredDocument>, into output: IndexOutputFile, threads: Int) throws {
        let bytes = documents.reduce(0) { $0 + $1.size }
        guard threads > 1, documents.count > 1, bytes >= Self.sharedBytes else {
            return try index(documents, into: output)
        }
        var (middle, half): (Int, Int64) = (documents.startIndex + 1, documents[documents.startIndex].size)
        while half < bytes / 2, middle < documents.endIndex - 1 {
            half += documents[middle].size
            middle += 1
        }
        let (left, right) = (documents[..<middle], documents[middle...])
        let results = sideBySide {
            Result { try index(left, into: output, threads: threads / 2) }
        } _: {
            Result { try index(right, into: output, threads: threads - threads / 2) }
        }
        try results.0.get()
        try results.1.get()
    }

    private func index(_ documents: ArraySlice<StoredDocument>, into output: IndexOutputFile) throws {
        var builder = IndexBuilder()
        var failure: (any Error)?
        try store.readAll(documents, ofPack: pack) { document, bytes in
            guard failure == nil else { return }
            builder.add(document, bytes, as: UInt64(document.blob.offset))
            guard builder.isFull else { return }
            do { try output.append(&builder) } catch { failure = error }
        }
        if let failure { throw failure }
        if !builder.isEmpty { try output.append(&builder) }
    }
}
