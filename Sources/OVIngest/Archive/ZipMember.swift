// SPDX-License-Identifier: Apache-2.0

import CZlib
internal import OVCore

/// A file in a zip archive, as the archive's list has it (APPNOTE 4.3.12).
package struct ZipMember: Hashable, Sendable {
    package let entry: ArchiveEntry
    let method: UInt16
    let flags: UInt16
    /// CRC-32 of the content.
    let checksum: UInt32
    /// Bytes of the content as it lies in the archive.
    let packedSize: Int64
    /// Of the name as it stands there, to compare it with the one before the content.
    let nameSize: Int
    let nameChecksum: UInt32

    static let headerSize = 46

    /// What a method other than stored and deflated is called.
    var methodName: String {
        switch method {
        case 1: "shrunk"
        case 2...5: "reduced"
        case 6: "imploded"
        case 9: "packed with Deflate64"
        case 12: "packed with bzip2"
        case 14: "packed with LZMA"
        case 93: "packed with Zstandard"
        case 95: "packed with xz"
        case 98: "packed with PPMd"
        default: "packed by method \(method)"
        }
    }

    /// Whether its content can be had, whatever it is packed with.
    package var isReadable: Bool { (method == 0 || method == 8) && flags & 0x20 == 0 }
}

extension ZipMember {
    /// Makes sense of a header.
    /// - Returns: nil when its path fits no address.
    /// - Throws: `damaged`, `unsafePath`.
    init?(_ header: ZipHeader, base: Int64) throws(ArchiveError) {
        let fields = header.fields
        // `C:/` is the root of a disk where it was written.
        let path = header.path
        if path.count > 1, path[1] == UInt8(ascii: ":"), path.count == 2 || path[2] == UInt8(ascii: "/") {
            let shown = ForeignText.line(path, atMost: 200)
            throw ArchiveError(.unsafePath, at: header.place, "it has a file called '\(shown)', which is absolute")
        }
        let place: (path: String, isExact: Bool)
        switch try ArchivePaths.place(of: path, at: header.place) {
        case .root: throw ArchiveError(.unsafePath, at: header.place, "it has a file in the place of its top folder")
        case .tooLong: return nil
        case .path(let path, let isExact): place = (path, isExact)
        }
        var large = header.extra.largeNumbers[...]
        func number(_ field: UInt32) throws(ArchiveError) -> Int64 {
            guard field == .max else { return Int64(field) }
            // Without a larger number in its place it is one itself.
            guard header.extra.hasLargeNumbers else { return Int64(field) }
            guard let value = large.popFirst().flatMap({ Int64(exactly: $0) }) else {
                throw ArchiveError(.damaged, at: header.place, "it has a file with an impossible size")
            }
            return value
        }
        let size = try number(fields.uint32(24))
        packedSize = try number(fields.uint32(20))
        let (offset, overflows) = try number(fields.uint32(42)).addingReportingOverflow(base)
        guard !overflows else {
            throw ArchiveError(.damaged, at: header.place, "it has a file in an impossible place")
        }
        entry = ArchiveEntry(
            kind: header.kind, path: place.path, isExact: place.isExact, size: size,
            modified: header.extra.modified, records: [:], offset: offset)
        (flags, method, checksum) = (fields.uint16(8), fields.uint16(10), fields.uint32(16))
        (nameSize, nameChecksum) = (header.name.count, Self.crc(header.name))
    }

    static func crc(_ bytes: some Collection<UInt8>) -> UInt32 {
        let start = crc32(0, nil, 0)
        let sum = bytes.withContiguousStorageIfAvailable { buffer in
            // zlib counts in 32 bits; what is checked here is a document at most.
            crc32(start, buffer.baseAddress, UInt32(buffer.count))
        }
        return UInt32(truncatingIfNeeded: sum ?? start)
    }
}
