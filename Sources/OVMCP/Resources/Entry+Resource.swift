// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

extension Entry {
    /// What a list of resources says of a document.
    var resource: JSONValue {
        var members: [(name: String, value: JSONValue)] = [
            ("uri", .string(ResourceAddress.text(of: uri))), ("name", .string(name)),
        ]
        if let mediaType { members.append(("mimeType", .string(mediaType))) }
        members.append(("size", .integer(size)))
        var annotations: [(name: String, value: JSONValue)] = [("priority", .number(priority))]
        if let lastChanged { annotations.append(("lastModified", .string(lastChanged.description))) }
        members.append(("annotations", .object(annotations)))
        return .object(members)
    }

    /// What says what a whole is about comes before its parts.
    private var priority: Double {
        let stem = name.lowercased().prefix { $0 != "." }
        return Self.introductions.contains(String(stem)) ? 0.9 : 0.5
    }

    private static let introductions: Set<String> = ["readme", "index", "overview", "introduction", "llms"]
}
