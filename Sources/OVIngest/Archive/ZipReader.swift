// SPDX-License-Identifier: Apache-2.0

internal import OVSystem

/// Reads a zip archive (PKWARE's APPNOTE 6.3) that lies there as a whole: what it has, by its list at the end, and the
/// content of any of its files at any time. It holds the archive to what that list says.
///
/// In memory are the list and one file. Calls block.
package struct ZipReader {
    /// Its files, and what else is not a folder, in the order of the list.
    package let members: [ZipMember]
    /// What no address has room for.
    let longPaths: Int

    private let file: ArchiveBytes
    private let directoryStart: Int64

    private static let localHeaderSize = 30
    /// How much of a packed file is read at a time.
    private static let pieceSize = 256 << 10

    /// - Throws: `ArchiveError`, `SystemError`.
    package init(_ file: ArchiveBytes, limits: ArchiveLimits) throws {
        let size = try file.size
        guard size <= limits.archiveBytes else {
            throw ArchiveError(.limitExceeded, at: 0, "it has \(size) bytes, and may have \(limits.archiveBytes)")
        }
        let directory = try ZipDirectory(of: file, size: size)
        guard directory.size <= limits.directoryBytes else {
            throw ArchiveError(
                .limitExceeded, at: directory.start, "its list of files has more than \(limits.directoryBytes) bytes")
        }
        let list = try file.read(Int(directory.size), at: directory.start)
        (members, longPaths) = try Self.members(of: list[...], directory, limits)
        try Self.checkPlaces(members, before: directory.start)
        self.file = file
        directoryStart = directory.start
    }

    private static func members(of list: ArraySlice<UInt8>, _ directory: ZipDirectory, _ limits: ArchiveLimits)
        throws(ArchiveError) -> ([ZipMember], longPaths: Int)
    {
        var (list, count, longPaths) = (list, UInt64(0), 0)
        var (members, paths): ([ZipMember], ArchivePaths) = ([], ArchivePaths())
        while !list.isEmpty {
            let place = directory.start + Int64(list.startIndex)
            let header = try ZipHeader(list, at: place)
            list = list.dropFirst(header.size)
            count += 1
            guard count <= limits.entries else {
                throw ArchiveError(.limitExceeded, at: place, "it has more than \(limits.entries) entries")
            }
            if header.isEncrypted {
                let name = ForeignText.line(header.path, atMost: 200)
                throw ArchiveError(.unsupported, at: place, "it is encrypted ('\(name)')")
            }
            if header.isFolder {
                _ = try ArchivePaths.place(of: header.path, at: place)
            } else if let member = try ZipMember(header, base: directory.base) {
                if member.entry.kind.isDocument { try paths.claim(member.entry.path, at: place) }
                members.append(member)
            } else {
                longPaths += 1
            }
        }
        guard directory.isCountExact ? count == directory.count : count & 0xFFFF == directory.count else {
            throw ArchiveError(
                .damaged, at: directory.start, "it says that it has \(directory.count) entries, and lists \(count)")
        }
        return (members, longPaths)
    }

    /// No file lies in another one, so that no byte of the archive is unpacked twice.
    private static func checkPlaces(_ members: [ZipMember], before directoryStart: Int64) throws(ArchiveError) {
        var end: Int64 = 0
        for member in members.sorted(by: { $0.entry.offset < $1.entry.offset }) {
            let start = member.entry.offset
            let size = Int64(localHeaderSize + member.nameSize)
            guard start >= end, start <= directoryStart - size, member.packedSize <= directoryStart - size - start
            else {
                throw ArchiveError(
                    .damaged, at: start, "'\(member.entry.path.prefix(200))' lies where something else is")
            }
            end = start + size + member.packedSize
        }
    }

    /// Reads one of its files.
    /// - Precondition: its size is one that there is memory for, and its method can be read.
    /// - Throws: `ArchiveError`, `SystemError`.
    package func content(of member: ZipMember) throws -> [UInt8] {
        let start = try contentStart(of: member)
        let bytes =
            member.method == 0 ? try stored(member, at: start) : try deflated(member, at: start)
        guard bytes.count == member.entry.size, ZipMember.crc(bytes) == member.checksum else {
            throw damaged(member, "has other content than was packed")
        }
        return bytes
    }

    /// Compares what stands before the content with the list.
    private func contentStart(of member: ZipMember) throws -> Int64 {
        let place = member.entry.offset
        let header = try file.read(Self.localHeaderSize + member.nameSize, at: place)
        guard header.count == Self.localHeaderSize + member.nameSize, header.starts(with: [0x50, 0x4B, 3, 4]) else {
            throw damaged(member, "is not where the list has it")
        }
        let fields = LittleEndianFields(header[...])
        guard fields.uint16(8) == member.method, fields.uint16(6) & 0x2041 == member.flags & 0x2041,
            Int(fields.uint16(26)) == member.nameSize,
            ZipMember.crc(header[Self.localHeaderSize...]) == member.nameChecksum
        else { throw damaged(member, "is described in two ways") }
        // Otherwise the numbers come behind the content, and the list has them.
        if fields.uint16(6) & 8 == 0 {
            let (packed, size) = (fields.uint32(18), fields.uint32(22))
            guard fields.uint32(14) == member.checksum, packed == .max || Int64(packed) == member.packedSize,
                size == .max || Int64(size) == member.entry.size
            else { throw damaged(member, "is described in two ways") }
        }
        let start = place + Int64(header.count) + Int64(fields.uint16(28))
        guard start <= directoryStart, member.packedSize <= directoryStart - start else {
            throw damaged(member, "reaches into the list of files")
        }
        return start
    }

    private func stored(_ member: ZipMember, at start: Int64) throws -> [UInt8] {
        guard member.packedSize == member.entry.size else { throw damaged(member, "is described in two ways") }
        return try file.read(Int(member.entry.size), at: start)
    }

    private func deflated(_ member: ZipMember, at start: Int64) throws -> [UInt8] {
        let inflater = Inflater(.bare, limit: Int(member.entry.size))
        var done: Int64 = 0
        do {
            while done < member.packedSize {
                let piece = try file.read(Int(min(Int64(Self.pieceSize), member.packedSize - done)), at: start + done)
                guard !piece.isEmpty else { break }
                try inflater.append(piece)
                done += Int64(piece.count)
            }
        } catch is Inflater.Failure {
            throw damaged(member, "cannot be unpacked to what it was")
        }
        guard inflater.isComplete else { throw damaged(member, "cannot be unpacked to what it was") }
        return inflater.takeOutput()
    }

    private func damaged(_ member: ZipMember, _ words: String) -> ArchiveError {
        ArchiveError(.damaged, at: member.entry.offset, "'\(member.entry.path.prefix(200))' \(words)")
    }
}
