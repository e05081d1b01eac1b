// SPDX-License-Identifier: Apache-2.0

import OVCore

/// How much a session is told beside its answers.
struct SetLevelMethod: Method {
    static let name = "logging/setLevel"
    let runsInOrder = true

    func isPart(of era: Era) -> Bool { !era.isStateless }

    func result(of call: Call, by server: MCPServer) async throws -> MethodResult {
        let level = try LogLevel(checking: call.params["level"] ?? .null)
        call.origin.session?.setLogLevel(level)
        return MethodResult()
    }
}
