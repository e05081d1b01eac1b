// SPDX-License-Identifier: Apache-2.0

import OVCore

/// The words of a prompt.
struct GetPromptMethod: Method {
    static let name = "prompts/get"

    func result(of call: Call, by server: MCPServer) async throws -> MethodResult {
        let name = try call.params.string("name")
        guard let prompt = server.prompts[name] else {
            throw RPCError.invalidParams("there is no prompt '\(name.shown)'")
        }
        var values: [String: String] = [:]
        for member in try call.params.optionalObject("arguments")?.json.members ?? [] {
            guard let text = member.value.string else {
                throw RPCError.invalidParams("the argument '\(member.name.shown)' must be a string")
            }
            values[member.name] = text
        }
        for argument in prompt.arguments where argument.isRequired && values[argument.name] == nil {
            throw RPCError.invalidParams("the prompt '\(name)' needs the argument '\(argument.name)'")
        }
        let message: JSONValue = [
            "role": "user", "content": ["type": "text", "text": .string(prompt.text(values))],
        ]
        return MethodResult([("description", .string(prompt.summary)), ("messages", [message])])
    }
}
