// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// Asks to be told when a document changes, or anything in a folder.
struct SubscribeMethod: Method {
    static let name = "resources/subscribe"
    let runsInOrder = true

    func isPart(of era: Era) -> Bool { !era.isStateless }

    func result(of call: Call, by server: MCPServer) async throws -> MethodResult {
        let text = try call.params.string("uri")
        let uri: VikingURI
        do throws(OVError) {
            uri = try ResourceAddress.parse(text, user: call.caller.user)
            _ = try await server.plane.stat(uri.text, as: call.caller)
        } catch {
            throw error.asResourceError(of: text, in: call.era)
        }
        try call.origin.session?.subscribe(to: uri, as: text)
        return MethodResult()
    }
}
