// SPDX-License-Identifier: Apache-2.0

import OVCore
import Synchronization

/// How many event streams are open, and no more than may be.
package final class EventStreams: Sendable {
    private let bound: Int
    private let storage = Mutex(0)

    init(bound: Int) { self.bound = bound }

    var open: Int { storage.withLock { $0 } }

    /// - Throws: `RESOURCE_EXHAUSTED`.
    func enter() throws(OVError) -> Permit {
        let isFull = storage.withLock { count in
            if count >= bound { return true }
            count += 1
            return false
        }
        guard !isFull else {
            throw OVError(
                .resourceExhausted, "the server has \(bound) event streams open, and opens no more",
                hint: "close one, or follow with `since` what GET /api/v1/changes answers")
        }
        return Permit(streams: self)
    }

    /// One of those that are open. It ends with the last reference, so also when nobody ever reads the stream.
    final class Permit: Sendable {
        private let streams: EventStreams

        fileprivate init(streams: EventStreams) { self.streams = streams }

        deinit { streams.storage.withLock { $0 -= 1 } }
    }
}
