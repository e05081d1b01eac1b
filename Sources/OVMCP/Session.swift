// SPDX-License-Identifier: Apache-2.0

import OVCore
import Synchronization

/// A conversation of the era that has them, from its handshake on.
package final class Session: Sendable {
    private let state = Mutex(SessionState())
    /// Opened by the handshake.
    package let handshake = Latch()

    package init() {}

    /// The revision that was agreed upon; nil before the handshake.
    package var version: ProtocolVersion? { state.withLock { $0.version } }

    var logLevel: LogLevel { state.withLock { $0.logLevel } }
    /// What its client wants to be told.
    var interest: Interest { state.withLock { $0.interest } }

    func begin(_ version: ProtocolVersion) {
        state.withLock { $0.begin(version) }
        handshake.open()
    }

    func setLogLevel(_ level: LogLevel) { state.withLock { $0.logLevel = level } }

    /// - Throws: -32602 when there are too many.
    func subscribe(to uri: VikingURI, as text: String) throws(RPCError) {
        let isKept = state.withLock { $0.interest.add(uri, as: text) }
        guard isKept else {
            throw .invalidParams("at most \(Interest.maximumCount) subscriptions; subscribe to a folder instead")
        }
    }

    func unsubscribe(from uri: VikingURI) { state.withLock { $0.interest.remove(uri) } }
}
