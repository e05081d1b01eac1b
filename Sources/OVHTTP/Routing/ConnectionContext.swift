// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import NIOCore

/// What is known of the connection on which a request came.
package struct ConnectionContext: InitializableFromSource, Sendable {
    /// The address at the other end, for the log; nil on a Unix socket.
    let peer: String?

    package init(source: ApplicationRequestContextSource) { peer = source.channel.remoteAddress?.ipAddress }
}
