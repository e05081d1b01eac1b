// SPDX-License-Identifier: Apache-2.0

import OVCore

/// A place in a list, opaque to callers.
struct Cursor: Hashable, Sendable {
    enum Kind: String, Hashable, Sendable {
        case watches = "w"
        case tasks = "t"
    }

    let kind: Kind
    let ordinal: UInt64

    init(kind: Kind, ordinal: UInt64) {
        self.kind = kind
        self.ordinal = ordinal
    }

    /// - Throws: `INVALID_ARGUMENT` for text that `text` did not make for this kind of list.
    init(parsing text: String, kind: Kind) throws(OVError) {
        guard text.hasPrefix(kind.rawValue), let ordinal = UInt64(text.dropFirst(kind.rawValue.count), radix: 36) else {
            throw .invalidField(
                ["query", "cursor"], "not a cursor of this list", type: "value_error",
                hint: "send the next_cursor of the answer before, or none to begin")
        }
        self.init(kind: kind, ordinal: ordinal)
    }

    var text: String { kind.rawValue + String(ordinal, radix: 36) }
}
