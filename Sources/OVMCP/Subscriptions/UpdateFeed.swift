// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// Follows a store and tells a client what it wants to know: which documents a refresh has changed, in whatever process
/// it ran.
struct UpdateFeed: Sendable {
    /// How long to wait before the next attempt when the store cannot be followed.
    private static let rest = Milliseconds.seconds(1)

    let plane: any ControlPlane
    let caller: Caller
    let clock: any WallClock
    /// What is wanted at the moment.
    let interest: @Sendable () -> Interest
    let emit: @Sendable (UpdateNotice) async -> Void

    /// The cursor behind which changes are told.
    func start() async throws(OVError) -> String {
        try await plane.changes(ChangeQuery(), as: caller).nextCursor
    }

    /// Begins at this moment and goes on until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            if let start = try? await start() { return await run(from: start) }
            try? await clock.sleep(for: Self.rest)
        }
    }

    /// Goes on until the task is cancelled.
    func run(from start: String) async {
        var cursor = start
        while !Task.isCancelled {
            do {
                for try await event in try await plane.events(EventQuery(), as: caller) {
                    try await take(event.kind, &cursor)
                }
            } catch {
                // The next attempt begins where this one ended.
            }
            try? await clock.sleep(for: Self.rest)
        }
    }

    private func take(_ event: Event.Kind, _ cursor: inout String) async throws {
        switch event {
        case .watch, .watchRemoved, .task: return
        case .revision(let revision) where interest().isEmpty:
            try await skip(&cursor, listChanges: revision.changes.added + revision.changes.removed > 0)
        case .resourceRemoved where interest().isEmpty: try await skip(&cursor, listChanges: true)
        case .began, .revision, .resourceRemoved, .gap: try await drain(&cursor)
        }
    }

    /// Goes past changes of documents that nobody asked for, without reading which they are.
    private func skip(_ cursor: inout String, listChanges: Bool) async throws(OVError) {
        let now = try await start()
        // Somebody has asked in between: then it may be about just these.
        guard interest().isEmpty else { return try await drain(&cursor) }
        cursor = now
        if listChanges, interest().listChanges { await emit(.listChanged) }
    }

    private func drain(_ cursor: inout String) async throws(OVError) {
        var batch = UpdateBatch()
        var hasMore = true
        while hasMore {
            let query = ChangeQuery(since: cursor, limit: ChangeQuery.limits.upperBound)
            let page: ChangePage
            do throws(OVError) {
                page = try await plane.changes(query, as: caller)
            } catch {
                guard error.code == .cursorTooOld else { throw error }
                // What changed cannot be told any more, so everything may have.
                cursor = try await start()
                for notice in interest().everything { await emit(notice) }
                return
            }
            batch.add(page.items)
            (cursor, hasMore) = (page.nextCursor, page.hasMore && !Task.isCancelled)
        }
        for notice in batch.notices(for: interest()) { await emit(notice) }
    }
}

extension Interest {
    /// What to tell when anything may have changed.
    fileprivate var everything: [UpdateNotice] {
        (listChanges ? [.listChanged] : []) + allNames.map { .updated($0) }
    }
}
