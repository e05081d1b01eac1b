// SPDX-License-Identifier: Apache-2.0

/// What a session remembers between two messages.
struct SessionState: Hashable, Sendable {
    private(set) var version: ProtocolVersion?
    var logLevel = LogLevel.warning
    /// Everybody with a session is told when documents come or go.
    var interest = Interest(listChanges: true)

    /// A second handshake begins anew.
    mutating func begin(_ version: ProtocolVersion) {
        self = SessionState()
        self.version = version
    }
}
