// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Takes a subscription back. One that there is not is no error: it is as was asked for.
struct UnsubscribeMethod: Method {
    static let name = "resources/unsubscribe"
    let runsInOrder = true

    func isPart(of era: Era) -> Bool { !era.isStateless }

    func result(of call: Call, by server: MCPServer) async throws -> MethodResult {
        let text = try call.params.string("uri")
        do throws(OVError) {
            call.origin.session?.unsubscribe(from: try ResourceAddress.parse(text, user: call.caller.user))
        } catch {
            throw error.asResourceError(of: text, in: call.era)
        }
        return MethodResult()
    }
}
