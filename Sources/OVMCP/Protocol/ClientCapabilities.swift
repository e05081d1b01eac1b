// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What a client said that it can do.
package struct ClientCapabilities: Hashable, Sendable {
    /// Whether it follows long work by `tasks/get`.
    package let knowsTasks: Bool

    package static let none = ClientCapabilities([:])

    init(_ json: JSONValue) {
        knowsTasks = json["extensions"]?[MetaKey.tasksExtension]?.members != nil
    }
}
