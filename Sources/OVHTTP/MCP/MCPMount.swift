// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import NIOCore
import OVCore
import OVMCP

/// The Model Context Protocol at a path of the server.
struct MCPMount: Sendable {
    static let path = "/mcp"

    let endpoint: MCPEndpoint

    /// Whether a request is for it.
    static func covers(_ target: RequestTarget) -> Bool {
        target.segments.count == 1 && target.segments[0].elementsEqual("mcp".utf8)
    }

    /// - Parameter body: read whole, within its bound.
    func answer(_ request: Request, _ body: [UInt8], as caller: Caller) async -> Answer {
        let verb: EndpointRequest.Verb =
            switch request.method {
            case .post: .post
            case .get: .get
            case .delete: .delete
            default: .other
            }
        var message = EndpointRequest(verb, as: caller)
        message.headers = MessageHeaders(
            protocolVersion: request.headers[.mcpProtocolVersion], method: request.headers[.mcpMethod],
            name: request.headers[.mcpName])
        message.sessionID = request.headers[.mcpSessionID]
        message.lastEventID = request.headers[.lastEventID]
        message.accept = request.headers[.accept]
        message.contentType = request.headers[.contentType]
        message.body = body
        let closed = message.closed
        return Self.answer(await endpoint.respond(to: message), to: request, closed)
    }

    private static func answer(_ reply: EndpointReply, to request: Request, _ closed: Latch) -> Answer {
        var headers: HTTPFields = [:]
        for (name, value) in reply.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        let status = HTTPResponse.Status(code: reply.status)
        switch reply.body {
        case .none: return Answer(status, headers)
        case .json(let bytes):
            headers[.contentType] = "application/json"
            return Answer(status, headers, .bytes(bytes))
        case .events(let follower):
            headers[.contentType] = "text/event-stream"
            headers[.cacheControl] = "no-store"
            headers[.accelBuffering] = "no"
            // Who watches for the end of a connection cannot read the next request from it.
            headers[.connection] = "close"
            return Answer(
                status, headers,
                .stream(
                    ResponseBody { writer in
                        // The connection shows its end at once, not only when something is written.
                        try await request.body.consumeWithInboundCloseHandler { _ in
                            try await write(follower, to: &writer, closed)
                            try await writer.finish(nil)
                        } onInboundClosed: {
                            closed.open()
                            follower.end()
                        }
                    }))
        }
    }

    private static func write(_ follower: EventFollower, to writer: inout any ResponseBodyWriter, _ closed: Latch)
        async throws
    {
        var follower = follower
        defer {
            follower.end()
            closed.open()
        }
        while !closed.isOpen, let text = await follower.next() { try await writer.write(ByteBuffer(string: text)) }
    }
}
