// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Tells clients that ask before they send a body to go on (RFC 9110 §10.1.1); they would wait a second otherwise.
/// Those who announce more than any route takes are not told, and get the answer that refuses it instead.
final class ContinueAnswers: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundOut = HTTPResponsePart

    private let bound: Int64

    /// - Parameter bound: bytes of the largest body that some route takes.
    init(bound: Int64) { self.bound = bound }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let request) = unwrapInboundIn(data),
            request.headerFields[.expect]?.lowercased() == "100-continue",
            request.headerFields[.contentLength].flatMap({ Int64($0) }) ?? 0 <= bound
        {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
        }
        context.fireChannelRead(data)
    }
}
