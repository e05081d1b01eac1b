// SPDX-License-Identifier: Apache-2.0

/// What a store knows of a key: whom it lets act, and how to recognise it, but not the key itself.
///
/// The digest is a plain SHA-256. A slow hash is for secrets that people choose, which are few enough to be tried one
/// by one; 256 random bits are not, and a slow hash would only make every request slow.
package struct AccessKey: Hashable, Sendable {
    package let id: KeyID
    /// Of the whole text of the key.
    package let digest: Digest
    package let role: Role
    /// For whom its holder acts.
    package let owner: Owner
    package let createdAt: Timestamp

    package init(id: KeyID, digest: Digest, role: Role, owner: Owner, createdAt: Timestamp) {
        self.id = id
        self.digest = digest
        self.role = role
        self.owner = owner
        self.createdAt = createdAt
    }
}

extension Digest {
    /// Whether two digests are the same, found out in a time that does not depend on where they differ.
    package func isSame(as other: Digest) -> Bool {
        let difference = words ^ other.words
        return difference[0] | difference[1] | difference[2] | difference[3] == 0
    }
}
