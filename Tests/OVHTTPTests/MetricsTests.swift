// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVAPI
import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVHTTP

@Suite(.inTurn) struct MetricsTests {
    private static func metrics(_ world: RestWorld) async throws -> PrometheusText {
        let answer = try await world.get("/metrics")
        #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        return try PrometheusText(answer.text)
    }

    @Test func `every number is there, and keeps to the format`() async throws {
        try await RestWorld.test { world in
            try await world.ingestDocs()
            _ = try await world.get("/api/v1/nothing")
            _ = try await world.post("/api/v1/resources", #"{"path":"broken:x","wait":true}"#)
            let metrics = try await Self.metrics(world)
            let expected: [(String, [String: String], Double)] = [
                ("ov_info", ["version": productVersion], 1), ("ov_watches", ["status": "active"], 1),
                ("ov_watches", ["status": "paused"], 0), ("ov_watches_failing", [:], 0), ("ov_watches_due", [:], 0),
                ("ov_runs_total", ["outcome": "updated"], 1), ("ov_runs_total", ["outcome": "failed"], 1),
                ("ov_runs_total", ["outcome": "held"], 0), ("ov_run_seconds_count", [:], 2),
                ("ov_run_bytes_count", [:], 1), ("ov_run_bytes_bucket", ["le": "1024"], 1),
                ("ov_run_bytes_sum", [:], 22), ("ov_documents", [:], 1), ("ov_document_bytes", [:], 22),
                ("ov_runs_pending", [:], 0), ("ov_queue_depth", [:], 0), ("ov_queue_oldest_seconds", [:], 0),
                ("ov_scheduler_running", [:], 0), ("ov_start_lag_seconds_count", [:], 0),
                ("ov_late_starts_total", [:], 0), ("ov_skipped_points_total", [:], 0), ("ov_event_streams", [:], 0),
                ("ov_http_requests_total", ["route": "/api/v1/resources", "method": "POST", "status": "200"], 1),
                ("ov_http_requests_total", ["route": "none", "method": "GET", "status": "404"], 1),
                ("ov_http_request_seconds_count", ["route": "/api/v1/resources"], 2),
            ]
            for (name, labels, value) in expected {
                #expect(metrics.value(name, labels) == value, "\(name) \(labels)")
            }
            for name in [
                "ov_watch_stalest_success_seconds", "ov_commits_total", "ov_uptime_seconds", "ov_start_time_seconds",
            ] {
                #expect(metrics.value(name) ?? -1 >= 0, "\(name)")
            }
            #expect(metrics.value("ov_store_bytes", ["part": "packs"]) ?? 0 > 0)
        }
    }

    @Test func `numbers follow what happens to watches and resources`() async throws {
        try await RestWorld.test { world in
            let empty = try await Self.metrics(world)
            #expect(empty.value("ov_watches", ["status": "active"]) == 0)
            let id = try await world.ingestDocs()
            #expect(try await Self.metrics(world).value("ov_watches", ["status": "active"]) == 1)
            _ = try await world.send(.patch, "/api/v1/watches/\(id)", #"{"is_active":false}"#)
            let paused = try await Self.metrics(world)
            #expect(paused.value("ov_watches", ["status": "paused"]) == 1)
            #expect(paused.value("ov_watches", ["status": "active"]) == 0)
            #expect(paused.value("ov_watch_stalest_success_seconds") == nil)
            _ = try await world.send(.delete, "/api/v1/watches/\(id)")
            _ = try await world.send(.delete, "/api/v1/fs?uri=viking://resources/docs&recursive=true")
            let gone = try await Self.metrics(world)
            #expect(gone.value("ov_watches", ["status": "paused"]) == 0)
            #expect(gone.value("ov_documents") == 0 && gone.value("ov_resources") == 0)
        }
    }

    @Test func `text is escaped, and bounds are numbers`() throws {
        var text = MetricsText()
        text.family("a_total", "counter", "All.")
        text.sample("a_total", [("route", "a\\b\"c\nd")], 1e20)
        var histogram = Histogram(bounds: [0.1, 10])
        for value in [0.1, 0.2, 10, 11, .infinity] { histogram.add(value) }
        text.histogram("b", "Sizes.", histogram)
        let read = try PrometheusText(text.text)
        #expect(read.value("a_total", ["route": "a\\b\"c\nd"]) == 1e20)
        #expect(read.value("b_bucket", ["le": "0.1"]) == 1 && read.value("b_bucket", ["le": "10"]) == 3)
        #expect(read.value("b_bucket", ["le": "+Inf"]) == 5 && read.value("b_sum") == .infinity)
    }
}
