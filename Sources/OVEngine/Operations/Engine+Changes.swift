// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

extension Engine {
    package func changes(_ query: ChangeQuery, as caller: Caller) async throws(OVError) -> ChangePage {
        guard ChangeQuery.limits.contains(query.limit) else {
            throw .invalidField(["query", "limit"], "limit must be between 1 and 1000", type: "value_error")
        }
        let uri = try query.uri.map { text throws(OVError) in try VikingURI(parsing: text, user: caller.user) } ?? .root
        let since = try query.since.map { text throws(OVError) in try FeedCursor(parsing: text, field: "since") }
        return try await reading { state throws(OVError) in
            guard caller.mayRead(uri) else { throw state.missing(uri, as: caller) }
            let now = FeedCursor(in: state)
            guard let since else { return ChangePage(items: [], nextCursor: now.text, hasMore: false) }
            guard since.isPast(of: state) else {
                throw OVError(
                    .cursorTooOld, "the cursor does not belong to what this store is now",
                    hint: "read anew, and go on from \(now.text)", details: ["next_cursor": .string(now.text)])
            }
            var changed = try self.changed(at: uri, since: since, in: state, as: caller)
            changed.sort { ($0.sequence, $0.change.uri) < ($1.sequence, $1.change.uri) }
            let page = changed.prefix(query.limit)
            let hasMore = page.count < changed.count
            let next = page.last.map {
                FeedCursor(in: state, within: $0.sequence, behind: $0.change.uri, since: since.origin)
            }
            return ChangePage(
                items: page.map(\.change), nextCursor: (hasMore ? next : nil)?.text ?? now.text, hasMore: hasMore)
        }
    }

    private struct Found: Sendable {
        let sequence: UInt64
        let change: DocumentChange
    }

    private func changed(at uri: VikingURI, since: FeedCursor, in state: State, as caller: Caller)
        throws(OVError) -> [Found]
    {
        var resources = state.readable(below: uri, as: caller)
        if resources.isEmpty, let resource = state.resource(containing: uri, account: caller.account) {
            resources = [resource]
        }
        var found: [Found] = []
        for resource in resources {
            guard let revision = state.currentRevision(of: resource), revision.sequence >= since.sequence else {
                continue
            }
            let list = try documents(of: resource, in: state)
            let known = try known(of: resource, at: since.origin, in: state)
            func add(_ path: String, _ sequence: UInt64, _ at: Timestamp, _ kind: DocumentChange.Kind) {
                let address = resource.uri.appending(path: path)
                guard since.isBefore(sequence, address), address.isWithin(uri) else { return }
                let change = DocumentChange(uri: address, kind: kind, revision: revision.name, at: at)
                found.append(Found(sequence: sequence, change: change))
            }
            for document in list.documents {
                let kind: DocumentChange.Kind =
                    known.map { $0[document.path] == nil } ?? false ? .added : .changed
                add(document.path, document.changedSequence, document.changedAt, kind)
            }
            for tombstone in list.tombstones { add(tombstone.path, tombstone.removedSequence, tombstone.at, .removed) }
        }
        return found
    }

    /// The documents that a reader knew; nil when that revision is not kept.
    private func known(of resource: Resource, at sequence: UInt64, in state: State) throws(OVError) -> DocumentList? {
        let revisions = state.revisions(of: resource.key)
        if let revision = revisions.last(where: { $0.sequence <= sequence }) {
            return try store.documents(of: revision)
        }
        return revisions.first?.number == 1 ? .empty : nil
    }
}

extension FeedCursor {
    /// Whether what a commit did at an address is news.
    fileprivate func isBefore(_ commit: UInt64, _ uri: VikingURI) -> Bool {
        guard commit == sequence, let address else { return commit > sequence }
        return address.utf8.lexicographicallyPrecedes(uri.text.utf8)
    }
}
