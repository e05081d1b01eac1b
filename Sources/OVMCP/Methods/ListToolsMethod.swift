// SPDX-License-Identifier: Apache-2.0

import OVCore

/// All tools, on one page.
struct ListToolsMethod: Method {
    static let name = "tools/list"

    func result(of call: Call, by server: MCPServer) async throws -> MethodResult {
        try call.params.checkOnlyPage()
        return MethodResult([("tools", server.tools.json)], caching: .fixed)
    }
}

extension Params {
    /// For lists of which there is but one page.
    /// - Throws: -32602 for any cursor.
    func checkOnlyPage() throws(RPCError) {
        if try optionalString("cursor") != nil { throw .invalidParams("there is no such cursor") }
    }
}
