// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Runs a tool. What goes wrong in it is a result, so that the model sees it.
struct CallToolMethod: Method {
    static let name = "tools/call"

    func isSlow(_ params: Params) -> Bool {
        params["name"]?.string == AddResourceTool().name && params["arguments"]?["wait"] != false
    }

    func result(of call: Call, by server: MCPServer) async throws -> MethodResult {
        let name = try call.params.string("name")
        guard let tool = server.tools[name] else {
            let hint = nearestName(to: name, among: server.tools.names).map { "; did you mean '\($0)'?" } ?? ""
            throw RPCError.invalidParams("there is no tool '\(name.shown)'\(hint)")
        }
        let arguments = try call.params.optionalObject("arguments") ?? Params()
        do {
            let values = try ArgumentReader(tool).values(of: arguments)
            let context = ToolContext(plane: server.plane, call: call, configuration: server.configuration)
            return try await tool.run(values, context).result
        } catch let error as OVError where error.code != .internal {
            return ToolAnswer.output(.error(error)).result
        }
    }
}
