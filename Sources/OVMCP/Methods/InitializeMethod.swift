// SPDX-License-Identifier: Apache-2.0

import OVCore

/// The handshake that begins a session.
struct InitializeMethod: Method {
    static let name = "initialize"
    let runsInOrder = true

    func isPart(of era: Era) -> Bool { !era.isStateless }

    func result(of call: Call, by server: MCPServer) async throws -> MethodResult {
        let requested = try call.params.string("protocolVersion")
        let known = ProtocolVersion(rawValue: requested).flatMap { $0.hasHandshake ? $0 : nil }
        let version = known ?? .newestWithHandshake
        call.origin.session?.begin(version)
        let instructions = ServerIdentity.instructions(isReadOnly: server.configuration.isReadOnly)
        return MethodResult([
            ("protocolVersion", .string(version.rawValue)),
            ("capabilities", ServerIdentity.capabilities(in: call.era)), ("serverInfo", ServerIdentity.json),
            ("instructions", .string(instructions)),
        ])
    }
}
