// SPDX-License-Identifier: Apache-2.0

import OVCore

/// A watch task as callers see it.
package struct WatchView: Hashable, Sendable {
    private let stored: Boxed<WatchTask>
    /// The run that is going on, if any.
    package let runningTask: TaskID?
    /// The name of the current revision of what it refreshes.
    package let revision: String?

    /// - Parameter stored: as the store has it: a list of all watches copies none.
    package init(stored: Boxed<WatchTask>, runningTask: TaskID?, revision: String?) {
        self.stored = stored
        self.runningTask = runningTask
        self.revision = revision
    }

    package init(watch: WatchTask, runningTask: TaskID?, revision: String?) {
        self.init(stored: Boxed(watch), runningTask: runningTask, revision: revision)
    }

    package var watch: WatchTask { stored.value }

    /// `active`, `paused` or `suspended`.
    package var status: String {
        switch watch.state {
        case .active: "active"
        case .paused: "paused"
        case .suspended: "suspended"
        }
    }
}

extension WatchView: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("task_id", watch.id)
            json.member("path", watch.source.location)
            json.member("to_uri", watch.uri)
            json.member("parent_uri", orNull: watch.uri.parent)
            json.member("reason", watch.reason)
            json.member("instruction", watch.instruction)
            json.member("watch_interval", watch.interval.minutes)
            json.member("is_active", watch.isActive)
            json.member("created_at", watch.createdAt)
            json.member("last_execution_time", orNull: watch.lastEnd)
            json.member("next_execution_time", orNull: watch.nextRun)
            json.member("account_id", watch.owner.account)
            json.member("user_id", watch.owner.user)
            json.member("original_role", watch.role.rawValue)
            json.member("status", status)
            json.member("source_type", watch.source.fetcher)
            writeOutcome(to: &json)
        }
    }

    private func writeOutcome(to json: inout JSONWriter) {
        json.member("last_status", orNull: watch.lastStatus?.rawValue)
        json.member("last_task_id", orNull: watch.lastTask)
        json.member("running_task_id", orNull: runningTask)
        json.member("last_success_time", orNull: watch.lastSuccess)
        json.member("last_change_time", orNull: watch.lastChange)
        json.member("consecutive_failures", watch.consecutiveFailures)
        json.member("last_error", orNull: watch.lastFailure?.message)
        json.member("last_error_code", orNull: watch.lastFailure?.code)
        json.member("last_error_at", orNull: watch.lastFailure?.at)
        json.member("suspended_reason", orNull: watch.suspensionReason)
        json.member("skipped_count", Int(watch.skippedCount))
        json.member("last_skip", orNull: watch.lastSkip)
        json.member("revision", orNull: revision)
    }
}

extension WatchTask.Skip: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("at", at)
            json.member("cause", cause.rawValue)
        }
    }
}
