// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import NIOCore

/// What is known of the connection on which a request came.
package struct ConnectionContext: InitializableFromSource, Sendable {
    /// The address at the other end, for the log; nil on a Unix socket.
    var peer: String? { channel.remoteAddress?.ipAddress }

    let channel: any Channel

    package init(source: ApplicationRequestContextSource) { channel = source.channel }
}
