// SPDX-License-Identifier: Apache-2.0

/// What an archive says of one of its files before the file itself comes. Folders are no entries.
package struct ArchiveEntry: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case file
        /// Another name of an earlier file.
        case hardLink
        /// A file of which only parts are there.
        case sparseFile
        case symbolicLink, device, pipe, unknown
    }

    package let kind: Kind
    /// Canonical, see `DocumentPath`.
    package let path: String
    /// Whether the path is spelled as it is in the archive, or bytes had to be escaped.
    package let isExact: Bool
    /// As declared, in bytes.
    package let size: Int64
    /// When the file was last changed, in seconds since 1970; nil when the archive does not say.
    package let modified: Int64?
    /// What the archive says beyond that, of the records that its reader was told to keep.
    package let records: [String: String]
    /// Where in the archive its header is.
    package let offset: Int64
}

/// What comes out of a reader of archives.
package enum ArchiveItem: Sendable {
    /// The reader's `take` is called now, or it is skipped.
    case entry(ArchiveEntry)
    /// A file that was taken, whole.
    case file(ArchiveEntry, bytes: [UInt8])
    /// About an entry that was taken and cannot be had.
    case warning(FetchWarning)
}

extension ArchiveEntry.Kind {
    /// Whether the source has a document of that path, even if it cannot be had.
    var isDocument: Bool { self == .file || self == .hardLink || self == .sparseFile }

    /// One and many of them.
    var nouns: (one: String, many: String) {
        switch self {
        case .file: ("file", "files")
        case .hardLink: ("hard link", "hard links")
        case .sparseFile: ("sparse file", "sparse files")
        case .symbolicLink: ("symbolic link", "symbolic links")
        case .device: ("device", "devices")
        case .pipe: ("FIFO", "FIFOs")
        case .unknown: ("entry of an unknown type", "entries of unknown types")
        }
    }
}
