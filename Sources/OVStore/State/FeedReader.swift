// SPDX-License-Identifier: Apache-2.0

import OVCore

/// How far somebody who gave a name has followed what changes below an address.
package struct FeedReader: Hashable, Sendable {
    package struct Key: Hashable, Sendable {
        package let owner: Owner
        package let name: String
        package let uri: VikingURI

        package init(owner: Owner, name: String, uri: VikingURI) {
            self.owner = owner
            self.name = name
            self.uri = uri
        }
    }

    package let key: Key
    /// As the feed gave it.
    package let cursor: String
    /// When it was put here.
    package let at: Timestamp

    package init(key: Key, cursor: String, at: Timestamp) {
        self.key = key
        self.cursor = cursor
        self.at = at
    }
}
