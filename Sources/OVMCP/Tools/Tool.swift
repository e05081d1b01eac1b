// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Something that a model can do: one file each, and one line in `ToolSet`.
protocol Tool: Sendable {
    var name: String { get }
    /// What it does, in as few words as a model needs.
    var summary: String { get }
    var arguments: [Argument] { get }
    var effect: ToolEffect { get }

    /// - Throws: `OVError`, which the model is shown; `CancellationError`.
    func run(_ arguments: ArgumentValues, _ context: ToolContext) async throws -> ToolAnswer
}

/// What a tool does to the world, in the terms of the protocol. Clients ask people according to it, and take whatever
/// is not said for the worst.
struct ToolEffect: Hashable, Sendable {
    let isReadOnly: Bool
    let isDestructive: Bool
    let isIdempotent: Bool
    /// Whether it reaches beyond the store.
    let isOpenWorld: Bool

    static let reading = ToolEffect(isReadOnly: true, isDestructive: false, isIdempotent: true, isOpenWorld: false)

    var json: JSONValue {
        [
            "readOnlyHint": .bool(isReadOnly), "destructiveHint": .bool(isDestructive),
            "idempotentHint": .bool(isIdempotent), "openWorldHint": .bool(isOpenWorld),
        ]
    }
}

extension Tool {
    var json: JSONValue {
        var schema: [(name: String, value: JSONValue)] = [("type", "object")]
        if !arguments.isEmpty {
            schema.append(("properties", .object(arguments.map { ($0.name, $0.schema) })))
            let required = arguments.filter(\.isRequired).map { JSONValue.string($0.name) }
            if !required.isEmpty { schema.append(("required", .array(required))) }
        }
        schema.append(("additionalProperties", false))
        return [
            "name": .string(name), "description": .string(summary), "inputSchema": .object(schema),
            "annotations": effect.json,
        ]
    }
}
