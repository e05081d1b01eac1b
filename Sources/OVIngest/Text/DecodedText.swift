// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// The text of a document in UTF-8, line endings as they were.
struct DecodedText {
    let bytes: [UInt8]
    let remark: ConversionRemark?

    /// - Parameters:
    ///   - isCertain: whether its type says that it is text. If not, it must be UTF-8, or say what it is in.
    ///   - mayHaveZeros: whether its format has readers overlook zero bytes.
    /// - Returns: nil when it does not look like text.
    /// - Throws: `ConversionError` for an unknown charset, or when it is too long as UTF-8.
    init?(
        _ document: FetchedDocument, mediaType: String, isCertain: Bool, mayHaveZeros: Bool = false, limits: Limits
    ) throws(ConversionError) {
        let bytes = document.bytes
        let detection = try CharsetDetection(bytes, declared: document.declaredCharset, mediaType: mediaType)
        if detection.origin == .guessed, !isCertain || !TextShape.looksLikeText(bytes, mayHaveZeros: mayHaveZeros) {
            return nil
        }
        if detection.encoding == .utf8, detection.origin == .valid || UTF8Validity(of: bytes) != .invalid {
            guard TextShape.looksLikeText(bytes, mayHaveZeros: mayHaveZeros) else { return nil }
            // The usual case, in which nothing is copied.
            self.bytes = detection.markBytes == 0 ? bytes : Array(bytes.dropFirst(detection.markBytes))
            remark = nil
            return
        }
        let text = detection.markBytes == 0 ? bytes : Array(bytes.dropFirst(detection.markBytes))
        let limit = Int(clamping: limits.documentBytes)
        let output = try TextDecoder(detection.encoding).decode(text, limit: limit)
        guard TextShape.looksLikeText(output.bytes, mayHaveZeros: mayHaveZeros),
            isCertain || output.replacements == 0
        else { return nil }
        self.bytes = output.bytes
        remark =
            if output.replacements > 0 {
                .replaced(count: output.replacements, charset: detection.encoding.name)
            } else {
                detection.origin == .guessed ? .guessed(charset: detection.encoding.name) : nil
            }
    }
}
