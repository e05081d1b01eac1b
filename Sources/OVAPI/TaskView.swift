// SPDX-License-Identifier: Apache-2.0

import OVCore

/// An execution as callers see it.
package struct TaskView: Hashable, Sendable {
    package let id: TaskID
    package let kind: TaskRecord.Kind
    package let status: TaskRecord.Status
    package let stage: TaskRecord.Stage
    package let progress: TaskRecord.Progress
    /// The root that it ingests into.
    package let uri: VikingURI
    package let watch: TaskID?
    package let trigger: TaskRecord.Trigger
    /// The point of the schedule that it runs for.
    package let scheduledFor: Timestamp?
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    package let startedAt: Timestamp?
    package let finishedAt: Timestamp?
    package let result: TaskRecord.Result?
    package let error: TaskRecord.Failure?

    package init(task: TaskRecord) {
        id = task.id
        kind = task.kind
        status = task.status
        stage = task.stage
        progress = task.progress
        uri = task.uri
        watch = task.watch
        trigger = task.trigger
        scheduledFor = task.scheduledFor
        createdAt = task.createdAt
        updatedAt = task.updatedAt
        startedAt = task.startedAt
        finishedAt = task.finishedAt
        result = task.result
        error = task.error
    }
}

extension TaskView: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("task_id", id)
            json.member("task_type", kind.rawValue)
            json.member("status", status.rawValue)
            json.member("stage", stage.rawValue)
            json.member("progress", progress)
            json.member("resource_id", uri)
            json.member("watch_id", orNull: watch)
            json.member("trigger", trigger.rawValue)
            json.member("scheduled_for", orNull: scheduledFor)
            json.member("created_at", createdAt.seconds)
            json.member("updated_at", updatedAt.seconds)
            json.member("started_at", orNull: startedAt)
            json.member("finished_at", orNull: finishedAt)
            json.member("result", orNull: result)
            json.member("error", orNull: error)
        }
    }
}

extension TaskRecord.Progress: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("documents", documents)
            json.member("bytes", Int(bytes))
            json.member("total_documents", ifAny: totalDocuments)
        }
    }
}

extension TaskRecord.Result: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("outcome", outcome.rawValue)
            json.member("revision", orNull: revision)
            json.member("added", changes.added)
            json.member("changed", changes.changed)
            json.member("removed", changes.removed)
            json.member("unchanged", changes.unchanged)
            json.member("bytes", Int(bytes))
            json.member("warnings", warnings)
        }
    }
}

extension TaskRecord.Failure: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("code", code)
            json.member("message", message)
            json.member("hint", ifAny: hint)
            json.member("cause", ifAny: cause)
        }
    }
}

package struct TaskQuery: Hashable, Sendable {
    package static let limits = 1...200
    package static let defaultLimit = 50

    package var kind: String?
    package var status: String?
    /// The root of a resource.
    package var resource: String?
    package var watch: String?
    package var limit: Int
    package var cursor: String?

    package init(
        kind: String? = nil, status: String? = nil, resource: String? = nil, watch: String? = nil,
        limit: Int = defaultLimit, cursor: String? = nil
    ) {
        self.kind = kind
        self.status = status
        self.resource = resource
        self.watch = watch
        self.limit = limit
        self.cursor = cursor
    }
}

extension TaskQuery {
    /// What it names, as values.
    /// - Throws: `INVALID_ARGUMENT` for a name that there is not, and a limit out of range.
    package func checked() throws(OVError) -> (kind: TaskRecord.Kind?, status: TaskRecord.Status?) {
        guard Self.limits.contains(limit) else {
            throw .invalidField(["query", "limit"], "limit must be between 1 and 200", type: "value_error")
        }
        return (
            try kind.map { text throws(OVError) in try Self.choice(text, TaskRecord.Kind.self, "task_type") },
            try status.map { text throws(OVError) in try Self.choice(text, TaskRecord.Status.self, "status") }
        )
    }

    private static func choice<Value: RawRepresentable<String> & CaseIterable>(
        _ text: String, _ type: Value.Type, _ field: String
    ) throws(OVError) -> Value {
        if let value = Value(rawValue: text) { return value }
        let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
        throw .invalidField(
            ["query", field], "\(field) must be one of \(names), not '\(text.prefix(120))'", type: "enum")
    }
}

/// Executions, newest first.
package struct TaskPage: Hashable, Sendable {
    package let tasks: [TaskView]
    package let nextCursor: String?

    package init(tasks: [TaskView], nextCursor: String?) {
        self.tasks = tasks
        self.nextCursor = nextCursor
    }
}

extension OVError {
    /// What everybody is told who names an execution that is not there, or that is not for them to see.
    package static func noTask(_ id: String) -> OVError {
        OVError(
            .notFound, "no task found for \(id.prefix(120))", hint: "`ov task list` lists the recent ones")
    }
}
