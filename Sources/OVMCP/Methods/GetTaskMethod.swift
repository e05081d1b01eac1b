// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// How far a run is that a tool answered with.
struct GetTaskMethod: Method {
    static let name = "tasks/get"

    func isPart(of era: Era) -> Bool { era.isStateless }

    func result(of call: Call, by server: MCPServer) async throws -> MethodResult {
        let view = try await call.knownTask(server)
        let watch = await server.plane.watch(covering: view.uri, as: call.caller)
        return MethodResult(TaskState(view, watch: watch).members)
    }
}

extension Call {
    /// The run that a request of the tasks extension names.
    /// - Throws: -32021 for a client that did not say that it knows them; -32602 for a run that is not there.
    func knownTask(_ server: MCPServer) async throws -> TaskView {
        guard capabilities.knowsTasks else {
            throw RPCError(
                RPCError.missingCapabilityCode, "this needs the client's capability \(MetaKey.tasksExtension)",
                data: ["requiredCapabilities": ["extensions": .object([(MetaKey.tasksExtension, .object([]))])]])
        }
        let id = try params.string("taskId")
        do throws(OVError) {
            return try await server.plane.task(id, as: caller)
        } catch {
            guard error.code == .notFound || error.code == .invalidArgument else { throw error }
            throw RPCError.invalidParams("there is no task '\(id.shown)'")
        }
    }
}
