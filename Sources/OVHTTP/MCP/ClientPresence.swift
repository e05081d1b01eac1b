// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTPTypes
import OVMCP

/// Notices that a client has closed its end of a connection, which otherwise shows only when something is written.
final class ClientPresence: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    /// Opened when the client is gone.
    let isGone = Latch()

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { isGone.open() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isGone.open()
        context.fireChannelInactive()
    }

    /// The end of the client at the other end of a channel; nil where nobody looks for it.
    static func end(of channel: any Channel) async -> Latch? {
        try? await channel.pipeline.handler(type: ClientPresence.self).map(\.isGone).get()
    }
}
