// SPDX-License-Identifier: Apache-2.0

/// Why an archive cannot be read to its end. What came out of it before is not to be used.
package struct ArchiveError: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// Not an archive of this format at all.
        case foreign
        /// It was one, and something in it is not as it was written.
        case damaged
        /// It ends too early.
        case truncated
        /// It names a place outside of itself, or none.
        case unsafePath
        /// It has two files of one path.
        case repeatedPath
        case limitExceeded
        /// It may well be whole, and is written in a way that cannot be read: encrypted, in several parts.
        case unsupported
    }

    package let reason: Reason
    /// Where in the archive, in bytes from its beginning.
    package let offset: Int64
    /// Words about the archive as `it`.
    package let message: String

    package init(_ reason: Reason, at offset: Int64, _ message: String) {
        self.reason = reason
        self.offset = offset
        self.message = message
    }
}

extension ArchiveError: CustomStringConvertible {
    package var description: String { "\(message) (at byte \(offset))" }
}
