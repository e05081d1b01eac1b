// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

extension Engine {
    package func changes(_ query: ChangeQuery, as caller: Caller) async throws(OVError) -> ChangePage {
        guard ChangeQuery.limits.contains(query.limit) else {
            throw .invalidField(["query", "limit"], "limit must be between 1 and 1000", type: "value_error")
        }
        let uri = try Self.scope(query.uri, as: caller)
        let reader = try query.reader.map { name throws(OVError) in
            try FeedReader.Key(owner: caller.owner, checking: name, uri: uri, field: ["query", "reader"])
        }
        let asked = try query.since.map { text throws(OVError) in try FeedCursor(parsing: text, at: ["query", "since"])
        }
        return try await reading { state throws(OVError) in
            guard caller.mayRead(uri) else { throw state.missing(uri, as: caller) }
            var since = asked
            if since == nil, let place = reader.flatMap(state.reader) {
                since = try FeedCursor(parsing: place.cursor, at: ["query", "reader"])
            }
            guard let since else {
                return ChangePage(items: [], nextCursor: FeedCursor(in: state).text, hasMore: false)
            }
            let feed = ChangeFeed(store: self.store, state: state, caller: caller, uri: uri, since: since)
            return try feed.page(limit: query.limit)
        }
    }

    package func keepPlace(_ place: ReaderPlace, as caller: Caller) async throws(OVError) -> ReaderPlace {
        let uri = try Self.scope(place.uri, as: caller)
        let key = try FeedReader.Key(
            owner: caller.owner, checking: place.reader, uri: uri, field: ["reader"])
        let cursor = try FeedCursor(parsing: place.cursor, at: ["cursor"])
        let bound = limits.readersPerUser
        try await store.refresh()
        return try await store.commit { transaction throws(OVError) in
            guard caller.mayRead(uri) else { throw transaction.state.missing(uri, as: caller) }
            guard cursor.isPast(of: transaction.state) else { throw FeedCursor.tooOld(transaction.state) }
            let kept = transaction.state.reader(key)
            let old = kept.flatMap { try? FeedCursor(parsing: $0.cursor, at: ["cursor"]) }
            if let old, let kept, old.isPast(of: transaction.state), !old.isBefore(cursor) {
                return ReaderPlace(reader: place.reader, uri: place.uri, cursor: kept.cursor)
            }
            if kept == nil { transaction.makeRoomForReader(of: key.owner, bound: bound) }
            transaction.put(FeedReader(key: key, cursor: cursor.text, at: transaction.now))
            return ReaderPlace(reader: place.reader, uri: place.uri, cursor: cursor.text)
        }
    }

    /// What a reader follows: everything, or what is at or below an address.
    private static func scope(_ uri: String?, as caller: Caller) throws(OVError) -> VikingURI {
        try uri.map { text throws(OVError) in try VikingURI(parsing: text, user: caller.user) } ?? .root
    }
}

extension FeedReader.Key {
    private static let maximumName = 128

    /// - Throws: `INVALID_ARGUMENT` for what is no name.
    fileprivate init(owner: Owner, checking name: String, uri: VikingURI, field: [String]) throws(OVError) {
        let isPlain = name.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
        guard !name.isEmpty, name.utf8.count <= Self.maximumName, isPlain else {
            throw .invalidField(
                field, "the name of a reader must have 1 to 128 bytes and no control characters", type: "value_error")
        }
        self.init(owner: owner, name: name, uri: uri)
    }
}

extension FeedCursor {
    /// - Parameter state: what there is to go on from.
    static func tooOld(_ state: State) -> OVError {
        let now = FeedCursor(in: state).text
        return OVError(
            .cursorTooOld, "what was removed since this cursor is no longer known",
            hint: "read anew what you keep, then go on from \(now) (ov changes --since \(now))",
            details: ["next_cursor": .string(now)])
    }
}

extension Transaction {
    /// Drops the readers that were longest away, so that there is room for another.
    fileprivate mutating func makeRoomForReader(of owner: Owner, bound: Int) {
        let readers = state.readers(of: owner).sorted { $0.at < $1.at }
        for reader in readers.prefix(max(0, readers.count - bound + 1)) { dropReader(reader.key) }
    }
}
