// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// Text and code in any charset, which is kept as it was written, in UTF-8. Also files of no known type, if they turn
/// out to be text.
package struct TextConverter: Converter {
    package init() {}

    package let version = 1

    package func convert(_ document: FetchedDocument, limits: Limits) throws(ConversionError) -> ConvertedDocument? {
        let type = document.mediaType
        let isCertain = MediaType.isText(type)
        guard isCertain || type == MediaType.binary else { return nil }
        guard let text = try DecodedText(document, mediaType: type, isCertain: isCertain, limits: limits) else {
            return nil
        }
        return ConvertedDocument(
            path: document.path, mediaType: isCertain ? type : MediaType.plainText, bytes: text.bytes,
            validator: document.validator, remark: text.remark)
    }
}
