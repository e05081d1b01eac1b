// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What a client calls one of its requests: a string or an integer, never null, and answered as the same type.
package enum RequestID: Hashable, Sendable {
    case integer(Int64)
    case string(String)

    /// Nil for what is no id.
    package init?(_ value: JSONValue) {
        switch value {
        case .integer(let number): self = .integer(number)
        case .string(let text): self = .string(text)
        default: return nil
        }
    }

    package var json: JSONValue {
        switch self {
        case .integer(let number): .integer(number)
        case .string(let text): .string(text)
        }
    }
}
