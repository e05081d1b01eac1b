// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVAPI
import OVCore

/// The server itself: is it well, what does it hold, what does it speak.
struct SystemRoutes: RouteGroup {
    let plane: any ControlPlane
    let numbers: any MetricsSource
    let metrics: HTTPMetrics
    let streams: Admission
    let clock: any WallClock

    var routes: [Route] {
        [
            Route(.get, "/health", "Whether the server answers", answer: .other("application/json"), isOpen: true) {
                _ in
                Self.answer(HealthReport(isHealthy: true, version: productVersion))
            },
            Route(
                .get, "/ready", "Whether the store can be read and written", answer: .other("application/json"),
                isOpen: true
            ) { _ in Self.answer(try await plane.health()) },
            Route(.get, "/metrics", "Numbers for Prometheus", answer: .other(MetricsText.mediaType)) { request in
                var text = MetricsText()
                let snapshot = try await numbers.metrics(as: request.caller)
                text.add(snapshot)
                if snapshot.isWhole {
                    text.add(metrics.snapshot)
                    text.gauge("ov_event_streams", "Event streams that are open.", Double(streams.count))
                }
                return .text(text.text, type: MetricsText.mediaType)
            },
            Route(.get, "/api/v1/system/status", "What the store holds", answer: .result("Status"), status),
            Route(
                .get, "/api/v1/observer/system", "What the store holds, where OpenViking clients look for it",
                query: [Field("format", .choice(["table", "json"]), "Means nothing here.")], answer: .result("Status"),
                status),
            Route(
                .post, "/api/v1/system/wait", "Wait until nothing runs and nothing waits to run",
                body: .json([Field("timeout", .number, "Seconds, at most.")], isOptional: true),
                answer: .result("Idle"), wait),
        ]
    }

    /// Flat, as OpenViking's clients expect it, and in the envelope that every other answer has.
    private static func answer(_ report: HealthReport) -> Answer {
        guard report.isHealthy else {
            return .error(
                OVError(
                    .unavailable, report.problems.first ?? "the store does not work",
                    hint: "`ov store check` says what is wrong",
                    details: [
                        "problems": .array(report.problems.map(JSONValue.string)), "version": .string(report.version),
                    ]))
        }
        return .result(beside: { json in
            json.member("healthy", true)
            json.member("version", report.version)
        }) { report.write(to: &$0) }
    }

    @Sendable private func status(_ request: APIRequest) async throws -> Answer {
        .result(try await plane.status(as: request.caller))
    }

    @Sendable private func wait(_ request: APIRequest) async throws -> Answer {
        let (plane, caller) = (plane, request.caller)
        let waited = try await withDeadline(try request.timeout, clock: clock) {
            try await Self.waitUntilIdle(plane, as: caller)
        }
        guard let waited else {
            throw OVError(.deadlineExceeded, "runs are still going on", hint: "wait again, or list them: /api/v1/tasks")
        }
        return .result { json in
            json.object { json in
                json.member("idle", true)
                json.member("waited_for", waited)
            }
        }
    }

    /// Follows one run after the other to its end.
    /// - Returns: how many there were.
    private static func waitUntilIdle(_ plane: any ControlPlane, as caller: Caller) async throws -> Int {
        var waited = 0
        while true {
            // A stream just ends when its task is cancelled.
            try Task.checkCancellation()
            var next: TaskView?
            for status in [TaskRecord.Status.running, .cancelling, .pending] {
                let page = try await plane.tasks(TaskQuery(status: status.rawValue, limit: 1), as: caller)
                next = next ?? page.tasks.first
            }
            guard let next else { return waited }
            waited += 1
            do {
                for try await _ in try await plane.updates(ofTask: next.id.description, as: caller) {}
            } catch let error as OVError where error.code == .notFound {
                // Its record has been dropped in between.
                continue
            }
        }
    }
}
