// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import OVAPI
import OVCore

/// Answers what is no request with the envelope that all errors have, and closes the connection. The framework would
/// answer without a body. What goes wrong in the middle of a request is left to it: an answer may be on its way.
final class MalformedRequests: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Requests that have begun and are not answered yet.
    private var open = 0
    private var isClosing = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) { open += 1 }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { open -= 1 }
        context.write(data, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard open == 0, !isClosing, let error = error as? HTTPParserError else {
            context.fireErrorCaught(error)
            return
        }
        isClosing = true
        let answer = Self.answer(to: error)
        var headers = answer.headers
        headers[.connection] = "close"
        headers[.contentLength] = String(answer.byteCount ?? 0)
        context.write(
            wrapOutboundOut(.head(HTTPResponse(status: answer.status, headerFields: headers))), promise: nil)
        if case .bytes(let bytes) = answer.body {
            context.write(wrapOutboundOut(.body(context.channel.allocator.buffer(bytes: bytes))), promise: nil)
        }
        let closing = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in closing.value.close(promise: nil) }
    }

    private static func answer(to error: HTTPParserError) -> Answer {
        switch error {
        case .headerOverflow:
            var answer = Answer.error(OVError(.payloadTooLarge, "the headers of the request are too long"))
            answer.status = .requestHeaderFieldsTooLarge
            return answer
        default:
            // The code that every malformed request has; the status says that it was not even HTTP.
            return .error(OVError(.contradictoryArguments, "this is no HTTP request: \(error)"))
        }
    }
}
