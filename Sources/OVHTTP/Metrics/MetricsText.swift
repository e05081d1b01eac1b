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
        gauge("ov_resources", "Resources in the store.", Double(snapshot.resources))
        gauge("ov_documents", "Documents in the store.", Double(snapshot.documents))
        gauge("ov_document_bytes", "Bytes of all documents.", Double(snapshot.documentBytes))
        if snapshot.isWhole { addWhole(snapshot) }
    }

    /// What tells of every account.
    private mutating func addWhole(_ snapshot: MetricsSnapshot) {
        family("ov_runs_total", "counter", "Runs that this process has ended, by outcome.")
        for (outcome, count) in snapshot.endedRuns { sample("ov_runs_total", [("outcome", outcome)], Double(count)) }
        addSchedule(snapshot)
        family("ov_store_bytes", "gauge", "Bytes of the store on disk, by part.")
        sample("ov_store_bytes", [("part", "state")], Double(snapshot.stateBytes))
        sample("ov_store_bytes", [("part", "packs")], Double(snapshot.packBytes))
        family("ov_commits_total", "counter", "Commits of the store, of all processes.")
        sample("ov_commits_total", [], Double(snapshot.sequence))
    }

    private mutating func addSchedule(_ snapshot: MetricsSnapshot) {
        family("ov_scheduled_starts_total", "counter", "Watches that this process has started because they were due.")
        sample("ov_scheduled_starts_total", [], Double(snapshot.scheduledStarts))
        family("ov_late_starts_total", "counter", "Those of them that started more than a minute late.")
        sample("ov_late_starts_total", [], Double(snapshot.lateStarts))
        family("ov_skipped_points_total", "counter", "Points of schedules that had no run of their own.")
        sample("ov_skipped_points_total", [], Double(snapshot.skippedPoints))
        let lags = snapshot.startLags.sorted()
        guard let last = lags.last else { return }
        family("ov_start_lag_seconds", "summary", "How much later than they were due the last watches started.")
        for (name, fraction) in [("0.5", 0.5), ("0.9", 0.9), ("0.99", 0.99)] {
            let index = Int((Double(lags.count) * fraction).rounded(.down))
            sample("ov_start_lag_seconds", [("quantile", name)], (index < lags.count ? lags[index] : last).seconds)
        }
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
            var total = 0
            for (index, count) in durations.buckets.enumerated() {
                total += count
                let bounds = HTTPMetrics.Durations.bounds
                let bound = index < bounds.count ? "\(bounds[index])" : "+Inf"
                sample("ov_http_request_seconds_bucket", [("route", route), ("le", bound)], Double(total))
            }
            sample("ov_http_request_seconds_sum", [("route", route)], durations.sum)
            sample("ov_http_request_seconds_count", [("route", route)], Double(total))
        }
    }

    private static func order(_ left: HTTPMetrics.Key, _ right: HTTPMetrics.Key) -> Bool {
        (left.route, left.method, left.status) < (right.route, right.method, right.status)
    }
}
