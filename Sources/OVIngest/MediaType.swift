// SPDX-License-Identifier: Apache-2.0

/// Media types of documents (RFC 6838).
package enum MediaType {
    package static let binary = "application/octet-stream"

    /// The type that a file's name suggests.
    package static func guess(fromName name: String) -> String { binary }
}
