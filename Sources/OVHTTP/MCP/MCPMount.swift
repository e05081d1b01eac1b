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

    /// - Parameters:
    ///   - body: read whole, within its bound.
    ///   - isAllowed: whether who asked would still be let in as the same caller.
    func answer(
        _ request: Request, _ body: [UInt8], as caller: Caller, while isAllowed: @escaping @Sendable () async -> Bool,
        over channel: any Channel
    ) async -> Answer {
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
        let stream = MCPStream(endpoint: endpoint, request: message, isAllowed: isAllowed)
        return Self.answer(await endpoint.respond(to: message), over: channel, stream)
    }

    private static func answer(_ reply: EndpointReply, over channel: any Channel, _ stream: MCPStream) -> Answer {
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
            return Answer(
                status, headers,
                .stream(
                    ResponseBody { writer in
                        let isGone = await ClientPresence.end(of: channel)
                        try await stream.write(follower, to: &writer, until: isGone)
                        try await writer.finish(nil)
                    }))
        }
    }
}
