// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Whether anybody is there.
struct PingMethod: Method {
    static let name = "ping"

    func isPart(of era: Era) -> Bool { !era.isStateless }

    func result(of call: Call, by server: MCPServer) async throws -> MethodResult { MethodResult() }
}
