// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// Turns fetched bytes of some media types into what is kept of a document.
package protocol Converter: Sendable {
    /// Raised whenever the same bytes would give another document than before.
    var version: Int { get }

    /// What one run uses: a converter that depends on programs of this machine looks for them once, here. Blocks.
    func prepared() -> any Converter

    /// May block, or wait for a program. One that computes only is best written without `async`.
    /// - Returns: the converted document; nil when this converter is not for it.
    /// - Throws: `ConversionError` when it is but the bytes cannot be converted; they are then kept as they are.
    ///   `CancellationError`. Untyped, because an `async` function that mixes typed and untyped errors does not get
    ///   through the optimizer of Swift 6.3.
    func convert(_ document: FetchedDocument, limits: Limits) async throws -> ConvertedDocument?
}

extension Converter {
    package func prepared() -> any Converter { self }
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
    /// Something that the user should know; a run sums it up over all documents.
    package let remark: ConversionRemark?

    package init(
        path: String, mediaType: String, bytes: [UInt8], validator: Validator?, remark: ConversionRemark? = nil
    ) {
        self.path = path
        self.mediaType = mediaType
        self.bytes = bytes
        self.validator = validator
        self.remark = remark
    }
}

extension ConvertedDocument {
    /// The bytes as they are, under the type that was declared or that the name suggests, if that can be.
    static func asIs(_ document: FetchedDocument, remark: ConversionRemark? = nil) -> ConvertedDocument {
        let type = document.mediaType
        // A `.txt` full of zeros, or in a charset that nobody knows: what is called text can be read as UTF-8.
        let isReadable = !MediaType.isText(type) || UTF8Validity(of: document.bytes) != .invalid
        return ConvertedDocument(
            path: document.path, mediaType: isReadable ? type : MediaType.binary, bytes: document.bytes,
            validator: document.validator, remark: remark)
    }

    /// A text of the same type whose lines were too long to be read, in others.
    /// - Parameters:
    ///   - isWanted: by how long its lines are.
    ///   - layOut: the text in lines, of so many bytes at most; nil where it cannot be laid out.
    /// - Returns: nil for a document that stays as it is.
    /// - Throws: `ConversionError` for what is no text.
    static func laidOut(
        _ document: FetchedDocument, limits: Limits, if isWanted: (LineLengths) -> Bool,
        _ layOut: ([UInt8], Int) -> [UInt8]?
    ) throws(ConversionError) -> ConvertedDocument? {
        let type = document.mediaType
        guard let text = try DecodedText(document, mediaType: type, isCertain: true, limits: limits),
            isWanted(LineLengths(of: text.bytes)),
            let lines = layOut(text.bytes, Int(clamping: limits.documentBytes))
        else { return nil }
        return ConvertedDocument(
            path: document.path, mediaType: type, bytes: lines, validator: document.validator, remark: text.remark)
    }

    /// A document that has become Markdown.
    /// - Throws: `ConversionError` when that is longer than a document may be.
    static func markdown(
        _ bytes: [UInt8], of document: FetchedDocument, limits: Limits, remark: ConversionRemark? = nil
    ) throws(ConversionError) -> ConvertedDocument {
        guard bytes.count <= limits.documentBytes else {
            throw ConversionError("as Markdown it would have more than \(limits.documentBytes) bytes")
        }
        return ConvertedDocument(
            path: document.path, mediaType: MediaType.markdown, bytes: bytes, validator: document.validator,
            remark: remark)
    }
}

/// What may not be right about a conversion that went well.
package enum ConversionRemark: Hashable, Sendable {
    /// Nothing said what charset it is in.
    case guessed(charset: String)
    /// So many places were not valid in the charset, and are U+FFFD now.
    case replaced(count: Int, charset: String)
    /// It is kept as it is, because a program is not there that would make text of it.
    case needs(program: String, package: String)
}

extension FetchedDocument {
    /// What the source declares, unless that is the answer of a server that does not know; else what the name says.
    package var mediaType: String {
        let declared = declaredType.map(MediaType.essence) ?? MediaType.binary
        if declared != MediaType.binary && declared != MediaType.plainText && !declared.isEmpty { return declared }
        let guess = MediaType.guess(fromName: name)
        return declared == MediaType.plainText && !MediaType.isText(guess) ? declared : guess
    }
}
