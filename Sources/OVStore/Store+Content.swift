// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem

/// Documents and their lists. Every call blocks and belongs on a thread that may; none takes a lock.
extension Store {
    /// The documents of a revision.
    /// - Throws: `UNAVAILABLE` when a pack is missing or damaged.
    package nonisolated func documents(of revision: Revision) throws(OVError) -> DocumentList {
        var encoded: [(list: EncodedDocumentList, sequence: UInt64)] = []
        try forEachList(of: revision) { list, sequence in
            encoded.append((list, sequence))
            return true
        }
        var list: DocumentList?
        for next in encoded.reversed() { list = next.list.resolved(against: list).published(as: next.sequence) }
        return list ?? .empty
    }

    /// The same, decoded no further than needed.
    package nonisolated func packedDocuments(of revision: Revision) throws(OVError) -> PackedDocumentList {
        var sources: [PackedDocumentList.Source] = []
        var (pack, sequence) = (revision.pack, revision.sequence)
        for _ in 0...EncodedDocumentList.maximumChainLength {
            let (bytes, base) = try read(pack) { reader in
                let bytes = try reader.documentListBytes()
                guard let base = EncodedDocumentList.base(in: bytes) else {
                    throw PackReader.Fault(reason: "its document list does not check out")
                }
                return (bytes, base)
            }
            sources.append(PackedDocumentList.Source(bytes: bytes, pack: pack, sequence: sequence))
            if let base { (pack, sequence) = (base.pack, base.sequence) } else { break }
        }
        do throws(MalformedBytes) {
            return try PackedDocumentList(sources.reversed())
        } catch {
            throw .damaged("packs/\(revision.pack).pack", "its document list does not check out")
        }
    }

    /// Calls `body` with a revision's list as it is written, then with those that it is a difference to, each with the
    /// commit that published it, until `body` answers false.
    /// - Parameter wanted: the paths of the documents that matter; nil for all. Asked anew for each list.
    nonisolated func forEachList(
        of revision: Revision, only wanted: () -> Set<String>? = { nil },
        _ body: (EncodedDocumentList, UInt64) throws(OVError) -> Bool
    ) throws(OVError) {
        var (pack, sequence) = (revision.pack, revision.sequence)
        for _ in 0...EncodedDocumentList.maximumChainLength {
            let paths = wanted()
            let list = try read(pack) { reader in try reader.documentList(only: paths) }
            guard try body(list, sequence), let base = list.base else { return }
            (pack, sequence) = (base.pack, base.sequence)
        }
        throw .damaged("packs/\(revision.pack).pack", "its document list is a difference to too many others")
    }

    /// The bytes of a document, verified.
    /// - Throws: `UNAVAILABLE` when they are missing or damaged.
    package nonisolated func bytes(of document: StoredDocument) throws(OVError) -> [UInt8] {
        try read(document.blob.pack) { reader in try reader.bytes(of: document) }
    }

    /// The same for who goes through many at a time: what has a checksum of its own is verified by that alone.
    package nonisolated func quickBytes(of document: StoredDocument) throws(OVError) -> [UInt8] {
        try read(document.blob.pack) { reader in try reader.bytes(of: document, byDigest: false) }
    }

    /// The same for who reads documents that mostly lie in the same pack, which stays open in between.
    package nonisolated func quickBytes(of document: StoredDocument, keeping open: inout OpenPack)
        throws(OVError) -> [UInt8]
    {
        try read(document.blob.pack, keeping: &open) { reader in try reader.bytes(of: document, byDigest: false) }
    }

    /// A part of a document or more of it, verified by the checksum of what is read.
    package nonisolated func quickPart(of document: StoredDocument, _ range: Range<Int>, keeping open: inout OpenPack)
        throws(OVError) -> StoredPart
    {
        try read(document.blob.pack, keeping: &open) { reader in
            try reader.part(of: document, range, byDigest: false)
        }
    }

    private nonisolated func read<Result>(
        _ pack: String, keeping open: inout OpenPack, _ body: (PackReader) throws -> Result
    ) throws(OVError) -> Result {
        if let reader = open.reader, open.name == pack { return try translatingFaults(of: pack) { try body(reader) } }
        let (reader, result) = try read(pack) { reader in (reader, try body(reader)) }
        open = OpenPack(name: pack, reader: reader)
        return result
    }

    /// Lines of a long document, without reading all of it.
    /// - Parameters:
    ///   - lines: from 0; what of them the document does not have is left out.
    ///   - room: how many bytes are wanted at most; nil for all.
    /// - Returns: nil for a document that is to be read whole.
    package nonisolated func lines(_ lines: Range<Int>, of document: StoredDocument, room: Int?) throws(OVError)
        -> StoredLines?
    {
        guard PieceTable.isKept(forSize: document.size) else { return nil }
        return try read(document.blob.pack) { reader in try reader.lines(lines, of: document, room: room) }
    }

    /// Opens a pack for a long read, which then cannot lose it to a collection.
    nonisolated func read<Result>(_ pack: String, _ body: (PackReader) throws -> Result) throws(OVError)
        -> Result
    {
        try translatingFaults(of: pack) { try body(try PackReader(name: pack, home: home, files: files)) }
    }

    private nonisolated func translatingFaults<Result>(of pack: String, _ body: () throws -> Result)
        throws(OVError) -> Result
    {
        do {
            return try body()
        } catch {
            switch error {
            case let fault as PackReader.Fault: throw .damaged("packs/\(pack).pack", fault.reason)
            case let error as SystemError where error.errno == ENOENT:
                throw OVError(
                    .unavailable, "the store is damaged: packs/\(pack).pack is missing",
                    hint: "`ov store check` tells what is lost, `ov store repair` keeps what is sound",
                    details: ["missing_pack": .string(pack)])
            case let error as SystemError: throw OVError(error)
            default: throw OVError(.internal, "cannot read pack \(pack): \(error)")
            }
        }
    }

    /// A pack for the new documents of a run.
    /// - Parameter number: counts the packs of the run from 1.
    package nonisolated func makePack(task: TaskID, number: Int = 1) -> PackWriter {
        PackWriter(name: PackName.make(task: task, number: number), home: home, files: files)
    }

    /// Writes a revision's document list into its pack and makes the pack durable. The revision is not published.
    /// - Parameter previous: the revision before and its documents, against which the list may be written.
    package nonisolated func finish(
        _ pack: PackWriter, _ list: DocumentList, after previous: (revision: Revision, list: DocumentList)?
    ) throws(OVError) -> SealedPack {
        let base = previous.map {
            (list: $0.list, base: EncodedDocumentList.Base(pack: $0.revision.pack, sequence: $0.revision.sequence))
        }
        let encoded = EncodedDocumentList(list, after: base)
        try pack.finish(encoded)
        // A difference needs the packs that its base's list lies in, too.
        let lists = encoded.base == nil ? [] : Set(previous?.revision.packs ?? [])
        return SealedPack(name: pack.name, needed: list.blobPacks.union(lists).union([pack.name]).sorted())
    }
}

/// A pack that is durable under its name.
package struct SealedPack: Hashable, Sendable {
    package let name: String
    /// The packs that reading its revision takes.
    package let needed: [String]
}

/// A pack that was read last.
package struct OpenPack {
    fileprivate var name = ""
    fileprivate var reader: PackReader?

    package init() {}

    fileprivate init(name: String, reader: PackReader) { (self.name, self.reader) = (name, reader) }
}
