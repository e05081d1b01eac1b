// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Whom the keys of a store let in. A server asks on every request, and is answered from the newest commit.
package protocol KeyDirectory: Sendable {
    /// - Parameter key: what the caller has shown, whatever it is.
    /// - Throws: `UNAVAILABLE` when the store cannot be read.
    nonisolated(nonsending) func holder(ofKey key: String?) async throws(OVError) -> KeyHolder
}

/// What a key, or none, makes of somebody.
package enum KeyHolder: Hashable, Sendable {
    /// There are no keys that one could have.
    case anybody
    /// There are keys, and this is none of them.
    case stranger
    case known(Role, Owner)
}
