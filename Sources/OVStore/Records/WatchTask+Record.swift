// SPDX-License-Identifier: Apache-2.0

import OVCore

extension WatchTask: StateRecord {
    func encode(to json: inout JSONWriter) {
        json.member("id", id)
        owner.encode(to: &json)
        json.member("uri", uri)
        json.member("role", role.rawValue)
        json.member("created", createdAt)
        json.member("source", Record(source))
        json.member("interval", interval.minutes)
        json.member("reason", ifNotEmpty: reason)
        json.member("instruction", ifNotEmpty: instruction)
        switch state {
        case .active: break
        case .paused: json.member("paused", true)
        case .suspended(let reason): json.member("suspended", reason)
        }
        json.name("schedule")
        json.object { encodeSchedule(to: &$0) }
        guard hasHistory else { return }
        json.name("history")
        json.object { encodeHistory(to: &$0) }
    }

    private var hasHistory: Bool {
        lastEnd != nil || lastTask != nil || lastStatus != nil || lastSuccess != nil || lastChange != nil
            || lastFailure != nil || consecutiveFailures != 0 || consecutivePermanentFailures != 0
            || consecutiveInterruptions != 0
    }

    private func encodeSchedule(to json: inout JSONWriter) {
        if anchor != createdAt { json.member("anchor", anchor) }
        if accountedThrough != anchor { json.member("through", accountedThrough) }
        json.member("point", ifAny: lastScheduledPoint)
        json.member("start", ifAny: lastStart)
        json.member("next", ifAny: nextRun)
        if awaitsRetry { json.member("retry", true) }
        json.member("skipped", ifNotZero: Int(skippedCount))
        if let lastSkip {
            json.member("skip_at", lastSkip.at)
            json.member("skip_cause", lastSkip.cause.rawValue)
        }
    }

    private func encodeHistory(to json: inout JSONWriter) {
        json.member("end", ifAny: lastEnd)
        json.member("task", ifAny: lastTask)
        json.member("status", ifAny: lastStatus?.rawValue)
        json.member("success", ifAny: lastSuccess)
        json.member("change", ifAny: lastChange)
        if let lastFailure {
            json.member("error_code", lastFailure.code)
            json.member("error", lastFailure.message)
            json.member("error_at", lastFailure.at)
        }
        json.member("failures", ifNotZero: consecutiveFailures)
        json.member("permanent", ifNotZero: consecutivePermanentFailures)
        json.member("interruptions", ifNotZero: consecutiveInterruptions)
    }

    init(decoding json: inout JSONReader) throws(JSONError) {
        var draft = Draft()
        var watch: WatchTask?
        try json.object { name, json throws(JSONError) in
            switch name {
            case "schedule":
                watch = try draft.finish(json)
                try watch?.decodeSchedule(&json)
            case "history": try watch?.decodeHistory(&json)
            default: try draft.decode(name, &json)
            }
        }
        guard let watch else { throw json.missing("schedule") }
        self = watch
    }

    private mutating func decodeSchedule(_ json: inout JSONReader) throws(JSONError) {
        self.nextRun = nil
        var (skippedAt, cause): (Timestamp?, Skip.Cause?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "anchor":
                self.anchor = try json.timestamp()
                self.accountedThrough = self.anchor
            case "through": self.accountedThrough = try json.timestamp()
            case "point": self.lastScheduledPoint = try json.timestamp()
            case "start": self.lastStart = try json.timestamp()
            case "next": self.nextRun = try json.timestamp()
            case "retry": self.awaitsRetry = try json.bool()
            case "skipped": self.skippedCount = try json.integer()
            case "skip_at": skippedAt = try json.timestamp()
            case "skip_cause": cause = try json.choice(Skip.Cause.self)
            default: throw json.unknown(name)
            }
        }
        if let skippedAt, let cause { self.lastSkip = Skip(at: skippedAt, cause: cause) }
    }

    private mutating func decodeHistory(_ json: inout JSONReader) throws(JSONError) {
        var (code, message, failedAt): (String?, String?, Timestamp?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "end": self.lastEnd = try json.timestamp()
            case "task": self.lastTask = try json.taskID()
            case "status": self.lastStatus = try json.choice(TaskRecord.Status.self)
            case "success": self.lastSuccess = try json.timestamp()
            case "change": self.lastChange = try json.timestamp()
            case "error_code": code = try json.string()
            case "error": message = try json.string()
            case "error_at": failedAt = try json.timestamp()
            case "failures": self.consecutiveFailures = try json.count()
            case "permanent": self.consecutivePermanentFailures = try json.count()
            case "interruptions": self.consecutiveInterruptions = try json.count()
            default: throw json.unknown(name)
            }
        }
        if let code, let message, let failedAt {
            self.lastFailure = Failure(code: code, message: message, at: failedAt)
        }
    }
}

/// The fields that a watch cannot be without; they stand before the others.
private struct Draft {
    var id: TaskID?
    var owner = OwnerDraft()
    var uri: VikingURI?
    var role = Role.root
    var createdAt: Timestamp?
    var source: Source?
    var interval: Interval?
    var reason = ""
    var instruction = ""
    var state = WatchTask.State.active

    mutating func decode(_ name: String, _ json: inout JSONReader) throws(JSONError) {
        switch name {
        case "id": id = try json.taskID()
        case "uri": uri = try json.uri()
        case "role": role = try json.choice(Role.self)
        case "created": createdAt = try json.timestamp()
        case "source": source = try Source(decoding: &json)
        case "interval":
            do {
                interval = try Interval(minutes: try json.double())
            } catch let error as JSONError {
                throw error
            } catch {
                throw json.failure("interval out of range")
            }
        case "reason": reason = try json.string()
        case "instruction": instruction = try json.string()
        case "paused": state = try json.bool() ? .paused : .active
        case "suspended": state = .suspended(reason: try json.string())
        default: try owner.decode(name, &json)
        }
    }

    func finish(_ json: JSONReader) throws(JSONError) -> WatchTask {
        guard let id, let uri, let createdAt, let source, let interval else {
            throw json.missing("id, uri, created, source or interval")
        }
        var watch = WatchTask(
            id: id, owner: owner.owner, role: role, uri: uri, source: source, interval: interval, reason: reason,
            instruction: instruction, createdAt: createdAt)
        watch.state = state
        return watch
    }
}
