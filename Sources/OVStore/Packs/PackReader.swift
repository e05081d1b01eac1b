// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem

/// Reads an open pack. A pack that is open stays readable even when a collection removes its name.
package final class PackReader: Sendable {
    private let name: String
    private let file: any OpenFile
    private let length: Int64

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
        guard blob.offset >= 0, blob.storedLength >= 0, blob.offset <= length, blob.storedLength <= length - blob.offset
        else { throw Fault(reason: "'\(document.path)' lies outside of it") }
        let stored = try file.read(Int(blob.storedLength), at: blob.offset)
        let bytes: [UInt8]?
        var byDigest = byDigest
        switch blob.method {
        case .plain:
            bytes = stored
            byDigest = true
        case .zlib:
            guard document.size <= (blob.storedLength + 1) * 1032 else {
                throw Fault(reason: "'\(document.path)' claims an impossible length")
            }
            bytes = Deflate.decompress(stored[...], length: Int(document.size), framing: .zlib)
        }
        guard let bytes, bytes.count == Int(document.size),
            !byDigest || Digest(of: bytes) == document.digest
        else {
            throw Fault(reason: "'\(document.path)' does not check out")
        }
        return bytes
    }
}
