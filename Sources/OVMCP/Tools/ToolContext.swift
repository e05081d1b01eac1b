// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// What a tool works with.
struct ToolContext: Sendable {
    let plane: any ControlPlane
    let call: Call
    let configuration: MCPServer.Configuration

    var caller: Caller { call.caller }
    var clock: any WallClock { configuration.clock }
}
