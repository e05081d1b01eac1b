// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Answers to what a run has asked. No run here asks anything, so there is nothing to take.
struct UpdateTaskMethod: Method {
    static let name = "tasks/update"

    func isPart(of era: Era) -> Bool { era.isStateless }

    func result(of call: Call, by server: MCPServer) async throws -> MethodResult {
        _ = try await call.knownTask(server)
        return MethodResult()
    }
}
