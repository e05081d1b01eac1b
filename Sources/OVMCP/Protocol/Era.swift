// SPDX-License-Identifier: Apache-2.0

/// Which half of the protocol's history a message belongs to. It is found out for each message, because clients mix
/// both on one pipe.
package enum Era: Hashable, Sendable {
    /// Up to 2025-11-25: a handshake, a session, notifications without being asked.
    case session(ProtocolVersion)
    /// Since 2026-07-28: every request stands alone.
    case stateless

    package var isStateless: Bool { self == .stateless }
}
