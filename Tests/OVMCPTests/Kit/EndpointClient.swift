// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVMCP
import Testing

/// Requests to an endpoint, as an HTTP server hands them over.
struct EndpointClient: Sendable {
    let endpoint: MCPEndpoint

    /// Runs an endpoint for as long as `body` takes.
    static func with(
        _ store: FakeStore = Samples.store, clock: any WallClock = StillClock(),
        _ body: @escaping @Sendable (EndpointClient) async throws -> Void
    ) async throws {
        let endpoint = MCPEndpoint(
            MCPServer(over: store, MCPServer.Configuration(clock: clock)), random: SystemRandomSource())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await endpoint.run() }
            group.addTask {
                defer { endpoint.end() }
                try await body(EndpointClient(endpoint: endpoint))
            }
            try await group.waitForAll()
        }
    }

    func send(_ request: EndpointRequest) async -> EndpointReply { await endpoint.respond(to: request) }

    static func request(
        _ verb: EndpointRequest.Verb = .post, _ message: JSONValue? = nil, session: String? = nil,
        headers: MessageHeaders = MessageHeaders()
    ) -> EndpointRequest {
        var request = EndpointRequest(verb, as: .local)
        request.headers = headers
        request.sessionID = session
        request.accept = "application/json, text/event-stream"
        request.contentType = "application/json"
        if let message { request.body = Array(JSONWriter.text(of: message).utf8) }
        return request
    }

    static func message(_ method: String, _ params: JSONValue = [:], id: JSONValue = 1) -> JSONValue {
        ["jsonrpc": "2.0", "id": id, "method": .string(method), "params": params]
    }

    /// A request of the stateless era with the headers that it needs.
    static func stateless(_ method: String, _ params: JSONValue = [:], name: String? = nil, id: JSONValue = 1)
        -> EndpointRequest
    {
        request(
            .post, message(method, params.stateless, id: id),
            headers: MessageHeaders(protocolVersion: "2026-07-28", method: method, name: name))
    }

    /// Opens a session.
    func handshake(_ version: String = "2025-11-25") async throws -> String {
        let reply = await send(
            Self.request(.post, Self.message("initialize", ["protocolVersion": .string(version), "capabilities": [:]])))
        return try #require(reply.header("Mcp-Session-Id"))
    }
}

extension EndpointReply {
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// The message of a reply that is no stream.
    var json: JSONValue? {
        guard case .json(let bytes) = body else { return nil }
        return try? JSONValue(parsing: bytes)
    }

    var follower: EventFollower? {
        guard case .events(let follower) = body else { return nil }
        return follower
    }

    /// The message of the reply, or the last one of its stream.
    func last() async -> JSONValue? {
        guard var follower else { return json }
        var last: JSONValue?
        while let event = await follower.nextEvent() { last = event.message ?? last }
        return last
    }
}

/// An event as its reader takes it apart.
struct ReadEvent: Sendable {
    var id: String?
    var message: JSONValue?
    var retry: String?

    init(_ text: String) {
        for line in text.split(separator: "\n") {
            if let value = line.value(of: "id") { id = value }
            if let value = line.value(of: "retry") { retry = value }
            if let value = line.value(of: "data") { message = try? JSONValue(parsing: Array(value.utf8)) }
        }
    }
}

extension Substring {
    fileprivate func value(of field: String) -> String? {
        guard hasPrefix(field + ":") else { return nil }
        return String(dropFirst(field.count + 1).drop { $0 == " " })
    }
}

extension EventFollower {
    mutating func nextEvent() async -> ReadEvent? { await next().map { ReadEvent($0) } }

    /// The next event with a message.
    mutating func nextMessage() async -> JSONValue? {
        while let event = await nextEvent() { if let message = event.message { return message } }
        return nil
    }
}
