// SPDX-License-Identifier: Apache-2.0

/// A root address, the source that fills it, and which revision of it is current.
package struct Resource: Hashable, Sendable {
    /// Whether the root is the one document, or a folder of them. For life.
    package enum Shape: String, Hashable, Sendable {
        case single, tree
    }

    package let uri: VikingURI
    package let owner: Owner
    package var source: Source
    package let createdAt: Timestamp
    /// Nil until the first ingest says what the source is.
    package var shape: Shape?
    /// The number of the current revision; zero before the first.
    package var revision: Int
    /// When a run last accounted for the complete source.
    package var lastChecked: Timestamp?
    /// What the last run could not look at, paths of documents or of folders, and when that was last checked.
    package var unchecked: [String: Timestamp] = [:]
    /// The last commit of which it no longer knows what it removed; zero while it knows all.
    package var forgotten: UInt64 = 0

    package init(
        uri: VikingURI, owner: Owner, source: Source, createdAt: Timestamp, shape: Shape? = nil, revision: Int = 0,
        lastChecked: Timestamp? = nil
    ) {
        self.uri = uri
        self.owner = owner
        self.source = source
        self.createdAt = createdAt
        self.shape = shape
        self.revision = revision
        self.lastChecked = lastChecked
    }

    package var key: ResourceKey { ResourceKey(account: owner.account, uri: uri) }

    /// When the document at `path` was last known to be what the source has.
    package func lastChecked(of path: String) -> Timestamp? {
        guard !unchecked.isEmpty else { return lastChecked }
        let covering = unchecked.filter {
            $0.key.isEmpty || path == $0.key || path.utf8.starts(with: ($0.key + "/").utf8)
        }
        return covering.values.min() ?? lastChecked
    }
}

/// What identifies a resource, and the watch on it: an address in an account.
package struct ResourceKey: Hashable, Sendable {
    package let account: String
    package let uri: VikingURI

    package init(account: String, uri: VikingURI) {
        self.account = account
        self.uri = uri
    }

    /// Addresses of different accounts are rarely the same, so the address is enough to spread keys.
    package func hash(into hasher: inout Hasher) { uri.hash(into: &hasher) }
}

extension ResourceKey: Comparable {
    package static func < (left: ResourceKey, right: ResourceKey) -> Bool {
        left.uri == right.uri ? left.account < right.account : left.uri < right.uri
    }
}

/// One immutable state of a resource's documents. The list itself lies in a pack.
package struct Revision: Hashable, Sendable {
    /// Counts from 1 in each resource.
    package let number: Int
    /// The pack whose document list describes this revision.
    package let pack: String
    /// Over the document list: equal digests are equal content.
    package let digest: Digest
    package let at: Timestamp
    /// The run that made it.
    package let task: TaskID
    package let changes: ChangeCounts
    package let documents: Int
    /// Bytes of all documents as they are read.
    package let bytes: Int64
    /// The number of the commit that published it; zero in a revision that is not published yet.
    package var sequence: UInt64
    /// The packs that its document list needs, the revision's own included.
    package let packs: [String]

    package init(
        number: Int, pack: String, digest: Digest, at: Timestamp, task: TaskID, changes: ChangeCounts, documents: Int,
        bytes: Int64, sequence: UInt64, packs: [String]
    ) {
        self.number = number
        self.pack = pack
        self.digest = digest
        self.at = at
        self.task = task
        self.changes = changes
        self.documents = documents
        self.bytes = bytes
        self.sequence = sequence
        self.packs = packs
    }

    /// How people and programs name it: `r3-9f2c4e1a`.
    package var name: String { "r\(number)-\(digest.description.prefix(8))" }
}

/// What a run found, document by document.
package struct ChangeCounts: Hashable, Sendable {
    package var added: Int
    package var changed: Int
    package var removed: Int
    package var unchanged: Int

    package init(added: Int = 0, changed: Int = 0, removed: Int = 0, unchanged: Int = 0) {
        self.added = added
        self.changed = changed
        self.removed = removed
        self.unchanged = unchanged
    }

    package var isEmpty: Bool { added == 0 && changed == 0 && removed == 0 }
}
