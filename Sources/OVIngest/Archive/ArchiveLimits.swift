// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// The bounds on an archive that is read. Everything in it was written by somebody else.
package struct ArchiveLimits: Hashable, Sendable {
    /// Files that are taken.
    package var files: Int
    /// Headers of every kind: also of folders, of links, and those that only describe the next one.
    package var entries: Int
    /// Bytes of one file; a larger one is left out with a warning.
    package var fileBytes: Int64
    /// Bytes of all files that are taken.
    package var totalBytes: Int64
    /// Bytes of the archive itself, with what is skipped and what is between the files.
    package var archiveBytes: Int64
    /// Bytes that describe one file: its long name, its extended header.
    package var metadataBytes = 1 << 20
    /// Bytes of the list of files that stands in an archive by itself.
    package var directoryBytes: Int64 = 128 << 20
    /// How many times as large as the archive what comes out of it may be.
    package var ratio: Int64
    /// Warnings about single files, beyond those that keep a document from being dropped.
    package var warnings = 200

    /// What an ingest under these limits may read.
    ///
    /// What is skipped costs time and nothing else, so there may be more of it than of what is taken.
    package init(_ limits: Limits) {
        files = limits.documentsPerIngest
        entries = Self.allowance(files, times: 4, plus: 1000)
        fileBytes = limits.documentBytes
        totalBytes = limits.bytesPerIngest
        archiveBytes = Self.allowance(totalBytes, times: 4, plus: 64 << 20)
        ratio = Int64(limits.archiveRatio)
    }

    /// The same for an archive that came out of one of which so much was taken that this is left.
    func narrowed(files: Int, bytes: Int64) -> ArchiveLimits {
        var narrow = self
        narrow.files = max(0, files)
        narrow.totalBytes = max(0, bytes)
        return narrow
    }

    /// How many bytes may come out of an archive of `size` bytes. Small ones may well be mostly filler.
    func unpackedBytes(ofArchive size: Int64) -> Int64 {
        max(1 << 20, Self.allowance(size, times: ratio, plus: 0))
    }

    private static func allowance<Number: FixedWidthInteger>(_ base: Number, times: Number, plus: Number) -> Number {
        let (product, isTooLarge) = base.multipliedReportingOverflow(by: times)
        let (sum, overflows) = product.addingReportingOverflow(plus)
        return isTooLarge || overflows ? .max : sum
    }
}
