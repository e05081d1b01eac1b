// SPDX-License-Identifier: Apache-2.0

import OVCore

/// The tools of a server, in the order in which they are listed.
struct ToolSet: Sendable {
    private let tools: [any Tool]

    init(isReadOnly: Bool) {
        let all: [any Tool] = [
            FindTool(), GrepTool(), GlobTool(), ListTool(), TreeTool(), ReadTool(), ChangesTool(), AddResourceTool(),
            ListWatchesTool(), CancelWatchTool(), ForgetTool(), HealthTool(),
        ]
        tools = isReadOnly ? all.filter(\.effect.isReadOnly) : all
    }

    subscript(name: String) -> (any Tool)? { tools.first { $0.name == name } }

    var names: [String] { tools.map(\.name) }

    var json: JSONValue { .array(tools.map(\.json)) }
}
