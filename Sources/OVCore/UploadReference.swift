// SPDX-License-Identifier: Apache-2.0

/// A file that a client has sent ahead of its ingest, as a source: `upload:ID`.
///
/// It lies alone in a folder of the home that is named after its id, under the name that the client gave it.
package struct UploadReference: Hashable, Sendable {
    /// The `source_type` of what was uploaded.
    package static let fetcher = "upload"
    private static let scheme = "upload:"

    package let id: TaskID

    package init(id: TaskID) { self.id = id }

    /// Reads `upload:ID`, also with a name behind the id; nil for anything else.
    package init?(_ text: String) {
        guard text.utf8.starts(with: Self.scheme.utf8) else { return nil }
        let rest = text.utf8.dropFirst(Self.scheme.utf8.count)
        let (id, name) = (rest.prefix(36), rest.dropFirst(36))
        guard name.isEmpty || name.first == UInt8(ascii: "/"), let id = TaskID(String(Substring(id))) else {
            return nil
        }
        self.init(id: id)
    }

    package var text: String { Self.scheme + id.description }

    /// Where the uploads of a home lie.
    package static func folder(inHome home: String) -> String { home + "/uploads" }
}
