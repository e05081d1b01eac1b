// SPDX-License-Identifier: Apache-2.0

import OVCore

/// How far a reader that gave itself a name has followed the changes at or below an address.
package struct ReaderPlace: Hashable, Sendable {
    package let reader: String
    /// Nil for all that the reader may see.
    package let uri: String?
    /// The `nextCursor` of the page that it has.
    package let cursor: String

    package init(reader: String, uri: String?, cursor: String) {
        self.reader = reader
        self.uri = uri
        self.cursor = cursor
    }
}

extension ReaderPlace: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("reader", reader)
            json.member("uri", orNull: uri)
            json.member("cursor", cursor)
        }
    }
}
