// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What comes of a call.
enum ToolAnswer: Sendable {
    case output(ToolOutput)
    /// It goes on, and the client asks how far it is.
    case task(TaskState)

    var result: MethodResult {
        switch self {
        case .output(let output): return MethodResult(output.members)
        case .task(let state):
            var result = MethodResult(state.members)
            result.type = "task"
            return result
        }
    }

    static func text(_ text: String, structured: JSONValue? = nil) -> ToolAnswer {
        .output(ToolOutput(text: text, structured: structured))
    }
}
