// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVStore

/// A place in a list, opaque to callers: behind the record that it names, whether that is still there or not.
struct Cursor: Hashable, Sendable {
    enum Kind: String, Hashable, Sendable {
        case watches = "w"
        case tasks = "t"
    }

    let kind: Kind
    let place: CreationOrder<TaskID>

    init(kind: Kind, createdAt: Timestamp, id: TaskID) {
        self.kind = kind
        place = CreationOrder(createdAt: createdAt, key: id)
    }

    /// - Throws: `INVALID_ARGUMENT` for text that `text` did not make for this kind of list.
    init(parsing text: String, kind: Kind) throws(OVError) {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard text.hasPrefix(kind.rawValue), parts.count == 2, let id = TaskID(String(parts[1])),
            let milliseconds = Int64(parts[0].dropFirst(kind.rawValue.count), radix: 36)
        else {
            throw .invalidField(
                ["query", "cursor"], "not a cursor of this list", type: "value_error",
                hint: "send the next_cursor of the answer before, or none to begin")
        }
        self.init(kind: kind, createdAt: Timestamp(milliseconds: milliseconds), id: id)
    }

    var text: String { kind.rawValue + String(place.createdAt.milliseconds, radix: 36) + ".\(place.key)" }
}
