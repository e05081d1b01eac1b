// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Words that a person can have put to the model.
struct Prompt: Sendable {
    struct Argument: Hashable, Sendable {
        let name: String
        let summary: String
        let isRequired: Bool
    }

    let name: String
    let title: String
    let summary: String
    let arguments: [Argument]
    let text: @Sendable ([String: String]) -> String

    var json: JSONValue {
        [
            "name": .string(name), "title": .string(title), "description": .string(summary),
            "arguments": .array(
                arguments.map { argument in
                    [
                        "name": .string(argument.name), "description": .string(argument.summary),
                        "required": .bool(argument.isRequired),
                    ]
                }),
        ]
    }
}
