// SPDX-License-Identifier: Apache-2.0

import OVCore

/// A document of a revision: what it is, where its bytes lie, when it last changed.
package struct StoredDocument: Hashable, Sendable {
    package let path: String
    package let mediaType: String
    package let digest: Digest
    /// Bytes as they are read.
    package let size: Int64
    package let blob: BlobLocation
    /// The commit in which it last changed; zero while that is the one that publishes its revision.
    package var changedSequence: UInt64
    package let changedAt: Timestamp
    /// The commit since which there is something at its path without a break; zero as above.
    package var addedSequence: UInt64

    /// - Parameter addedSequence: nil when it has never changed since.
    package init(
        path: String, mediaType: String, digest: Digest, size: Int64, blob: BlobLocation, changedSequence: UInt64,
        changedAt: Timestamp, addedSequence: UInt64? = nil
    ) {
        self.path = path
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.blob = blob
        self.changedSequence = changedSequence
        self.changedAt = changedAt
        self.addedSequence = addedSequence ?? changedSequence
    }
}

/// Where the bytes of a document lie.
package struct BlobLocation: Hashable, Sendable {
    package enum Method: UInt8, Hashable, Sendable {
        case plain = 0
        case zlib = 1
    }

    package let pack: String
    package let offset: Int64
    package let storedLength: Int64
    package let method: Method

    package init(pack: String, offset: Int64, storedLength: Int64, method: Method) {
        self.pack = pack
        self.offset = offset
        self.storedLength = storedLength
        self.method = method
    }
}

/// A document that is gone, remembered for whoever asks what has changed.
package struct Tombstone: Hashable, Sendable {
    package let path: String
    /// The commit that removed it; zero while that is the one that publishes its revision.
    package var removedSequence: UInt64
    package let at: Timestamp
    /// The commit since which there was something at its path.
    package let addedSequence: UInt64

    /// The first commit of all, for what has been there longer than is known.
    package static let sinceEver: UInt64 = 1

    package init(path: String, removedSequence: UInt64, at: Timestamp, addedSequence: UInt64 = sinceEver) {
        self.path = path
        self.removedSequence = removedSequence
        self.at = at
        self.addedSequence = addedSequence
    }
}

/// The documents of a revision in the order of the bytes of their paths, and what was removed before it.
package struct DocumentList: Hashable, Sendable {
    package private(set) var documents: [StoredDocument]
    package private(set) var tombstones: [Tombstone]
    /// How many lists have to be read for this one: 1 for a whole one.
    package internal(set) var chainLength: Int

    package static let empty = DocumentList(documents: [], tombstones: [])

    /// - Parameter documents: in any order, each path once.
    package init(documents: [StoredDocument], tombstones: [Tombstone], chainLength: Int = 1) {
        self.documents = documents.sorted { Self.precedes($0.path, $1.path) }
        self.tombstones = tombstones.sorted { Self.precedes($0.path, $1.path) }
        self.chainLength = chainLength
    }

    static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    /// The document at a path, by binary search.
    package subscript(path: String) -> StoredDocument? {
        let index = lowerBound(path)
        guard index < documents.count, documents[index].path == path else { return nil }
        return documents[index]
    }

    /// All documents in a folder and below it.
    package func documents(below folder: String) -> ArraySlice<StoredDocument> {
        guard !folder.isEmpty else { return documents[...] }
        // '0' is the byte behind '/'.
        return documents[lowerBound(folder + "/")..<lowerBound(folder + "0")]
    }

    private func lowerBound(_ path: String) -> Int {
        var (low, high) = (0, documents.count)
        while low < high {
            let middle = (low + high) / 2
            if Self.precedes(documents[middle].path, path) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    package var bytes: Int64 { documents.reduce(0) { $0 + $1.size } }

    /// The packs in which these documents' bytes lie.
    package var blobPacks: Set<String> { Set(documents.lazy.map(\.blob.pack)) }

    /// Gives what this revision itself has changed the number of the commit that published it.
    func published(as sequence: UInt64) -> DocumentList {
        var list = self
        for index in list.documents.indices where list.documents[index].changedSequence == 0 {
            list.documents[index].changedSequence = sequence
        }
        for index in list.documents.indices where list.documents[index].addedSequence == 0 {
            list.documents[index].addedSequence = sequence
        }
        for index in list.tombstones.indices where list.tombstones[index].removedSequence == 0 {
            list.tombstones[index].removedSequence = sequence
        }
        return list
    }
}
