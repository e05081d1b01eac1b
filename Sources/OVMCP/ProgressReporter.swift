// SPDX-License-Identifier: Apache-2.0

import OVCore
import Synchronization

/// Tells a client how far its request is, if it wants to know.
final class ProgressReporter: Sendable {
    private let token: JSONValue
    private let clock: any WallClock
    private let meter = Mutex(ProgressMeter())
    private let origin: CallOrigin

    init(token: JSONValue, clock: any WallClock, origin: CallOrigin) {
        self.token = token
        self.clock = clock
        self.origin = origin
    }

    func report(_ progress: Int, of total: Int?, _ message: String) {
        guard !origin.cancellation.isOpen else { return }
        let now = clock.now()
        guard let value = meter.withLock({ $0.next(progress, at: now) }) else { return }
        var params: [(name: String, value: JSONValue)] = [
            ("progressToken", token), ("progress", .integer(Int64(value))),
        ]
        if let total, total >= value { params.append(("total", .integer(Int64(total)))) }
        params.append(("message", .string(message)))
        origin.emit(.notification(method: "notifications/progress", params: .object(params)))
    }
}
