// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

/// What has changed behind a cursor, as one caller sees it. Blocks.
///
/// Only resources that were published to since the cursor are looked at, and of their lists only what was written
/// since. Every document has one place in the order (commit, address): that of its newest state.
struct ChangeFeed: Sendable {
    let store: Store
    let state: State
    let caller: Caller
    let uri: VikingURI
    let since: FeedCursor

    /// A document that has changed, with its place in the order.
    struct Item: Sendable {
        let sequence: UInt64
        let uri: VikingURI
        let at: Timestamp
        /// Since when there is, or was, something at the address.
        let addedSequence: UInt64
        /// Nil for one that is gone.
        let document: StoredDocument?
        /// The resource that it is in, or was, as an index into `Found.resources`; nil when that is gone.
        let resource: Int?
    }

    struct Found: Sendable {
        var resources: [(resource: Resource, revision: Revision)] = []
        var items: [Item] = []
        /// What was there at the cursor's origin and went with its resource since. If it is there again, it has changed
        /// for the reader, and is not new.
        var knownBefore: Set<VikingURI> = []
        var gone: [VikingURI: Departure] = [:]

        /// Of what went several times, the last one counts, and the reader may have known any of those before.
        mutating func note(_ item: Item) {
            let before = gone[item.uri]
            gone[item.uri] = Departure(
                item: before.map { $0.item.sequence > item.sequence ? $0.item : item } ?? item,
                thereSince: min(before?.thereSince ?? .max, item.addedSequence))
        }
    }

    /// Something that is gone, and the first commit since the cursor's origin, or before, since which it was there.
    struct Departure: Sendable {
        let item: Item
        let thereSince: UInt64
    }

    /// - Throws: `CURSOR_TOO_OLD`.
    func page(limit: Int) throws(OVError) -> ChangePage {
        guard since.isPast(of: state), since.completeSequence >= state.forgottenSequence else {
            throw FeedCursor.tooOld(state)
        }
        var found = try collect()
        found.items.sort { ($0.sequence, $0.uri) < ($1.sequence, $1.uri) }
        let page = found.items.prefix(limit)
        let hasMore = page.count < found.items.count
        let next = page.last.map {
            FeedCursor(in: state, within: $0.sequence, behind: $0.uri, since: since.origin)
        }
        let details = ChangeDetails(store: store, state: state, found: found, origin: since.origin)
        return ChangePage(
            items: try details.changes(Array(page)),
            nextCursor: (hasMore ? next : nil)?.text ?? FeedCursor(in: state).text, hasMore: hasMore)
    }

    private func collect() throws(OVError) -> Found {
        var found = Found()
        for resource in state.resourcesPublished(after: since.completeSequence) where isInScope(resource) {
            guard let revision = state.currentRevision(of: resource) else { continue }
            try collect(resource, revision, into: &found)
        }
        try collectRemovals(into: &found)
        addRemoved(of: &found)
        return found
    }

    private func isInScope(_ resource: Resource) -> Bool {
        resource.owner.account == caller.account && caller.mayRead(resource.uri) && touches(resource.uri)
    }

    private func touches(_ other: VikingURI) -> Bool { other.isWithin(uri) || uri.isWithin(other) }

    private func collect(_ resource: Resource, _ revision: Revision, into found: inout Found) throws(OVError) {
        guard resource.forgotten <= since.completeSequence else { throw FeedCursor.tooOld(state) }
        let recent = try store.documents(of: revision, changedAfter: since.completeSequence)
        found.resources.append((resource, revision))
        let index = found.resources.count - 1
        for document in recent.changed {
            add(
                Item(
                    sequence: document.changedSequence, uri: resource.uri.appending(path: document.path),
                    at: document.changedAt, addedSequence: document.addedSequence, document: document, resource: index),
                to: &found)
        }
        let there = Set(recent.changed.lazy.map(\.path))
        for tombstone in recent.tombstones where tombstone.removedSequence > since.origin {
            let address = resource.uri.appending(path: tombstone.path)
            if tombstone.addedSequence <= since.origin { found.knownBefore.insert(address) }
            guard !there.contains(tombstone.path) else { continue }
            found.note(Item(tombstone, at: address, resource: index))
        }
    }

    private func add(_ item: Item, to found: inout Found) {
        if since.isBefore(item.sequence, item.uri), item.uri.isWithin(uri) { found.items.append(item) }
    }

    /// Who is told that something is gone must have been told that it was there, be it the time before last.
    private func addRemoved(of found: inout Found) {
        for departure in found.gone.values where departure.thereSince <= since.sequence {
            add(departure.item, to: &found)
        }
    }

    // MARK: Removed resources

    private func collectRemovals(into found: inout Found) throws(OVError) {
        var addresses: Set<VikingURI> = []
        for removal in state.removals(after: since.origin) where isInScope(removal) {
            let isNews = removal.sequence > since.completeSequence
            guard !isNews || removal.forgotten <= since.completeSequence else { throw FeedCursor.tooOld(state) }
            for tombstone in try store.tombstones(of: removal) where tombstone.removedSequence > since.origin {
                let address = removal.key.uri.appending(path: tombstone.path)
                guard address.isWithin(uri), caller.mayRead(address) else { continue }
                if tombstone.addedSequence <= since.origin { found.knownBefore.insert(address) }
                found.note(Item(tombstone, at: address, resource: nil))
                addresses.insert(address)
            }
        }
        try forgetWhatIsThere(at: addresses, in: &found)
    }

    private func isInScope(_ removal: Removal) -> Bool {
        removal.key.account == caller.account && caller.mayRead(removal.key.uri) && touches(removal.key.uri)
    }

    /// Leaves out addresses where there is something again.
    private func forgetWhatIsThere(at addresses: Set<VikingURI>, in found: inout Found) throws(OVError) {
        var paths: [ResourceKey: Set<String>] = [:]
        for address in addresses {
            guard let resource = state.resource(containing: address, account: caller.account),
                let path = address.relativePath(to: resource.uri)
            else { continue }
            paths[resource.key, default: []].insert(path)
        }
        for (key, paths) in paths {
            guard let revision = state.resources[key].flatMap(state.currentRevision) else { continue }
            for path in try store.documents(of: revision, at: paths).keys {
                found.gone[key.uri.appending(path: path)] = nil
            }
        }
    }
}

extension ChangeFeed.Item {
    fileprivate init(_ tombstone: Tombstone, at address: VikingURI, resource: Int?) {
        self.init(
            sequence: tombstone.removedSequence, uri: address, at: tombstone.at,
            addedSequence: tombstone.addedSequence, document: nil, resource: resource)
    }
}
