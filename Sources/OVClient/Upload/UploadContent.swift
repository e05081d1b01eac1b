// SPDX-License-Identifier: Apache-2.0

import Glibc
internal import OVCore
internal import OVSystem

/// Reads a file, or a folder as a tar archive, a piece at a time. Blocks.
struct UploadContent {
    private static let pieceLength = 128 << 10
    private static let namesPerFolder = 200_000
    private static let deepest = 100
    /// What version control keeps for itself; no server ingests it.
    private static let internals: Set<String> = [".git", ".hg", ".svn", ".bzr", ".jj", "CVS", "_darcs"]

    private let isFolder: Bool
    private let left: Set<String>
    /// Folders that are being read, each with its listing and the next entry.
    private var folders: [(descriptor: Descriptor, path: String, listing: FolderListing, next: Int)] = []
    private var file: (descriptor: Descriptor, offset: Int64, entry: TarEntry?)?
    private var isOver = false

    /// - Parameter ignored: names of folders that are left out.
    /// - Throws: `SystemError`.
    init(of source: LocalSource, ignoring ignored: [String]) throws(SystemError) {
        isFolder = source.isFolder
        left = Self.internals.union(ignored)
        if source.isFolder {
            try enter(Descriptor(opening: source.path, O_RDONLY | O_DIRECTORY), at: "")
        } else {
            file = (try Descriptor(opening: source.path, O_RDONLY | O_NONBLOCK), 0, nil)
        }
    }

    /// The next bytes; nil when it is over.
    /// - Throws: `SystemError`, also for a file that has become shorter while it was read.
    mutating func next() throws(SystemError) -> [UInt8]? {
        while !isOver {
            if let piece = try nextOfFile() { return piece }
            guard isFolder else {
                isOver = true
                return nil
            }
            if let header = try nextEntry() { return header }
            isOver = true
            return TarEntry.end
        }
        return nil
    }

    private mutating func nextOfFile() throws(SystemError) -> [UInt8]? {
        guard let (descriptor, offset, entry) = file else { return nil }
        let wanted = entry.map { Int(min($0.size - offset, Int64(Self.pieceLength))) } ?? Self.pieceLength
        let piece = wanted > 0 ? try descriptor.read(wanted, at: offset) : []
        if let entry {
            // The header has said how much comes.
            guard piece.count == wanted else {
                throw SystemError(errno: ESTALE, operation: "read", path: descriptor.path)
            }
            let end = offset + Int64(piece.count)
            file = end == entry.size ? nil : (descriptor, end, entry)
            let padded = end == entry.size ? piece + entry.padding : piece
            return padded.isEmpty ? nil : padded
        }
        file = piece.isEmpty ? nil : (descriptor, offset + Int64(piece.count), nil)
        return piece.isEmpty ? nil : piece
    }

    /// Goes on to the next file.
    /// - Returns: its header; nil when there is none.
    private mutating func nextEntry() throws(SystemError) -> [UInt8]? {
        while let folder = folders.last {
            guard folder.next < folder.listing.entries.count else {
                folders.removeLast()
                continue
            }
            folders[folders.count - 1].next += 1
            let entry = folder.listing.entries[folder.next]
            let bytes = folder.listing.name(of: entry)
            // Links may lead anywhere, and a name that is no text has no address.
            guard let name = String(validating: bytes, as: UTF8.self), !left.contains(name) else { continue }
            let status = try folder.listing.status(of: entry, in: folder.descriptor)
            let path = folder.path.isEmpty ? name : folder.path + "/" + name
            let spelled = bytes.map { CChar(bitPattern: $0) }
            switch status.kind {
            case .folder where folders.count < Self.deepest:
                try enter(
                    Descriptor(opening: spelled, in: folder.descriptor, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), at: path)
            case .file:
                let descriptor = try Descriptor(
                    opening: spelled, in: folder.descriptor, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
                let entry = TarEntry(path: path, size: try descriptor.status().size)
                file = (descriptor, 0, entry)
                return entry.header
            default: continue
            }
        }
        return nil
    }

    private mutating func enter(_ folder: Descriptor, at path: String) throws(SystemError) {
        folders.append((folder, path, try FolderListing(of: folder, atMost: Self.namesPerFolder), 0))
    }
}
