// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// Markdown, which is kept as it was written, in UTF-8 and without a byte order mark.
package struct MarkdownConverter: Converter {
    package init() {}

    package let version = 1

    package func convert(_ document: FetchedDocument, limits: Limits) throws(ConversionError) -> ConvertedDocument? {
        let type = document.mediaType
        guard type == MediaType.markdown || type == "text/x-markdown" else { return nil }
        guard let text = try DecodedText(document, mediaType: MediaType.markdown, isCertain: true, limits: limits)
        else {
            return nil
        }
        return ConvertedDocument(
            path: document.path, mediaType: MediaType.markdown, bytes: text.bytes, validator: document.validator,
            remark: text.remark)
    }
}
