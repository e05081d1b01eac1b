// SPDX-License-Identifier: Apache-2.0

import OVCore
import ServiceLifecycle

/// Runs `body` until it ends, `limit` has passed, or the server shuts down.
/// - Returns: nil when the time was up.
/// - Throws: what `body` throws; `UNAVAILABLE` when the server shuts down.
func withDeadline<Value: Sendable>(
    _ limit: Milliseconds?, clock: any WallClock, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        if let limit {
            group.addTask {
                try await clock.sleep(for: limit)
                return nil
            }
        }
        group.addTask {
            try await gracefulShutdown()
            throw OVError(
                .unavailable, "the server is shutting down", hint: "what was accepted goes on, or is due again")
        }
        defer { group.cancelAll() }
        return try await group.next() ?? nil
    }
}

extension APIRequest {
    /// The time that a client is willing to wait, from `timeout` in seconds.
    /// - Throws: `INVALID_ARGUMENT` for one that is not above 0.
    var timeout: Milliseconds? {
        get throws(OVError) {
            guard let seconds = body.number("timeout") else { return nil }
            guard seconds > 0, seconds.isFinite else {
                throw .invalidField(
                    ["body", "timeout"], "timeout must be a number of seconds above 0", type: "greater_than")
            }
            return Milliseconds(Int64((min(seconds, 86_400) * 1000).rounded(.up)))
        }
    }
}
