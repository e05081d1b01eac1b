// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Text for a model, and beside it the same as an object where that is small. Clients show the one or the other, so
/// each is complete.
struct ToolOutput: Hashable, Sendable {
    /// The most characters that an answer may have: some ten thousand tokens.
    static let bound = 40_000

    let text: String
    var structured: JSONValue?
    var isError = false

    /// What went wrong, and what to do next.
    static func error(_ error: OVError) -> ToolOutput {
        var output = ToolOutput(text: error.sentence)
        output.isError = true
        return output
    }

    var members: [(name: String, value: JSONValue)] {
        var members: [(name: String, value: JSONValue)] = [("content", [["type": "text", "text": .string(text)]])]
        if let structured, !isError { members.append(("structuredContent", structured)) }
        if isError { members.append(("isError", true)) }
        return members
    }
}
