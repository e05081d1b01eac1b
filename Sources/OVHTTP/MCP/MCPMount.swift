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
    func answer(_ request: Request, _ body: [UInt8], as caller: Caller, over channel: any Channel) async -> Answer {
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
        return Self.answer(await endpoint.respond(to: message), over: channel, closed)
    }

    private static func answer(_ reply: EndpointReply, over channel: any Channel, _ closed: Latch) -> Answer {
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
                        try await write(follower, to: &writer, until: isGone, closed)
                        try await writer.finish(nil)
                    }))
        }
    }

    /// - Parameters:
    ///   - isGone: opened when the client closes its end.
    ///   - closed: what the endpoint is told by.
    private static func write(
        _ follower: EventFollower, to writer: inout any ResponseBodyWriter, until isGone: Latch?, _ closed: Latch
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                guard let isGone else { return }
                await isGone.wait()
                guard isGone.isOpen else { return }
                closed.open()
                follower.end()
            }
            defer {
                group.cancelAll()
                follower.end()
                closed.open()
            }
            var events = follower
            while let text = await events.next() { try await writer.write(ByteBuffer(string: text)) }
        }
    }
}
