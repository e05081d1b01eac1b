// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// Turns fetched bytes of some media types into what is kept of a document.
package protocol Converter: Sendable {
    /// Raised whenever the same bytes would give another document than before.
    var version: Int { get }

    /// - Returns: the converted document; nil when this converter is not for it.
    /// - Throws: `ConversionError` when it is but the bytes cannot be converted; they are then kept as they are.
    func convert(_ document: FetchedDocument, limits: Limits) throws(ConversionError) -> ConvertedDocument?
}

package struct ConversionError: Error, Hashable, Sendable {
    package let message: String

    package init(_ message: String) { self.message = message }
}

/// What is stored of a document.
package struct ConvertedDocument: Sendable {
    package let path: String
    /// Lower case, without parameters: `text/markdown`. Types of text are in UTF-8.
    package let mediaType: String
    package let bytes: [UInt8]
    package let validator: Validator?

    package init(path: String, mediaType: String, bytes: [UInt8], validator: Validator?) {
        self.path = path
        self.mediaType = mediaType
        self.bytes = bytes
        self.validator = validator
    }
}
