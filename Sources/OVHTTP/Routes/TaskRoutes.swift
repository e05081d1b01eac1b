// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVAPI
import OVCore

/// Executions: what ran, what runs, what waits.
struct TaskRoutes: RouteGroup {
    let plane: any ControlPlane

    private static let filters = [
        Field("task_type", .choice(TaskRecord.Kind.allCases.map(\.rawValue)), "Only of this type."),
        Field("status", .choice(TaskRecord.Status.allCases.map(\.rawValue)), "Only in this state."),
        Field("resource_id", .uri, "Only of this resource."),
        Field("watch_id", .text, "Only of this watch task."),
        Field("limit", .integer, "At most this many: 1 to 200, 50 if not given."),
        Field("cursor", .text, "The next_cursor of the answer before."),
        Field("pagination", .choice(["cursor"]), "With `cursor`, the answer has items and next_cursor."),
    ]

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/tasks", "List executions, newest first", query: Self.filters,
                answer: .result("TaskListOrPage"), list),
            Route(.get, "/api/v1/tasks/{task_id}", "Show an execution", answer: .result("Task")) {
                .result(try await plane.task($0.parameters["task_id"] ?? "", as: $0.caller))
            },
            Route(.post, "/api/v1/tasks/{task_id}/cancel", "End an execution", answer: .result("Task")) {
                .result(try await plane.cancelTask($0.parameters["task_id"] ?? "", as: $0.caller))
            },
        ]
    }

    @Sendable private func list(_ request: APIRequest) async throws -> Answer {
        let query = TaskQuery(
            kind: request.query.text("task_type"), status: request.query.text("status"),
            resource: request.query.text("resource_id"), watch: request.query.text("watch_id"),
            limit: request.query.integer("limit") ?? TaskQuery.defaultLimit, cursor: request.query.text("cursor"))
        let page = try await plane.tasks(query, as: request.caller)
        guard request.query.has("pagination") else {
            return .result { json in json.array { json in for task in page.tasks { task.write(to: &json) } } }
        }
        return .result(page)
    }
}
