// SPDX-License-Identifier: Apache-2.0

import OVCore

/// How a caller names a watch task: by id, by the address that it refreshes, or by both, which must then agree.
package struct WatchKey: Hashable, Sendable {
    package let id: String?
    package let uri: String?

    package init(id: String? = nil, uri: String? = nil) {
        self.id = id
        self.uri = uri
    }

    /// Reads the one word that a person types: `viking://…` is an address, anything else an id.
    /// - Throws: `INVALID_URI` for an address of another scheme, before anything is asked.
    package init(parsing text: String) throws(OVError) {
        if text.hasPrefix(VikingURI.scheme) {
            self.init(uri: text)
        } else if text.contains("://") || text.lowercased().hasPrefix("viking:") {
            // The parser has the words for what is wrong with it.
            _ = try VikingURI(parsing: text, user: "")
            self.init(uri: text)
        } else {
            self.init(id: text)
        }
    }
}

extension OVError {
    /// What everybody is told who names a watch task that is not there, or that is not for them to see.
    package static func noWatch(_ key: String) -> OVError {
        OVError(
            .notFound, "No watch task found for \(key.prefix(2048))",
            hint: "`ov task watch ls` lists the watch tasks that you have")
    }
}

extension WatchKey: CustomStringConvertible {
    package var description: String { id ?? uri ?? "" }
}
