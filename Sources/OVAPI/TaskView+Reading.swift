// SPDX-License-Identifier: Apache-2.0

import OVCore

extension TaskView: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var draft = Draft()
        try json.object { name, json throws(JSONError) in try draft.read(name, &json) }
        self = try draft.finish(json)
    }

    /// The members of an answer as they come.
    private struct Draft {
        var (id, uri, watch): (TaskID?, VikingURI?, TaskID?)
        var (kind, trigger): (TaskRecord.Kind?, TaskRecord.Trigger?)
        var (status, stage): (TaskRecord.Status?, TaskRecord.Stage?)
        var progress: TaskRecord.Progress?
        var (scheduledFor, startedAt, finishedAt): (Timestamp?, Timestamp?, Timestamp?)
        var (createdAt, updatedAt): (Timestamp?, Timestamp?)
        var (result, error): (TaskRecord.Result?, TaskRecord.Failure?)

        mutating func read(_ name: String, _ json: inout JSONReader) throws(JSONError) {
            switch name {
            case "task_id": id = try json.taskID()
            case "task_type": kind = try json.choice(TaskRecord.Kind.self)
            case "status": status = try json.choice(TaskRecord.Status.self)
            case "stage": stage = try json.choice(TaskRecord.Stage.self)
            case "progress": progress = try TaskRecord.Progress(from: &json)
            case "resource_id": uri = try json.uri()
            case "watch_id": watch = try json.taskIDOrNull()
            case "trigger": trigger = try json.choice(TaskRecord.Trigger.self)
            case "scheduled_for": scheduledFor = try json.timestampOrNull()
            case "created_at": createdAt = try json.secondsSince1970()
            case "updated_at": updatedAt = try json.secondsSince1970()
            case "started_at": startedAt = try json.timestampOrNull()
            case "finished_at": finishedAt = try json.timestampOrNull()
            case "result": result = try json.valueOrNull(TaskRecord.Result.self)
            case "error": error = try json.valueOrNull(TaskRecord.Failure.self)
            default: try json.skip()
            }
        }

        func finish(_ json: JSONReader) throws(JSONError) -> TaskView {
            // Whose it is, nobody is shown.
            var task = TaskRecord(
                id: try json.required(id, "task_id"), kind: try json.required(kind, "task_type"),
                owner: Owner(account: "", user: ""), uri: try json.required(uri, "resource_id"), watch: watch,
                trigger: try json.required(trigger, "trigger"), scheduledFor: scheduledFor,
                createdAt: try json.required(createdAt, "created_at"))
            task.updatedAt = try json.required(updatedAt, "updated_at")
            task.status = try json.required(status, "status")
            task.stage = try json.required(stage, "stage")
            task.progress = try json.required(progress, "progress")
            (task.startedAt, task.finishedAt, task.result, task.error) = (startedAt, finishedAt, result, error)
            return TaskView(task: task)
        }
    }
}

extension TaskRecord.Progress: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (documents, bytes, total): (Int?, Int?, Int?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "documents": documents = try json.count()
            case "bytes": bytes = try json.count()
            case "total_documents": total = try json.count()
            default: try json.skip()
            }
        }
        self.init(
            documents: try json.required(documents, "documents"), bytes: Int64(try json.required(bytes, "bytes")),
            totalDocuments: total)
    }
}

extension TaskRecord.Result: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (outcome, revision): (TaskRecord.Outcome?, String?)
        var (counts, bytes, warnings): ([String: Int], Int?, [String]?) = ([:], nil, nil)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "outcome": outcome = try json.choice(TaskRecord.Outcome.self)
            case "revision": revision = try json.stringOrNull()
            case "added", "changed", "removed", "unchanged": counts[name] = try json.count()
            case "bytes": bytes = try json.count()
            case "warnings": warnings = try json.strings()
            default: try json.skip()
            }
        }
        let changes = ChangeCounts(
            added: try json.required(counts["added"], "added"),
            changed: try json.required(counts["changed"], "changed"),
            removed: try json.required(counts["removed"], "removed"),
            unchanged: try json.required(counts["unchanged"], "unchanged"))
        self.init(
            outcome: try json.required(outcome, "outcome"), revision: revision, changes: changes,
            bytes: Int64(try json.required(bytes, "bytes")), warnings: try json.required(warnings, "warnings"))
    }
}

extension TaskRecord.Failure: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (code, message, hint, cause): (String?, String?, String?, String?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "code": code = try json.string()
            case "message": message = try json.string()
            case "hint": hint = try json.stringOrNull()
            case "cause": cause = try json.stringOrNull()
            default: try json.skip()
            }
        }
        self.init(
            code: try json.required(code, "code"), message: try json.required(message, "message"), hint: hint,
            cause: cause)
    }
}

extension TaskPage: JSONWritable {
    /// The paged form.
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("items", tasks)
            json.member("next_cursor", orNull: nextCursor)
        }
    }
}

extension TaskPage: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (tasks, cursor): ([TaskView]?, String?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "items": tasks = try json.values(TaskView.self)
            case "next_cursor": cursor = try json.stringOrNull()
            default: try json.skip()
            }
        }
        self.init(tasks: try json.required(tasks, "items"), nextCursor: cursor)
    }
}
