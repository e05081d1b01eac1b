// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVAPI
import Synchronization

/// Counts requests. Guarded by a mutex that is held for a few additions.
package final class HTTPMetrics: Sendable {
    struct Key: Hashable, Sendable {
        let route: String
        let method: String
        let status: Int
    }

    struct Snapshot: Sendable {
        var requests: [Key: Int] = [:]
        /// In seconds, by route.
        var durations: [String: Histogram] = [:]
    }

    private static let methods: Set<HTTPRequest.Method> = [.get, .head, .post, .patch, .put, .delete, .options]
    private static let bounds = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60]

    private let storage = Mutex(Snapshot())

    package init() {}

    func count(route: String, method: HTTPRequest.Method, status: Int, duration: Duration) {
        // Whoever invents methods must not invent series.
        let key = Key(route: route, method: Self.methods.contains(method) ? method.rawValue : "other", status: status)
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        storage.withLock { storage in
            storage.requests[key, default: 0] += 1
            storage.durations[route, default: Histogram(bounds: Self.bounds)].add(seconds)
        }
    }

    var snapshot: Snapshot { storage.withLock { $0 } }
}
