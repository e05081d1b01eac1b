// SPDX-License-Identifier: Apache-2.0

import OVCore

extension WatchView: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var draft = Draft()
        try json.object { name, json throws(JSONError) in
            if try draft.readOrder(name, &json) { return }
            if try draft.readOutcome(name, &json) { return }
            try json.skip()
        }
        self = try draft.finish(json)
    }

    /// The members of an answer as they come.
    private struct Draft {
        var (id, uri): (TaskID?, VikingURI?)
        var (location, fetcher): (String?, String?)
        var (reason, instruction, status): (String?, String?, String?)
        var interval: Interval?
        var createdAt: Timestamp?
        var (account, user, role): (String?, String?, Role?)
        var (lastEnd, nextRun, lastSuccess, lastChange): (Timestamp?, Timestamp?, Timestamp?, Timestamp?)
        var (lastStatus, lastTask, running): (TaskRecord.Status?, TaskID?, TaskID?)
        var failures: Int?
        var (failure, failureCode, failedAt): (String?, String?, Timestamp?)
        var suspensionReason: String?
        var skippedCount: Int?
        var lastSkip: WatchTask.Skip?
        var revision: String?

        /// - Returns: whether it is a member of what was ordered.
        mutating func readOrder(_ name: String, _ json: inout JSONReader) throws(JSONError) -> Bool {
            switch name {
            case "task_id": id = try json.taskID()
            case "path": location = try json.string()
            case "to_uri": uri = try json.uri()
            case "reason": reason = try json.string()
            case "instruction": instruction = try json.string()
            case "watch_interval": interval = try json.interval()
            case "created_at": createdAt = try json.timestamp()
            case "account_id": account = try json.string()
            case "user_id": user = try json.string()
            case "original_role": role = try json.choice(Role.self)
            case "status": status = try json.string()
            case "source_type": fetcher = try json.string()
            default: return false
            }
            return true
        }

        /// - Returns: whether it is a member of what became of it.
        mutating func readOutcome(_ name: String, _ json: inout JSONReader) throws(JSONError) -> Bool {
            switch name {
            case "last_execution_time": lastEnd = try json.timestampOrNull()
            case "next_execution_time": nextRun = try json.timestampOrNull()
            case "last_status": lastStatus = json.skipNull() ? nil : try json.choice(TaskRecord.Status.self)
            case "last_task_id": lastTask = try json.taskIDOrNull()
            case "running_task_id": running = try json.taskIDOrNull()
            case "last_success_time": lastSuccess = try json.timestampOrNull()
            case "last_change_time": lastChange = try json.timestampOrNull()
            case "consecutive_failures": failures = try json.count()
            case "last_error": failure = try json.stringOrNull()
            case "last_error_code": failureCode = try json.stringOrNull()
            case "last_error_at": failedAt = try json.timestampOrNull()
            case "suspended_reason": suspensionReason = try json.stringOrNull()
            case "skipped_count": skippedCount = try json.count()
            case "last_skip": lastSkip = try json.valueOrNull(WatchTask.Skip.self)
            case "revision": revision = try json.stringOrNull()
            default: return false
            }
            return true
        }

        func finish(_ json: JSONReader) throws(JSONError) -> WatchView {
            var watch = WatchTask(
                id: try json.required(id, "task_id"),
                owner: Owner(
                    account: try json.required(account, "account_id"), user: try json.required(user, "user_id")),
                role: try json.required(role, "original_role"), uri: try json.required(uri, "to_uri"),
                source: Source(
                    fetcher: try json.required(fetcher, "source_type"), location: try json.required(location, "path")),
                interval: try json.required(interval, "watch_interval"), reason: try json.required(reason, "reason"),
                instruction: try json.required(instruction, "instruction"),
                createdAt: try json.required(createdAt, "created_at"))
            watch.state = try state(json)
            (watch.nextRun, watch.lastEnd, watch.lastTask, watch.lastStatus) = (nextRun, lastEnd, lastTask, lastStatus)
            (watch.lastSuccess, watch.lastChange) = (lastSuccess, lastChange)
            if let failure, let failureCode, let failedAt {
                watch.lastFailure = WatchTask.Failure(code: failureCode, message: failure, at: failedAt)
            }
            watch.consecutiveFailures = try json.required(failures, "consecutive_failures")
            watch.skippedCount = Int64(try json.required(skippedCount, "skipped_count"))
            watch.lastSkip = lastSkip
            return WatchView(watch: watch, runningTask: running, revision: revision)
        }

        private func state(_ json: JSONReader) throws(JSONError) -> WatchTask.State {
            switch (status, suspensionReason) {
            case ("active", nil): return .active
            case ("paused", nil): return .paused
            case ("suspended", let reason?): return .suspended(reason: reason)
            default: throw json.failure("a watch task of no known status")
            }
        }
    }
}

extension WatchTask.Skip: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (at, cause): (Timestamp?, Cause?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "at": at = try json.timestamp()
            case "cause": cause = try json.choice(Cause.self)
            default: try json.skip()
            }
        }
        self.init(at: try json.required(at, "at"), cause: try json.required(cause, "cause"))
    }
}

extension JSONReader {
    fileprivate mutating func interval() throws(JSONError) -> Interval {
        let minutes = try double()
        do throws(OVError) { return try Interval(minutes: minutes) } catch { throw failure(error.message) }
    }
}
