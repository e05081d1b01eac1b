// SPDX-License-Identifier: Apache-2.0

import OVCore

/// A document list as it stands in a pack: whole, or as a difference to another. FORMAT.md §4.
struct EncodedDocumentList: Sendable {
    /// The list that this one is a difference to.
    struct Base: Hashable, Sendable {
        let pack: String
        /// The commit that published it.
        let sequence: UInt64
    }

    var base: Base?
    var puts: [StoredDocument] = []
    var drops: [String] = []
    var tombstones: [Tombstone] = []

    static let maximumChainLength = 16

    /// The shortest way to write `list`, given the one before it.
    init(_ list: DocumentList, after previous: (list: DocumentList, base: Base)?) {
        tombstones = list.tombstones
        guard let previous, previous.list.chainLength < Self.maximumChainLength else {
            puts = list.documents
            return
        }
        let (puts, drops) = Self.difference(from: previous.list, to: list)
        if (puts.count + drops.count) * 4 < list.documents.count {
            base = previous.base
            (self.puts, self.drops) = (puts, drops)
        } else {
            self.puts = list.documents
        }
    }

    /// Both lists are sorted: one pass.
    private static func difference(from old: DocumentList, to new: DocumentList) -> ([StoredDocument], [String]) {
        var (puts, drops): ([StoredDocument], [String]) = ([], [])
        var rest = old.documents[...]
        for document in new.documents {
            while let first = rest.first, DocumentList.precedes(first.path, document.path) {
                drops.append(first.path)
                rest.removeFirst()
            }
            if let first = rest.first, first.path == document.path {
                if first != document { puts.append(document) }
                rest.removeFirst()
            } else {
                puts.append(document)
            }
        }
        return (puts, drops + rest.map(\.path))
    }

    /// The list that this is, given the one that it is a difference to.
    func resolved(against base: DocumentList?) -> DocumentList {
        guard let base else { return DocumentList(documents: puts, tombstones: tombstones) }
        var changed: [String: StoredDocument?] = [:]
        for document in puts { changed[document.path] = .some(document) }
        for path in drops { changed[path] = .some(nil) }
        var documents = base.documents.filter { changed[$0.path] == nil }
        documents.append(contentsOf: puts)
        return DocumentList(documents: documents, tombstones: tombstones, chainLength: base.chainLength + 1)
    }
}

// MARK: - Bytes

extension EncodedDocumentList {
    static let magic: UInt8 = 0x4C
    /// What is written. The first version did not say since when there is something at a path.
    static let version: UInt8 = 2

    /// - Parameter pack: the pack that the list is written to.
    func encoded(in pack: String) -> [UInt8] {
        var bytes = [Self.magic, Self.version]
        bytes.reserveCapacity(64 + 120 * (puts.count + tombstones.count))
        if let base {
            bytes.append(1)
            bytes.append(text: base.pack)
            bytes.append(number: base.sequence)
        } else {
            bytes.append(0)
        }
        let others = Set(puts.lazy.map(\.blob.pack)).subtracting([pack]).sorted()
        var numbers = [pack: UInt64(0)]
        bytes.append(number: UInt64(others.count))
        for (index, name) in others.enumerated() {
            numbers[name] = UInt64(index + 1)
            bytes.append(text: name)
        }
        bytes.append(number: UInt64(puts.count + drops.count))
        for document in puts { Self.append(document, pack: numbers[document.blob.pack] ?? 0, to: &bytes) }
        for path in drops {
            bytes.append(2)
            bytes.append(text: path)
        }
        bytes.append(number: UInt64(tombstones.count))
        for tombstone in tombstones {
            bytes.append(text: tombstone.path)
            bytes.append(number: tombstone.removedSequence)
            bytes.append(number: UInt64(max(0, tombstone.at.milliseconds)))
            bytes.append(number: tombstone.addedSequence)
        }
        return bytes
    }

    private static func append(_ document: StoredDocument, pack: UInt64, to bytes: inout [UInt8]) {
        bytes.append(1)
        bytes.append(text: document.path)
        bytes.append(text: document.mediaType)
        bytes.append(contentsOf: document.digest.bytes)
        bytes.append(number: UInt64(document.size))
        bytes.append(number: pack)
        bytes.append(number: UInt64(document.blob.offset))
        bytes.append(number: UInt64(document.blob.storedLength))
        bytes.append(document.blob.method.rawValue)
        bytes.append(number: document.changedSequence)
        bytes.append(number: UInt64(max(0, document.changedAt.milliseconds)))
        bytes.append(number: document.addedSequence)
    }

    /// - Parameter wanted: the paths of the documents that are to be kept; nil for all.
    /// - Returns: nil for bytes that are no list.
    init?(decoding bytes: [UInt8], in pack: String, only wanted: Set<String>? = nil) {
        var reader = BinaryReader(bytes)
        do {
            guard try reader.byte() == Self.magic else { return nil }
            let version = try reader.byte()
            guard (1...Self.version).contains(version) else { return nil }
            switch try reader.byte() {
            case 0: break
            case 1: base = Base(pack: try reader.packName(), sequence: try reader.number())
            default: return nil
            }
            var packs = [pack]
            for _ in 0..<(try reader.count()) { packs.append(try reader.packName()) }
            for _ in 0..<(try reader.count()) {
                try decodeEntry(&reader, packs, version: version, only: wanted)
            }
            for _ in 0..<(try reader.count()) {
                let (path, removed, at) = (try reader.text(), try reader.number(), try reader.timestamp())
                let added = version == 1 ? Tombstone.sinceEver : try reader.number()
                tombstones.append(Tombstone(path: path, removedSequence: removed, at: at, addedSequence: added))
            }
            guard reader.isAtEnd else { return nil }
        } catch {
            return nil
        }
    }

    /// What a list that is written is a difference to; nil within for a whole one.
    /// - Returns: nil for bytes that are no list.
    static func base(in bytes: [UInt8]) -> Base?? {
        var reader = BinaryReader(bytes)
        do throws(MalformedBytes) {
            guard try reader.byte() == magic, (1...version).contains(try reader.byte()) else { return nil }
            switch try reader.byte() {
            case 0: return .some(nil)
            case 1: return Base(pack: try reader.packName(), sequence: try reader.number())
            default: return nil
            }
        } catch {
            return nil
        }
    }

    private mutating func decodeEntry(
        _ reader: inout BinaryReader, _ packs: [String], version: UInt8, only wanted: Set<String>?
    ) throws(MalformedBytes) {
        let kind = try reader.byte()
        let path = try reader.text()
        let isWanted = wanted?.contains(path) ?? true
        switch kind {
        case 1 where isWanted: puts.append(try Self.document(path, &reader, packs, version: version))
        case 1: try Self.skipDocument(&reader, version: version)
        case 2: if isWanted { drops.append(path) }
        default: throw MalformedBytes()
        }
    }

    /// Passes over what stands behind a path.
    private static func skipDocument(_ reader: inout BinaryReader, version: UInt8) throws(MalformedBytes) {
        _ = try reader.bytes(try reader.count())
        _ = try reader.bytes(Digest.byteCount)
        for _ in 0..<4 { _ = try reader.number() }
        _ = try reader.byte()
        for _ in 0..<(version == 1 ? 2 : 3) { _ = try reader.number() }
    }

    static func document(
        _ path: String, _ reader: inout BinaryReader, _ packs: [String], version: UInt8
    ) throws(MalformedBytes) -> StoredDocument {
        let mediaType = try reader.text()
        guard let digest = Digest(bytes: try reader.bytes(Digest.byteCount)) else { throw MalformedBytes() }
        let (size, pack) = (try reader.length(), try reader.length())
        let (offset, stored) = (try reader.length(), try reader.length())
        guard pack < packs.count, let method = BlobLocation.Method(rawValue: try reader.byte()) else {
            throw MalformedBytes()
        }
        let (changed, at) = (try reader.number(), try reader.timestamp())
        return StoredDocument(
            path: path, mediaType: mediaType, digest: digest, size: size,
            blob: BlobLocation(pack: packs[Int(pack)], offset: offset, storedLength: stored, method: method),
            changedSequence: changed, changedAt: at,
            addedSequence: version == 1 ? Tombstone.sinceEver : try reader.number())
    }
}

extension DocumentList {
    /// The documents as they stand in a list, for who keeps a copy.
    /// - Parameter pack: the one that is named by nothing.
    package func encoded(in pack: String) -> [UInt8] {
        EncodedDocumentList(DocumentList(documents: documents, tombstones: []), after: nil).encoded(in: pack)
    }

    /// - Returns: nil for bytes that are no such copy.
    package init?(decoding bytes: [UInt8], in pack: String) {
        guard let list = EncodedDocumentList(decoding: bytes, in: pack), list.base == nil else { return nil }
        self = list.resolved(against: nil)
    }
}
