// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What this server is, for clients that shake no hands.
struct DiscoverMethod: Method {
    static let name = "server/discover"

    func isPart(of era: Era) -> Bool { era.isStateless }

    func result(of call: Call, by server: MCPServer) async throws -> MethodResult {
        let instructions = ServerIdentity.instructions(isReadOnly: server.configuration.isReadOnly)
        return MethodResult(
            [
                ("supportedVersions", ProtocolVersion.names),
                ("capabilities", ServerIdentity.capabilities(in: call.era)),
                ("instructions", .string(instructions)),
            ], caching: .fixed)
    }
}
