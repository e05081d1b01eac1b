// SPDX-License-Identifier: Apache-2.0

package import OVAPI
package import OVCore

/// The operations of a store that a server works on.
///
/// Who calls is for the server to decide, by the key and the names that the connection sends along with each request;
/// the caller that a method is given is who the process takes itself for, and says nothing more.
package struct RemotePlane: ControlPlane {
    let connection: ServerConnection
    let random: any RandomSource

    package init(over connection: ServerConnection, random: any RandomSource) {
        self.connection = connection
        self.random = random
    }

    // MARK: Watch tasks

    package func watches(_ query: WatchQuery, as caller: Caller) async throws(OVError) -> WatchPage {
        let request = ServerRequest.get(
            "/api/v1/watches",
            query: [
                "active_only": query.activeOnly ? "true" : nil, "limit": query.limit.map { "\($0)" },
                "cursor": query.cursor,
            ])
        return try await connection.value(WatchPage.self, request)
    }

    package func watch(_ key: WatchKey, as caller: Caller) async throws(OVError) -> WatchView {
        try await connection.value(WatchView.self, Self.request(.get, key))
    }

    package func updateWatch(_ key: WatchKey, _ patch: WatchPatch, as caller: Caller)
        async throws(OVError) -> WatchView
    {
        // JSON has no words for what is no number.
        if let interval = patch.interval { _ = try Interval(minutes: interval) }
        let request = try Self.request(.patch, key).with { json in
            json.member("watch_interval", ifAny: patch.interval)
            json.member("is_active", ifAny: patch.isActive)
            json.member("reason", ifAny: patch.reason)
            json.member("instruction", ifAny: patch.instruction)
        }
        return try await connection.value(WatchView.self, request)
    }

    package func deleteWatch(_ key: WatchKey, as caller: Caller) async throws(OVError) -> DeletedWatch {
        try await connection.value(DeletedWatch.self, Self.request(.delete, key))
    }

    package func triggerWatch(_ key: WatchKey, acceptingDeletionsOf held: TaskID?, as caller: Caller)
        async throws(OVError) -> TriggerReceipt
    {
        let request = try Self.request(.post, key, "/trigger", accepting: held)
        return try await connection.value(TriggerReceipt.self, request)
    }

    package func triggerDueWatches(atMost bound: Int, as caller: Caller) async throws(OVError) -> DueReceipt {
        let request = ServerRequest(.post, "/api/v1/watches/trigger_due").with { $0.member("at_most", bound) }
        return try await connection.value(DueReceipt.self, request)
    }

    /// - Throws: `NOT_FOUND` for an id that no route can have, `INVALID_ARGUMENT` for a key that names nothing.
    private static func request(
        _ method: ServerRequest.Method, _ key: WatchKey, _ verb: String = "", accepting held: TaskID? = nil
    ) throws(OVError) -> ServerRequest {
        guard key.id != nil || key.uri != nil else {
            throw .invalidField(["query", "to_uri"], "a watch task is named by task_id or to_uri", type: "missing")
        }
        if let id = key.id, TaskID(id) == nil { throw OVError.noWatch(id) }
        let path = "/api/v1/watches" + (key.id.map { "/" + $0 } ?? "") + verb
        return ServerRequest(method, path, query: ["to_uri": key.uri, "accept_deletions": held?.description])
    }

    // MARK: Executions

    package func tasks(_ query: TaskQuery, as caller: Caller) async throws(OVError) -> TaskPage {
        _ = try query.checked()
        let request = ServerRequest.get(
            "/api/v1/tasks",
            query: [
                "task_type": query.kind, "status": query.status, "resource_id": query.resource,
                "watch_id": query.watch, "limit": "\(query.limit)", "cursor": query.cursor, "pagination": "cursor",
            ])
        return try await connection.value(TaskPage.self, request)
    }

    package func task(_ id: String, as caller: Caller) async throws(OVError) -> TaskView {
        try await connection.value(TaskView.self, .get("/api/v1/tasks/\(try Self.taskID(id))"))
    }

    package func cancelTask(_ id: String, as caller: Caller) async throws(OVError) -> TaskView {
        let request = ServerRequest(.post, "/api/v1/tasks/\(try Self.taskID(id))/cancel")
        return try await connection.value(TaskView.self, request)
    }

    package func updates(ofTask id: String, as caller: Caller) async throws(OVError) -> TaskUpdates {
        let first = try await task(id, as: caller)
        return TaskUpdates {
            var feed = RemoteTaskFeed(plane: self, caller: caller, first: first)
            return { try await feed.next() }
        }
    }

    private static func taskID(_ id: String) throws(OVError) -> TaskID {
        guard let task = TaskID(id) else { throw OVError.noTask(id) }
        return task
    }
}
