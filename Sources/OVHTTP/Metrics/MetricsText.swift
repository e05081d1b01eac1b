// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// Writes the Prometheus text format, version 0.0.4.
struct MetricsText {
    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    mutating func family(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    mutating func sample(_ name: String, _ labels: [(String, String)] = [], _ value: Double) {
        text += name
        if !labels.isEmpty {
            let list = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }
            text += "{\(list.joined(separator: ","))}"
        }
        text += " \(Self.number(value))\n"
    }

    mutating func gauge(_ name: String, _ help: String, _ value: Double?) {
        guard let value else { return }
        family(name, "gauge", help)
        sample(name, [], value)
    }

    mutating func counter(_ name: String, _ help: String, _ value: Double) {
        family(name, "counter", help)
        sample(name, [], value)
    }

    /// The samples of one histogram of a family.
    mutating func samples(_ name: String, _ labels: [(String, String)], _ histogram: Histogram) {
        var total = 0
        for (index, count) in histogram.counts.enumerated() {
            total += count
            let bound = index < histogram.bounds.count ? Self.number(histogram.bounds[index]) : "+Inf"
            sample("\(name)_bucket", labels + [("le", bound)], Double(total))
        }
        sample("\(name)_sum", labels, histogram.sum)
        sample("\(name)_count", labels, Double(total))
    }

    mutating func histogram(_ name: String, _ help: String, _ histogram: Histogram) {
        family(name, "histogram", help)
        samples(name, [], histogram)
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
    }

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}

extension MetricsText {
    /// What the store knows.
    mutating func add(_ snapshot: MetricsSnapshot) {
        family("ov_info", "gauge", "The version that runs.")
        sample("ov_info", [("version", productVersion)], 1)
        if let startedAt = snapshot.startedAt {
            gauge("ov_start_time_seconds", "When this process started, in seconds since 1970.", startedAt.seconds)
            let uptime = max(.zero, snapshot.now.since(startedAt))
            gauge("ov_uptime_seconds", "For how long this process has run.", uptime.seconds)
        }
        family("ov_watches", "gauge", "Watch tasks by status.")
        for (status, count) in snapshot.watches { sample("ov_watches", [("status", status)], Double(count)) }
        gauge("ov_watches_failing", "Watch tasks whose last run failed.", Double(snapshot.failingWatches))
        gauge("ov_watches_due", "Watch tasks that are due and have not started.", Double(snapshot.dueWatches))
        gauge(
            "ov_watch_stalest_success_seconds",
            "Seconds since the last success of the active watch task for which that is longest, or since it was made.",
            snapshot.stalestSuccess?.seconds)
        gauge("ov_runs_pending", "Runs that wait.", Double(snapshot.pendingRuns))
        gauge("ov_runs_running", "Runs that go on.", Double(snapshot.runningRuns))
        gauge(
            "ov_queue_oldest_seconds", "For how long the oldest pending run has waited.",
            snapshot.longestWait?.seconds ?? 0)
        gauge("ov_resources", "Resources in the store.", Double(snapshot.resources))
        gauge("ov_documents", "Documents in the store.", Double(snapshot.documents))
        gauge("ov_document_bytes", "Bytes of all documents.", Double(snapshot.documentBytes))
        if snapshot.isWhole { addWhole(snapshot) }
    }

    /// What tells of every account.
    private mutating func addWhole(_ snapshot: MetricsSnapshot) {
        addRuns(snapshot)
        addSchedule(snapshot)
        family("ov_store_bytes", "gauge", "Bytes of the store on disk, by part; packs are measured each minute.")
        sample("ov_store_bytes", [("part", "state")], Double(snapshot.stateBytes))
        sample("ov_store_bytes", [("part", "packs")], Double(snapshot.packBytes))
        counter("ov_commits_total", "Commits of the store, of all processes.", Double(snapshot.sequence))
    }

    private mutating func addRuns(_ snapshot: MetricsSnapshot) {
        gauge(
            "ov_queue_depth", "Runs and due watch tasks that wait in this process for room.",
            Double(snapshot.queuedRuns))
        family("ov_runs_total", "counter", "Runs that this process has ended, by outcome.")
        for outcome in ["updated", "unchanged", "failed", "held", "cancelled", "interrupted"] {
            sample("ov_runs_total", [("outcome", outcome)], Double(snapshot.runs.ended[outcome] ?? 0))
        }
        histogram("ov_run_seconds", "How long runs of this process took.", snapshot.runs.duration)
        histogram(
            "ov_run_bytes", "Bytes of the documents of runs of this process that went well.", snapshot.runs.bytes)
    }

    private mutating func addSchedule(_ snapshot: MetricsSnapshot) {
        gauge(
            "ov_scheduler_running", "Whether some process runs what is due.",
            snapshot.isScheduled.map { $0 ? 1 : 0 })
        counter(
            "ov_scheduled_starts_total", "Watches that this process has started because they were due.",
            Double(snapshot.scheduledStarts))
        counter(
            "ov_late_starts_total", "Those of them that started more than a minute late.", Double(snapshot.lateStarts))
        counter(
            "ov_skipped_points_total", "Points of schedules that had no run of their own.",
            Double(snapshot.skippedPoints))
        histogram("ov_start_lag_seconds", "How much later than they were due watches started.", snapshot.startLag)
    }

    /// What the server knows.
    mutating func add(_ snapshot: HTTPMetrics.Snapshot) {
        family("ov_http_requests_total", "counter", "Requests by route, method and status.")
        for (key, count) in snapshot.requests.sorted(by: { Self.order($0.key, $1.key) }) {
            sample(
                "ov_http_requests_total",
                [("route", key.route), ("method", key.method), ("status", String(key.status))], Double(count))
        }
        family("ov_http_request_seconds", "histogram", "How long answers took, by route.")
        for (route, durations) in snapshot.durations.sorted(by: { $0.key < $1.key }) {
            samples("ov_http_request_seconds", [("route", route)], durations)
        }
    }

    private static func order(_ left: HTTPMetrics.Key, _ right: HTTPMetrics.Key) -> Bool {
        (left.route, left.method, left.status) < (right.route, right.method, right.status)
    }
}
