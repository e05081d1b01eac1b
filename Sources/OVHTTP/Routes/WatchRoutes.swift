// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVAPI
import OVCore

/// Watch tasks: listing, changing, triggering. Each is named by its id in the path, by `to_uri`, or by both.
struct WatchRoutes: RouteGroup {
    let plane: any ControlPlane

    private static let key = Field("to_uri", .uri, "The address that the watch task refreshes.")
    private static let patch = [
        Field("watch_interval", .number, "Minutes, above 0 and at most 5256000."),
        Field("is_active", .boolean, "Whether it runs by itself."),
        Field("reason", .text, "What the resource is kept for."),
        Field("instruction", .text, "What to make of it."),
    ]
    private static let held = Field(
        "accept_deletions", .text, "The task of a held run whose losses the new run may publish.")

    private static let bound = Field(
        "at_most", .integer, "How many to start, at most; call again when one of them has ended.")
    /// As many as run at once where nothing else is configured.
    private static let usualBound = Limits().concurrentRuns

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/watches", "List watch tasks, oldest first, or show the one at an address",
                query: [
                    Field("active_only", .boolean, "Leave out what is not active."), Self.key,
                    Field("limit", .integer, "At most this many, with a cursor to go on."),
                    Field("cursor", .text, "The next_cursor of the answer before."),
                ], answer: .result("WatchListOrWatch"), list),
            Route(.get, "/api/v1/watches/{task_id}", "Show a watch task", query: [Self.key], answer: .result("Watch")) {
                .result(try await plane.watch($0.watchKey, as: $0.caller))
            },
            Route(
                .patch, "/api/v1/watches/{task_id}", "Change a watch task", query: [Self.key], body: .json(Self.patch),
                answer: .result("Watch"), update),
            Route(
                .patch, "/api/v1/watches", "Change the watch task at an address", query: [Self.key],
                body: .json(Self.patch), answer: .result("Watch"), update),
            Route(
                .delete, "/api/v1/watches/{task_id}", "Remove a watch task; the content stays", query: [Self.key],
                answer: .result("DeletedWatch"), delete),
            Route(
                .delete, "/api/v1/watches", "Remove the watch task at an address; the content stays",
                query: [Self.key], answer: .result("DeletedWatch"), delete),
            Route(
                .post, "/api/v1/watches/{task_id}/trigger", "Refresh now, in the background",
                query: [Self.key, Self.held], answer: .result("TriggerReceipt"), trigger),
            Route(
                .post, "/api/v1/watches/trigger", "Refresh the resource at an address now, in the background",
                query: [Self.key, Self.held], answer: .result("TriggerReceipt"), trigger),
            Route(
                .post, "/api/v1/watches/trigger_due", "Start what is due, oldest first, in the background",
                body: .json([Self.bound], isOptional: true), answer: .result("DueReceipt"), triggerDue),
        ]
    }

    @Sendable private func list(_ request: APIRequest) async throws -> Answer {
        let activeOnly = request.query.bool("active_only") ?? false
        if request.query.has("to_uri") {
            let view = try await plane.watch(request.watchKey, as: request.caller)
            // Who asks for active ones only is told the same of a paused one as of none.
            guard view.isActive || !activeOnly else { throw OVError.noWatch(view.uri.text) }
            return .result(view)
        }
        let query = WatchQuery(
            activeOnly: activeOnly, limit: request.query.integer("limit"), cursor: request.query.text("cursor"))
        return .result(try await plane.watches(query, as: request.caller))
    }

    @Sendable private func update(_ request: APIRequest) async throws -> Answer {
        let patch = WatchPatch(
            interval: request.body.number("watch_interval"), isActive: request.body.bool("is_active"),
            reason: request.body.text("reason"), instruction: request.body.text("instruction"))
        return .result(try await plane.updateWatch(request.watchKey, patch, as: request.caller))
    }

    @Sendable private func delete(_ request: APIRequest) async throws -> Answer {
        .result(try await plane.deleteWatch(request.watchKey, as: request.caller))
    }

    @Sendable private func triggerDue(_ request: APIRequest) async throws -> Answer {
        let bound = request.body.integer("at_most") ?? Self.usualBound
        guard bound >= 1 else {
            throw OVError.invalidField(["body", "at_most"], "at_most must be 1 or more", type: "greater_than_equal")
        }
        return .result(try await plane.triggerDueWatches(atMost: bound, as: request.caller))
    }

    @Sendable private func trigger(_ request: APIRequest) async throws -> Answer {
        let held = try request.query.text("accept_deletions").map { text throws(OVError) in
            guard let id = TaskID(text) else {
                throw .invalidField(
                    ["query", "accept_deletions"], "accept_deletions must be the id of a held task",
                    type: "uuid_parsing")
            }
            return id
        }
        return .result(
            try await plane.triggerWatch(request.watchKey, acceptingDeletionsOf: held, as: request.caller))
    }
}

extension APIRequest {
    fileprivate var watchKey: WatchKey { WatchKey(id: parameters["task_id"], uri: query.text("to_uri")) }
}
