// SPDX-License-Identifier: Apache-2.0

import HashTreeCollections
import OVCore

/// One half of the state: what there is. Resources, and their revisions; and who may come in.
package struct Catalog: Sendable {
    private(set) var keys: TreeDictionary<KeyID, AccessKey> = [:]
    private(set) var resources = OrderedTable<ResourceKey, Resource>()
    private(set) var revisions = PersistentMap<ResourceKey, [Revision]>()
    /// For each folder above a root: how many names lie directly in it, roots or folders above roots.
    private(set) var childCounts = PersistentMap<ResourceKey, Int>()
    /// Where each resource was last published to, in the order of the commits.
    private(set) var publications = PublicationIndex()
    /// What was removed, in the order of the commits, as far back as that is remembered.
    private(set) var removals: [Removal] = []
    /// Up to which commit removals were forgotten.
    private(set) var forgotten: UInt64 = 0
    private(set) var readers = PersistentMap<FeedReader.Key, FeedReader>()
    var journal = ChangeJournal<Change>()

    /// What a commit has touched that readers can see.
    package enum Change: Hashable, Sendable {
        /// A revision that was published.
        case revision(ResourceKey, number: Int)
        /// A resource that was dropped, and whether it had anything to read.
        case droppedResource(ResourceKey, wasReadable: Bool)
    }

    var recordCount: Int {
        let ofFeed = removals.count + readers.count + (forgotten > 0 ? 1 : 0)
        return keys.count + resources.count + revisions.entries.reduce(0) { $0 + $1.value.count } + ofFeed
    }

    mutating func reserve(resources: Int) { self.resources.reserve(resources) }

    mutating func put(_ key: AccessKey) { keys[key.id] = key }

    mutating func dropKey(_ id: KeyID) { keys[id] = nil }

    mutating func put(_ resource: Resource) {
        let key = resource.key
        let count = resources.count
        resources.put(resource, for: key)
        if resources.count > count { countChild(key, by: 1) }
    }

    /// Removes a resource with its revisions.
    mutating func dropResource(_ key: ResourceKey) {
        guard let resource = resources[key] else { return }
        resources.remove(key)
        journal.note(.droppedResource(key, wasReadable: resource.revision > 0))
        revisions[key] = nil
        countChild(key, by: -1)
    }

    /// Counts a name in the folder above it; the folder is a name of its own once it has its first, until its last.
    private mutating func countChild(_ key: ResourceKey, by difference: Int) {
        var next = key.uri.parent
        while let uri = next {
            let folder = ResourceKey(account: key.account, uri: uri)
            let old = childCounts[folder] ?? 0
            childCounts[folder] = old + difference > 0 ? old + difference : nil
            guard old == 0 || old + difference == 0 else { return }
            next = uri.parent
        }
    }

    mutating func put(_ revision: Revision, of key: ResourceKey) {
        var all = revisions[key] ?? []
        all.removeAll { $0.number == revision.number }
        let index = all.firstIndex { $0.number > revision.number } ?? all.endIndex
        all.insert(revision, at: index)
        revisions[key] = all
        publications.note(key, revision.sequence)
        if publications.count > 2 * revisions.count + Self.fewPublications {
            publications.rebuild(keeping: isCurrent)
        }
        journal.note(.revision(key, number: revision.number))
    }

    private static let fewPublications = 1024

    /// Whether nothing was published to its resource since.
    func isCurrent(_ entry: PublicationIndex.Entry) -> Bool { revisions[entry.key]?.last?.sequence == entry.sequence }

    /// Does what is better done once for all records of a member.
    mutating func settle() { publications.settle(keeping: isCurrent) }

    mutating func dropRevision(_ number: Int, of key: ResourceKey) {
        guard var all = revisions[key] else { return }
        all.removeAll { $0.number == number }
        revisions[key] = all.isEmpty ? nil : all
    }

    mutating func put(_ removal: Removal) {
        // A commit's number is higher than any before; only what a repair has put together may be in another order.
        let index = removals.lastIndex { $0.sequence <= removal.sequence }.map { $0 + 1 } ?? 0
        removals.insert(removal, at: index)
    }

    mutating func forget(through sequence: UInt64) {
        forgotten = max(forgotten, sequence)
        removals.removeAll { $0.sequence <= sequence }
    }

    mutating func put(_ reader: FeedReader) { readers[reader.key] = reader }

    mutating func dropReader(_ key: FeedReader.Key) { readers[key] = nil }
}
