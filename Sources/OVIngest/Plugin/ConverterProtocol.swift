// SPDX-License-Identifier: Apache-2.0

/// What a program that converts and this one agree on, by name; `man/ov-convert.7` says it in words.
package enum ConverterProtocol {
    /// What its file is called, with the subtype of a media type behind it.
    package static let filePrefix = "ov-convert-"

    /// How it ends. Any other status is a failure.
    package enum Status: Int32, CaseIterable, Sendable {
        /// Standard output is the document as Markdown.
        case done = 0
        /// It is not for this document: the next converter is asked.
        case notForIt = 3
    }

    /// What it is told of the document, beside the name as its argument.
    package enum Variable: String, CaseIterable, Sendable {
        /// The media type: `application/pdf`.
        case type = "OV_MEDIA_TYPE"
        /// The name under which the source has it: `report.pdf`.
        case name = "OV_NAME"
        /// Where on the web it was found; not set for what was not.
        case address = "OV_URL"
    }

    /// Variables that begin with it reach converters as they are, beside those that all plug-ins get.
    package static let passedPrefix = "OV_CONVERT_"

    /// The names under which a program for a media type may be found: its subtype, and without `x-`.
    package static func names(ofType type: String) -> [String] {
        guard let slash = type.firstIndex(of: "/") else { return [] }
        let subtype = String(type[type.index(after: slash)...])
        return subtype.hasPrefix("x-") ? [subtype, String(subtype.dropFirst(2))] : [subtype]
    }
}
