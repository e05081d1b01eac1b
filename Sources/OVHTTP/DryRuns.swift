// SPDX-License-Identifier: Apache-2.0

import OVCore
import Synchronization

/// Bounds how many dry runs go on at once: they fetch for as long as an ingest may, and wait in no queue.
final class DryRuns: Sendable {
    private let bound: Int
    private let running = Mutex(0)

    init(atMost bound: Int) { self.bound = bound }

    /// - Throws: `RESOURCE_EXHAUSTED` when there are as many as there may be; what `body` throws.
    func run<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        let isAdmitted = running.withLock { running in
            guard running < bound else { return false }
            running += 1
            return true
        }
        guard isAdmitted else {
            throw OVError(
                .resourceExhausted, "\(bound) dry runs are going on, and no more may at once",
                hint: "try again when one of them has ended")
        }
        defer { running.withLock { $0 -= 1 } }
        return try await body()
    }
}
