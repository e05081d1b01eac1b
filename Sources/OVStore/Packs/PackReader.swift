// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem
import Synchronization

/// Reads an open pack. A pack that is open stays readable even when a collection removes its name.
package final class PackReader: Sendable {
    private let name: String
    private let file: any OpenFile
    private let length: Int64
    /// What the footer says of piece tables, once somebody has asked.
    private let piecesAreKnown = Mutex<Bool?>(nil)

    /// - Throws: `SystemError` with `ENOENT` when there is no such pack.
    init(name: String, home: Home, files: any FileSystem) throws(SystemError) {
        self.name = name
        file = try files.open(home.pack(name), .read)
        length = try file.status().size
    }

    /// Why a pack cannot be used. The name of the file is the caller's to add.
    struct Fault: Error, Hashable, Sendable {
        let reason: String
    }

    func footer() throws -> PackFooter {
        let magic = try file.read(PackWriter.magic.count, at: 0)
        guard magic == PackWriter.magic else { throw Fault(reason: "it is not a pack") }
        guard length >= Int64(PackWriter.magic.count + PackFooter.length),
            let footer = PackFooter(try file.read(PackFooter.length, at: length - Int64(PackFooter.length)))
        else { throw Fault(reason: "its end does not check out") }
        return footer
    }

    /// - Parameter wanted: the paths of the documents that are to be kept; nil for all.
    func documentList(only wanted: Set<String>? = nil) throws -> EncodedDocumentList {
        guard let list = EncodedDocumentList(decoding: try documentListBytes(), in: name, only: wanted) else {
            throw Fault(reason: "its document list does not check out")
        }
        return list
    }

    /// The document list as it is written, verified by its checksum.
    func documentListBytes() throws -> [UInt8] {
        let footer = try footer()
        let room = UInt64(length) - UInt64(PackFooter.length)
        guard footer.listOffset <= room, footer.storedListLength == room - footer.listOffset,
            footer.listLength <= (footer.storedListLength + 1) * 1032
        else { throw Fault(reason: "its document list does not fit") }
        let stored = try file.read(Int(footer.storedListLength), at: Int64(footer.listOffset))
        guard Deflate.checksum(stored[...]) == footer.listChecksum,
            let text = Deflate.decompress(stored[...], length: Int(footer.listLength), framing: .zlib)
        else { throw Fault(reason: "its document list does not check out") }
        return text
    }

    /// The bytes of a document, verified against its length and digest.
    /// - Parameter byDigest: whether bytes whose own checksum (zlib's) is right are verified once more.
    func bytes(of document: StoredDocument, byDigest: Bool = true) throws -> [UInt8] {
        let blob = document.blob
        try checkPlace(of: document)
        let stored = try file.read(Int(blob.storedLength), at: blob.offset)
        let bytes: [UInt8]?
        var byDigest = byDigest
        switch blob.method {
        case .plain:
            bytes = stored
            byDigest = true
        case .zlib:
            bytes = Deflate.decompress(stored[...], length: Int(document.size), framing: .zlib)
        }
        guard let bytes, bytes.count == Int(document.size),
            !byDigest || Digest(of: bytes) == document.digest
        else {
            throw Fault(reason: "'\(document.path)' does not check out")
        }
        return bytes
    }

    private func checkPlace(of document: StoredDocument) throws(Fault) {
        let blob = document.blob
        guard blob.offset >= 0, blob.storedLength >= 0, blob.offset <= length, blob.storedLength <= length - blob.offset
        else { throw Fault(reason: "'\(document.path)' lies outside of it") }
        guard blob.method == .plain || document.size <= (blob.storedLength + 1) * 1032 else {
            throw Fault(reason: "'\(document.path)' claims an impossible length")
        }
    }
}

// MARK: - Parts

/// Bytes of a document from some place on.
package struct StoredPart: Hashable, Sendable {
    /// Where they stand in the document.
    package let range: Range<Int>
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8], from start: Int) {
        (range, self.bytes) = (start..<start + bytes.count, bytes)
    }

    package func covers(_ wanted: Range<Int>) -> Bool {
        range.lowerBound <= wanted.lowerBound && wanted.upperBound <= range.upperBound
    }

    /// - Parameter wanted: in the document, within `range`.
    package subscript(wanted: Range<Int>) -> ArraySlice<UInt8> {
        bytes[wanted.lowerBound - range.lowerBound..<wanted.upperBound - range.lowerBound]
    }
}

/// A part of a text in which lines of it stand.
package struct StoredLines: Hashable, Sendable {
    package let bytes: [UInt8]
    /// How many lines end before the part. It may begin within a line.
    package let linesBefore: Int
    /// How many lines have ended where the part ends. More of the next one may be in it.
    package let linesEnded: Int
    /// How many lines the whole text has.
    package let lineCount: Int
}

extension PackReader {
    /// Nil where the pack does not say where lines are, or that does not check out.
    func lines(_ lines: Range<Int>, of document: StoredDocument, room: Int?) throws -> StoredLines? {
        guard let table = try pieceTable(of: document), table.lineCount > lines.lowerBound, !lines.isEmpty else {
            return nil
        }
        let place = table.place(ofLines: lines.clamped(to: 0..<table.lineCount), room: room)
        guard place.bytes.count < document.size, let bytes = try bytes(of: document, place.bytes, table),
            table.agrees(with: place, bytes)
        else { return nil }
        return StoredLines(
            bytes: bytes, linesBefore: place.linesBefore, linesEnded: place.linesEnded, lineCount: table.lineCount)
    }

    /// A part of a document, verified by the checksums of the pieces it lies in. Where these are not known, or do not
    /// check out, all of the document, verified as `bytes` does.
    func part(of document: StoredDocument, _ range: Range<Int>, byDigest: Bool = true) throws -> StoredPart {
        guard range.lowerBound >= 0, range.upperBound <= document.size else {
            throw Fault(reason: "'\(document.path)' is shorter than it is said to be")
        }
        if range.count < document.size, let table = try pieceTable(of: document),
            let bytes = try bytes(of: document, range, table)
        {
            return StoredPart(bytes, from: range.lowerBound)
        }
        return StoredPart(try bytes(of: document, byDigest: byDigest), from: 0)
    }

    /// Where the pieces of a document are; nil when the pack does not say so, or what it says does not check out.
    func pieceTable(of document: StoredDocument) throws -> PieceTable? {
        try checkPlace(of: document)
        guard hasTable(document) else { return nil }
        let (size, end) = (Int(document.size), document.blob.offset + document.blob.storedLength)
        let bytes = try file.read(PieceTable.encodedLength(forSize: size), at: end)
        return PieceTable(
            decoding: bytes, size: size, storedLength: Int(document.blob.storedLength), stored: document.blob.method)
    }

    /// Whether every piece of a document that is said to have some is what stands there in the whole.
    /// - Parameter content: all of the document.
    func hasSoundPieces(_ document: StoredDocument, _ content: [UInt8]) throws -> Bool {
        guard hasTable(document) else { return true }
        guard let table = try pieceTable(of: document), table.size == content.count else { return false }
        for number in table.pieces.indices {
            let place = table.place(ofPiece: number)
            guard let piece = try bytes(of: document, place.bytes, table), piece[...] == content[place.bytes],
                table.agrees(with: place, piece)
            else { return false }
        }
        return true
    }

    /// Nil when a piece does not check out.
    private func bytes(of document: StoredDocument, _ range: Range<Int>, _ table: PieceTable) throws -> [UInt8]? {
        try table.text(range, stored: document.blob.method) { place in
            try file.read(place.count, at: document.blob.offset + Int64(place.lowerBound))
        }
    }

    private func hasTable(_ document: StoredDocument) -> Bool {
        guard PieceTable.isKept(forSize: document.size) else { return false }
        return piecesAreKnown.withLock { known in
            if let known { return known }
            let isSo = (try? footer())?.hasPieceTables == true
            known = isSo
            return isSo
        }
    }
}
