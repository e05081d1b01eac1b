// SPDX-License-Identifier: Apache-2.0

/// What was taken of an archive so far, held against its limits, and what there is to say of the rest.
struct ArchiveTally {
    private let limits: ArchiveLimits
    private var (files, bytes): (Int, Int64) = (0, 0)
    private var namesWarnedOf = 0
    var leftOut = LeftOutEntries()

    init(_ limits: ArchiveLimits) { self.limits = limits }

    /// - Parameter offset: how far the archive was read.
    /// - Throws: `limitExceeded`.
    mutating func count(_ entry: ArchiveEntry, at offset: Int64) throws(ArchiveError) {
        files += 1
        guard files <= limits.files else {
            throw ArchiveError(.limitExceeded, at: offset, "it has more than \(limits.files) documents")
        }
        guard entry.size <= limits.totalBytes - bytes else {
            throw ArchiveError(.limitExceeded, at: offset, "it has more than \(limits.totalBytes) bytes")
        }
        bytes += entry.size
    }

    /// - Returns: nil when there is nothing to say, or no room for it.
    mutating func warning(aboutNameOf entry: ArchiveEntry) -> FetchWarning? {
        guard !entry.isExact else { return nil }
        namesWarnedOf += 1
        guard namesWarnedOf <= limits.warnings else {
            leftOut.addUnshown()
            return nil
        }
        let message = "its name has bytes that no address can have; they are written %XX here"
        return FetchWarning(path: entry.path, message: message)
    }
}

extension FetchWarning {
    /// A document that is there and cannot be read; what there was of it before stays.
    /// - Parameter manner: how it is in the archive.
    static func unreadable(_ entry: ArchiveEntry, _ manner: String) -> FetchWarning {
        let message = "left out: it is in the archive \(manner), which cannot be read"
        return FetchWarning(path: entry.path, message: message, isUnchecked: true)
    }
}
