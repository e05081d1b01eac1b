// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem
import Synchronization

/// Writes the pack of one run: blobs as they come, from any number of tasks, then the document list. FORMAT.md §3.
///
/// Nothing is created before the first blob, so a run that finds nothing new leaves nothing. Calls block.
package final class PackWriter: Sendable {
    static let magic: [UInt8] = Array("OVPACK1\n".utf8)
    /// Chosen by measuring: about as fast as the digest that every document needs anyway.
    private static let compressionLevel: Int32 = 3
    /// For long documents: makes good for what compressing them in pieces costs.
    private static let pieceCompressionLevel: Int32 = 4

    package let name: String
    private let home: Home
    private let files: any FileSystem
    private let output = Mutex(Output())

    private struct Output {
        var file: (any OpenFile)?
        var end = Int64(PackWriter.magic.count)
        var blobs: UInt64 = 0
    }

    init(name: String, home: Home, files: any FileSystem) {
        self.name = name
        self.home = home
        self.files = files
    }

    /// Stores the bytes of a document.
    /// - Parameter isCompressible: false for formats that are compressed already, to save the attempt.
    /// - Throws: `UNAVAILABLE` when they cannot be written.
    package func append(_ bytes: [UInt8], isCompressible: Bool) throws(OVError) -> BlobLocation {
        let blob = Self.packed(bytes, isCompressible: isCompressible)
        let length = Int64(blob.stored.count)
        return try translatingErrors { () throws(SystemError) in
            // Only the place is taken under the lock: tasks write side by side.
            let (file, offset) = try output.withLock { output throws(SystemError) in
                let file = try open(&output)
                defer {
                    output.end += length + Int64(blob.table.count)
                    output.blobs += 1
                }
                return (file, output.end)
            }
            try file.write(blob.stored, at: offset)
            if !blob.table.isEmpty { try file.write(blob.table, at: offset + length) }
            return BlobLocation(pack: name, offset: offset, storedLength: length, method: blob.method)
        }
    }

    /// A blob as it is stored, and the table of its pieces, which is empty for a short one.
    private static func packed(_ bytes: [UInt8], isCompressible: Bool)
        -> (stored: [UInt8], method: BlobLocation.Method, table: [UInt8])
    {
        let hasTable = PieceTable.isKept(forSize: Int64(bytes.count))
        if isCompressible, bytes.count > 32 {
            let (stream, ends) = Deflate.compress(
                bytes, level: hasTable ? pieceCompressionLevel : compressionLevel, framing: .zlib,
                restartingEvery: hasTable ? PieceTable.pieceLength : .max)
            if stream.count < bytes.count {
                return (stream, .zlib, hasTable ? PieceTable(of: bytes, stored: stream, ends: ends).encoded : [])
            }
        }
        guard hasTable else { return (bytes, .plain, []) }
        let starts = stride(from: 0, to: bytes.count, by: PieceTable.pieceLength)
        let ends = starts.map { min($0 + PieceTable.pieceLength, bytes.count) }
        return (bytes, .plain, PieceTable(of: bytes, stored: bytes, ends: ends).encoded)
    }

    private func open(_ output: inout Output) throws(SystemError) -> any OpenFile {
        if let file = output.file { return file }
        try files.createFolder(home.packs)
        let file = try files.open(home.unfinishedPack(name), .create)
        try file.write(Self.magic, at: 0)
        output.file = file
        return file
    }

    /// Writes the document list and makes the pack durable under its name. Nothing refers to it yet.
    func finish(_ list: EncodedDocumentList) throws(OVError) {
        let text = list.encoded(in: name)
        let stored = Deflate.compress(text, level: Self.compressionLevel, framing: .zlib)
        try translatingErrors { () throws(SystemError) in
            let (file, end, blobs) = try output.withLock { output throws(SystemError) in
                (try open(&output), output.end, output.blobs)
            }
            let footer = PackFooter(
                listOffset: UInt64(end), storedListLength: UInt64(stored.count), listLength: UInt64(text.count),
                blobs: blobs, listChecksum: Deflate.checksum(stored[...]), hasPieceTables: true)
            try file.write(stored + footer.encoded, at: end)
            try file.synchronize()
            try files.rename(home.unfinishedPack(name), to: home.pack(name))
            try files.synchronizeFolder(home.packs)
        }
    }

    /// Gives up: removes what was written so far. What cannot be removed now, the collection removes later.
    package func discard() {
        output.withLock { output in
            guard output.file != nil else { return }
            output.file = nil
            try? files.remove(home.unfinishedPack(name))
        }
    }
}

/// The last bytes of a pack, which say where its document list is.
struct PackFooter: Hashable, Sendable {
    static let length = 52
    private static let magic: [UInt8] = Array("OVPACKE\n".utf8)

    let listOffset: UInt64
    let storedListLength: UInt64
    let listLength: UInt64
    let blobs: UInt64
    let listChecksum: UInt32
    /// Whether long blobs are followed by tables of their pieces. Nothing but how they are read rests on it, so that it
    /// could be put where a zero was that no reader looked at.
    let hasPieceTables: Bool

    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: listOffset)
        bytes.append(littleEndian: storedListLength)
        bytes.append(littleEndian: listLength)
        bytes.append(littleEndian: blobs)
        bytes.append(littleEndian: listChecksum)
        bytes.append(littleEndian: Deflate.checksum(bytes[...]))
        return bytes + Self.magic + [hasPieceTables ? 1 : 0, 0, 0, 0]
    }
}

extension PackFooter {
    /// Nil unless the bytes are a footer, checksum included.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.length else { return nil }
        let slice = bytes[...]
        guard bytes[40..<48].elementsEqual(Self.magic),
            slice.littleEndian(UInt32.self, at: 36) == Deflate.checksum(slice.prefix(36))
        else { return nil }
        self.init(
            listOffset: slice.littleEndian(UInt64.self, at: 0),
            storedListLength: slice.littleEndian(UInt64.self, at: 8),
            listLength: slice.littleEndian(UInt64.self, at: 16), blobs: slice.littleEndian(UInt64.self, at: 24),
            listChecksum: slice.littleEndian(UInt32.self, at: 32),
            hasPieceTables: slice.littleEndian(UInt32.self, at: 48) == 1)
    }
}
