// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Making and revoking the keys of a store, for those who can read its files. All functions throw `OVError`.
package protocol KeyAdministration: Sendable {
    /// Makes a key. The first one is root's, and from its commit on a server that runs lets nobody in without one.
    /// - Throws: `FAILED_PRECONDITION`; `CONFLICT` for a user of another account; `INVALID_ARGUMENT` for a name.
    func createKey(role: Role, owner: Owner) async throws(OVError) -> CreatedKey

    /// All keys, oldest first.
    func keys() async throws(OVError) -> [KeyView]

    /// Makes a key worthless, at once also for a server that runs.
    /// - Throws: `NOT_FOUND`; `FAILED_PRECONDITION` for the last root key that somebody still needs.
    func revokeKey(_ id: KeyID) async throws(OVError) -> RevokedKey
}
