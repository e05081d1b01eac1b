// SPDX-License-Identifier: Apache-2.0

import OVMCP
import ServiceLifecycle

/// Does what requests of the Model Context Protocol ask for, until a graceful shutdown.
package struct MCPService: Service {
    let endpoint: MCPEndpoint

    package func run() async throws {
        await withGracefulShutdownHandler {
            await endpoint.run()
        } onGracefulShutdown: {
            endpoint.end()
        }
    }
}
