// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import NIOHTTP1

/// Lets through just one answer to each request, in the order of its parts.
///
/// The client behind it (AsyncHTTPClient) takes for a mistake of its own, and ends the process, what only a server can
/// be at fault for: an answer that nobody asked for, on a connection that rests, and the end of an answer whose status
/// is below 100.
package enum OrderlyAnswers {
    /// What a request fails with whose answer is none.
    package struct Disorder: Error, CustomStringConvertible {
        package let description: String
    }

    /// Puts one between the parser of a connection and the client. For `http1_1ConnectionDebugInitializer`, which is
    /// meant for looking on and runs for each connection before the first request.
    package static func watch(_ channel: any Channel) -> EventLoopFuture<Void> {
        let add: @Sendable () throws -> Void = {
            let pipeline = channel.pipeline.syncOperations
            let parser = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
            try pipeline.addHandler(AnswerOrder(), position: .after(parser))
        }
        // At once where that can be, so that nothing is read before.
        guard channel.eventLoop.inEventLoop else { return channel.eventLoop.submit(add) }
        return channel.eventLoop.makeCompletedFuture(withResultOf: add)
    }
}

private final class AnswerOrder: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private enum State {
        case resting, waiting, receiving, broken
    }

    private var state = State.resting

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .head = unwrapOutboundIn(data), state == .resting { state = .waiting }
        context.write(data, promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (state, unwrapInboundIn(data)) {
        case (.broken, _): return
        case (.waiting, .head(let head)) where head.status.code >= 200: state = .receiving
        // Notices before the answer.
        case (.waiting, .head(let head)) where (102...199).contains(head.status.code) || head.status.code == 100: return
        case (.receiving, .body): break
        case (.receiving, .end): state = .resting
        case (.waiting, .head(let head)):
            return end(context, "status \(head.status.code) is no answer to what was asked")
        default: return end(context, "more comes than was asked for")
        }
        context.fireChannelRead(data)
    }

    private func end(_ context: ChannelHandlerContext, _ words: String) {
        state = .broken
        context.fireErrorCaught(OrderlyAnswers.Disorder(description: words))
        context.close(promise: nil)
    }
}
