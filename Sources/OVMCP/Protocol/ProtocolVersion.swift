// SPDX-License-Identifier: Apache-2.0

import OVCore

/// The revisions of the protocol that are spoken here.
package enum ProtocolVersion: String, Hashable, Sendable, CaseIterable {
    case november2024 = "2024-11-05"
    case march2025 = "2025-03-26"
    case june2025 = "2025-06-18"
    case november2025 = "2025-11-25"
    /// The first that knows no sessions: each message says all that is needed to answer it.
    case july2026 = "2026-07-28"

    package static let newest = ProtocolVersion.july2026
    /// What a client is offered that asks for one with a handshake that is not spoken.
    package static let newestWithHandshake = ProtocolVersion.november2025

    package var hasHandshake: Bool { self != .july2026 }

    /// Whether several messages may come as one array. No other revision has that.
    package var hasBatches: Bool { self == .march2025 }

    /// All of them, the newest first.
    package static var names: JSONValue { .array(allCases.reversed().map { .string($0.rawValue) }) }
}

extension RPCError {
    static func unsupportedVersion(_ requested: JSONValue) -> RPCError {
        let name = requested.string.map { "'\($0.shown)'" } ?? "that"
        return RPCError(
            unsupportedVersionCode, "protocol version \(name) is not spoken here",
            data: ["supported": ProtocolVersion.names, "requested": requested])
    }
}
