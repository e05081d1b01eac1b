// SPDX-License-Identifier: Apache-2.0

import OVCore

/// All prompts, on one page.
struct ListPromptsMethod: Method {
    static let name = "prompts/list"

    func result(of call: Call, by server: MCPServer) async throws -> MethodResult {
        try call.params.checkOnlyPage()
        return MethodResult([("prompts", server.prompts.json)], caching: .fixed)
    }
}
