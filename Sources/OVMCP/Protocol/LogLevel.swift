// SPDX-License-Identifier: Apache-2.0

import OVCore

/// How much a client wants to be told, in the words of RFC 5424.
enum LogLevel: String, Hashable, Sendable, CaseIterable, Comparable {
    case debug, info, notice, warning, error, critical, alert, emergency

    static func < (left: LogLevel, right: LogLevel) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// - Throws: -32602.
    init(checking value: JSONValue) throws(RPCError) {
        guard let level = value.string.flatMap({ LogLevel(rawValue: $0) }) else {
            throw .invalidParams("the level must be one of \(Self.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self = level
    }
}
