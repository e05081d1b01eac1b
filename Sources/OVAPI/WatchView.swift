// SPDX-License-Identifier: Apache-2.0

import OVCore

/// A watch task as callers see it: what the contract lists, and nothing else of it.
package struct WatchView: Hashable, Sendable {
    /// Holds more than is shown, which nobody gets from here: a view that was read from an answer does not have it.
    private let watch: Boxed<WatchTask>
    /// The run that is going on, if any.
    package let runningTask: TaskID?
    /// The name of the current revision of what it refreshes.
    package let revision: String?

    /// - Parameter stored: as the store has it: a list of all watches copies none.
    package init(stored: Boxed<WatchTask>, runningTask: TaskID?, revision: String?) {
        watch = stored
        self.runningTask = runningTask
        self.revision = revision
    }

    package init(watch: WatchTask, runningTask: TaskID?, revision: String?) {
        self.init(stored: Boxed(watch), runningTask: runningTask, revision: revision)
    }

    package var id: TaskID { watch.value.id }
    package var uri: VikingURI { watch.value.uri }
    package var owner: Owner { watch.value.owner }
    package var role: Role { watch.value.role }
    package var createdAt: Timestamp { watch.value.createdAt }
    /// What the fetcher is pointed at, without secrets.
    package var location: String { watch.value.source.location }
    /// The name of the fetcher.
    package var sourceType: String { watch.value.source.fetcher }
    package var reason: String { watch.value.reason }
    package var instruction: String { watch.value.instruction }
    package var interval: Interval { watch.value.interval }
    package var state: WatchTask.State { watch.value.state }
    package var isActive: Bool { watch.value.isActive }
    package var suspensionReason: String? { watch.value.suspensionReason }
    /// When it is due next; nil unless active.
    package var nextRun: Timestamp? { watch.value.nextRun }
    /// When the last run ended, good or bad.
    package var lastEnd: Timestamp? { watch.value.lastEnd }
    package var lastTask: TaskID? { watch.value.lastTask }
    package var lastStatus: TaskRecord.Status? { watch.value.lastStatus }
    package var lastSuccess: Timestamp? { watch.value.lastSuccess }
    package var lastChange: Timestamp? { watch.value.lastChange }
    package var lastFailure: WatchTask.Failure? { watch.value.lastFailure }
    package var consecutiveFailures: Int { watch.value.consecutiveFailures }
    package var skippedCount: Int64 { watch.value.skippedCount }
    package var lastSkip: WatchTask.Skip? { watch.value.lastSkip }

    /// `active`, `paused` or `suspended`.
    package var status: String {
        switch state {
        case .active: "active"
        case .paused: "paused"
        case .suspended: "suspended"
        }
    }

    /// Two views are equal when they show the same.
    package static func == (left: WatchView, right: WatchView) -> Bool {
        left.runningTask == right.runningTask && left.revision == right.revision
            && (left.watch === right.watch || left.watch.value.shown == right.watch.value.shown)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

extension WatchTask {
    /// Itself without what no caller sees.
    fileprivate var shown: WatchTask {
        var shown = WatchTask(
            id: id, owner: owner, role: role, uri: uri,
            source: Source(fetcher: source.fetcher, location: source.location), interval: interval, reason: reason,
            instruction: instruction, createdAt: createdAt)
        (shown.state, shown.nextRun) = (state, nextRun)
        (shown.lastEnd, shown.lastTask, shown.lastStatus) = (lastEnd, lastTask, lastStatus)
        (shown.lastSuccess, shown.lastChange, shown.lastFailure) = (lastSuccess, lastChange, lastFailure)
        (shown.consecutiveFailures, shown.skippedCount) = (consecutiveFailures, skippedCount)
        shown.lastSkip = lastSkip
        return shown
    }
}

extension WatchView: JSONWritable {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("task_id", id)
            json.member("path", location)
            json.member("to_uri", uri)
            json.member("parent_uri", orNull: uri.parent)
            json.member("reason", reason)
            json.member("instruction", instruction)
            json.member("watch_interval", interval.minutes)
            json.member("is_active", isActive)
            json.member("created_at", createdAt)
            json.member("last_execution_time", orNull: lastEnd)
            json.member("next_execution_time", orNull: nextRun)
            json.member("account_id", owner.account)
            json.member("user_id", owner.user)
            json.member("original_role", role.rawValue)
            json.member("status", status)
            json.member("source_type", sourceType)
            writeOutcome(to: &json)
        }
    }

    private func writeOutcome(to json: inout JSONWriter) {
        json.member("last_status", orNull: lastStatus?.rawValue)
        json.member("last_task_id", orNull: lastTask)
        json.member("running_task_id", orNull: runningTask)
        json.member("last_success_time", orNull: lastSuccess)
        json.member("last_change_time", orNull: lastChange)
        json.member("consecutive_failures", consecutiveFailures)
        json.member("last_error", orNull: lastFailure?.message)
        json.member("last_error_code", orNull: lastFailure?.code)
        json.member("last_error_at", orNull: lastFailure?.at)
        json.member("suspended_reason", orNull: suspensionReason)
        json.member("skipped_count", Int(skippedCount))
        json.member("last_skip", orNull: lastSkip)
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
