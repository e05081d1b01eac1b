// SPDX-License-Identifier: Apache-2.0

import OVCore

extension TaskRecord: StateRecord {
    func encode(to json: inout JSONWriter) {
        json.member("id", id)
        json.member("kind", kind.rawValue)
        owner.encode(to: &json)
        json.member("uri", uri)
        json.member("watch", ifAny: watch)
        json.member("trigger", trigger.rawValue)
        json.member("scheduled", ifAny: scheduledFor)
        json.member("accepts", ifAny: acceptedDeletions)
        json.member("created", createdAt)
        json.member("updated", updatedAt)
        json.member("started", ifAny: startedAt)
        json.member("finished", ifAny: finishedAt)
        json.member("status", status.rawValue)
        json.member("stage", stage.rawValue)
        json.member("documents", ifNotZero: progress.documents)
        json.member("bytes", ifNotZero: Int(progress.bytes))
        json.member("total", ifAny: progress.totalDocuments)
        if let lease { json.member("lease", Record(lease)) }
        if let result { json.member("result", Record(result)) }
        if let error { json.member("error", Record(error)) }
    }

    init(decoding json: inout JSONReader) throws(JSONError) {
        var draft = Draft()
        try json.object { name, json throws(JSONError) in
            if try draft.decodeIdentity(name, &json) { return }
            try draft.decodeCourse(name, &json)
        }
        self = try draft.finish(json)
    }
}

private struct Draft {
    var id: TaskID?
    var kind: TaskRecord.Kind?
    var owner = OwnerDraft()
    var uri: VikingURI?
    var watch: TaskID?
    var trigger: TaskRecord.Trigger?
    var scheduledFor: Timestamp?
    var accepts: TaskID?
    var createdAt: Timestamp?
    var updatedAt: Timestamp?
    var startedAt: Timestamp?
    var finishedAt: Timestamp?
    var status = TaskRecord.Status.pending
    var stage = TaskRecord.Stage.queued
    var progress = TaskRecord.Progress()
    var lease: TaskRecord.Lease?
    var result: TaskRecord.Result?
    var error: TaskRecord.Failure?

    mutating func decodeIdentity(_ name: String, _ json: inout JSONReader) throws(JSONError) -> Bool {
        switch name {
        case "id": id = try json.taskID()
        case "kind": kind = try json.choice(TaskRecord.Kind.self)
        case "account", "user": try owner.decode(name, &json)
        case "uri": uri = try json.uri()
        case "watch": watch = try json.taskID()
        case "trigger": trigger = try json.choice(TaskRecord.Trigger.self)
        case "scheduled": scheduledFor = try json.timestamp()
        case "accepts": accepts = try json.taskID()
        case "created": createdAt = try json.timestamp()
        default: return false
        }
        return true
    }

    mutating func decodeCourse(_ name: String, _ json: inout JSONReader) throws(JSONError) {
        switch name {
        case "updated": updatedAt = try json.timestamp()
        case "started": startedAt = try json.timestamp()
        case "finished": finishedAt = try json.timestamp()
        case "status": status = try json.choice(TaskRecord.Status.self)
        case "stage": stage = try json.choice(TaskRecord.Stage.self)
        case "documents": progress.documents = try json.count()
        case "bytes": progress.bytes = Int64(try json.count())
        case "total": progress.totalDocuments = try json.count()
        case "lease": lease = try TaskRecord.Lease(decoding: &json)
        case "result": result = try TaskRecord.Result(decoding: &json)
        case "error": error = try TaskRecord.Failure(decoding: &json)
        default: throw json.unknown(name)
        }
    }

    func finish(_ json: JSONReader) throws(JSONError) -> TaskRecord {
        guard let id, let kind, let uri, let trigger, let createdAt else {
            throw json.missing("id, kind, uri, trigger or created")
        }
        var task = TaskRecord(
            id: id, kind: kind, owner: owner.owner, uri: uri, watch: watch, trigger: trigger,
            scheduledFor: scheduledFor, acceptedDeletions: accepts, createdAt: createdAt)
        task.updatedAt = updatedAt ?? createdAt
        task.startedAt = startedAt
        task.finishedAt = finishedAt
        task.status = status
        task.stage = stage
        task.progress = progress
        task.lease = lease
        task.result = result
        task.error = error
        return task
    }
}

extension TaskRecord.Lease: StateRecord {
    func encode(to json: inout JSONWriter) {
        json.member("slot", slot)
        json.member("token", Int(clamping: token))
        json.member("base", baseRevision)
    }

    init(decoding json: inout JSONReader) throws(JSONError) {
        var (slot, token, base) = (0, 0, 0)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "slot": slot = try json.count()
            case "token": token = try json.count()
            case "base": base = try json.count()
            default: throw json.unknown(name)
            }
        }
        guard slot < LockFile.ownerSlots else { throw json.failure("owner slot out of range") }
        self.init(slot: slot, token: UInt64(token), baseRevision: base)
    }
}

extension TaskRecord.Result: StateRecord {
    func encode(to json: inout JSONWriter) {
        json.member("outcome", outcome.rawValue)
        json.member("revision", ifAny: revision)
        json.member("added", ifNotZero: changes.added)
        json.member("changed", ifNotZero: changes.changed)
        json.member("removed", ifNotZero: changes.removed)
        json.member("unchanged", ifNotZero: changes.unchanged)
        json.member("bytes", ifNotZero: Int(bytes))
        json.member("warnings", ifNotEmpty: warnings)
    }

    init(decoding json: inout JSONReader) throws(JSONError) {
        var (outcome, revision): (TaskRecord.Outcome?, String?)
        var (changes, bytes, warnings): (ChangeCounts, Int, [String]) = (ChangeCounts(), 0, [])
        try json.object { name, json throws(JSONError) in
            switch name {
            case "outcome": outcome = try json.choice(TaskRecord.Outcome.self)
            case "revision": revision = try json.string()
            case "added": changes.added = try json.count()
            case "changed": changes.changed = try json.count()
            case "removed": changes.removed = try json.count()
            case "unchanged": changes.unchanged = try json.count()
            case "bytes": bytes = try json.count()
            case "warnings": warnings = try json.strings()
            default: throw json.unknown(name)
            }
        }
        guard let outcome else { throw json.missing("outcome") }
        self.init(outcome: outcome, revision: revision, changes: changes, bytes: Int64(bytes), warnings: warnings)
    }
}

extension TaskRecord.Failure: StateRecord {
    func encode(to json: inout JSONWriter) {
        json.member("code", code)
        json.member("message", message)
        json.member("hint", ifAny: hint)
        json.member("cause", ifAny: cause)
    }

    init(decoding json: inout JSONReader) throws(JSONError) {
        var (code, message, hint, cause): (String?, String?, String?, String?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "code": code = try json.string()
            case "message": message = try json.string()
            case "hint": hint = try json.string()
            case "cause": cause = try json.string()
            default: throw json.unknown(name)
            }
        }
        guard let code, let message else { throw json.missing("code or message") }
        self.init(code: code, message: message, hint: hint, cause: cause)
    }
}
