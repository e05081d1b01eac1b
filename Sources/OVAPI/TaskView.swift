// SPDX-License-Identifier: Apache-2.0

import OVCore

/// An execution as callers see it.
package struct TaskView: Hashable, Sendable {
    package let task: TaskRecord

    package init(task: TaskRecord) { self.task = task }
}

extension TaskView: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("task_id", task.id)
            json.member("task_type", task.kind.rawValue)
            json.member("status", task.status.rawValue)
            json.member("stage", task.stage.rawValue)
            json.member("progress", task.progress)
            json.member("resource_id", task.uri)
            json.member("watch_id", orNull: task.watch)
            json.member("trigger", task.trigger.rawValue)
            json.member("scheduled_for", orNull: task.scheduledFor)
            json.member("created_at", task.createdAt.seconds)
            json.member("updated_at", task.updatedAt.seconds)
            json.member("started_at", orNull: task.startedAt)
            json.member("finished_at", orNull: task.finishedAt)
            json.member("result", orNull: task.result)
            json.member("error", orNull: task.error)
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

/// Executions, newest first.
package struct TaskPage: Hashable, Sendable {
    package let tasks: [TaskView]
    package let nextCursor: String?

    package init(tasks: [TaskView], nextCursor: String?) {
        self.tasks = tasks
        self.nextCursor = nextCursor
    }
}
