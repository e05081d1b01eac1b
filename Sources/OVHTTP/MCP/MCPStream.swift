// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import NIOCore
import OVMCP

/// Writes the answer to a request that is a stream of events.
struct MCPStream: Sendable {
    let endpoint: MCPEndpoint
    let request: EndpointRequest
    /// Whether who asked would still be let in as the same caller.
    let isAllowed: @Sendable () async -> Bool

    /// - Parameter isGone: opened when the client closes its end.
    func write(_ follower: EventFollower, to writer: inout any ResponseBodyWriter, until isGone: Latch?) async throws {
        let closed = request.closed
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                guard let isGone else { return }
                await isGone.wait()
                guard isGone.isOpen else { return }
                closed.open()
                follower.end()
            }
            defer {
                group.cancelAll()
                follower.end()
                closed.open()
            }
            var events = follower
            while let text = await events.next() {
                // A key that was revoked is worth nothing from then on, on a stream as well.
                guard await isAllowed() else { return endpoint.endSession(of: request) }
                try await writer.write(ByteBuffer(string: text))
            }
        }
    }
}
