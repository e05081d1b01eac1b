// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// Ends a run that a tool answered with.
struct CancelTaskMethod: Method {
    static let name = "tasks/cancel"

    func isPart(of era: Era) -> Bool { era.isStateless }

    func result(of call: Call, by server: MCPServer) async throws -> MethodResult {
        let view = try await call.knownTask(server)
        guard !view.status.isFinal else { return MethodResult() }
        do throws(OVError) {
            _ = try await server.plane.cancelTask(view.id.description, as: call.caller)
        } catch {
            // One that has ended in between stays as it is.
            guard error.code == .failedPrecondition else { throw error }
        }
        return MethodResult()
    }
}
