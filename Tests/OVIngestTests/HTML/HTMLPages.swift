// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest

/// Pages as they come from the web, and the Markdown made of them.
enum HTMLPages {
    static func convert(
        _ bytes: [UInt8], type: String? = "text/html", charset: String? = nil, at location: String? = nil,
        limits: Limits = Limits()
    ) throws -> ConvertedDocument? {
        let document = FetchedDocument(
            path: "page", bytes: bytes, name: "page", declaredType: type, declaredCharset: charset,
            location: try location.map { text throws(OVError) in try WebURL(parsing: text) },
            validator: Validator("v"))
        return try HTMLConverter().convert(document, limits: limits)
    }

    /// The Markdown of a page, without the line feed at its end.
    static func markdown(_ page: String, at location: String? = nil) throws -> String {
        let converted = try convert(Array(page.utf8), at: location)
        return String(decoding: converted?.bytes.dropLast() ?? [], as: UTF8.self)
    }
}
