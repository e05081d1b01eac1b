// SPDX-License-Identifier: Apache-2.0

/// Why a document is no XML that can be read.
package struct XMLError: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// It ends too early.
        case truncated
        /// It is not well-formed (XML 1.0), or its names make no sense (Namespaces in XML 1.0).
        case malformed
        /// It refers to an entity that only a DTD could define.
        case undefinedEntity
        /// Its bytes are not text in its encoding, or nobody knows that encoding.
        case encoding
        case limitExceeded
    }

    package let reason: Reason
    /// Where, in bytes from the beginning; for a document that was not in UTF-8, of what it is in UTF-8.
    package let offset: Int
    /// Words about the document as `it`.
    package let message: String

    package init(_ reason: Reason, at offset: Int, _ message: String) {
        self.reason = reason
        self.offset = offset
        self.message = message
    }
}

extension XMLError: CustomStringConvertible {
    package var description: String { "\(message) (at byte \(offset))" }
}
