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
        var (stored, method) = (bytes, BlobLocation.Method.plain)
        if isCompressible, bytes.count > 32 {
            let compressed = Deflate.compress(bytes, level: Self.compressionLevel, framing: .zlib)
            if compressed.count < bytes.count { (stored, method) = (compressed, .zlib) }
        }
        return try translatingErrors { () throws(SystemError) in
            // Only the place is taken under the lock: tasks write side by side.
            let (file, offset) = try output.withLock { output throws(SystemError) in
                let file = try open(&output)
                defer {
                    output.end += Int64(stored.count)
                    output.blobs += 1
                }
                return (file, output.end)
            }
            try file.write(stored, at: offset)
            return BlobLocation(pack: name, offset: offset, storedLength: Int64(stored.count), method: method)
        }
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
                blobs: blobs, listChecksum: Deflate.checksum(stored[...]))
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

    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: listOffset)
        bytes.append(littleEndian: storedListLength)
        bytes.append(littleEndian: listLength)
        bytes.append(littleEndian: blobs)
        bytes.append(littleEndian: listChecksum)
        bytes.append(littleEndian: Deflate.checksum(bytes[...]))
        return bytes + Self.magic + [0, 0, 0, 0]
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
            listChecksum: slice.littleEndian(UInt32.self, at: 32))
    }
}
