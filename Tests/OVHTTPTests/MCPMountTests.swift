// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import OVCore
import OVMCP
import OVTestTraits
import Testing

@testable import OVHTTP

/// The Model Context Protocol as the server mounts it: what a request must be before the protocol sees it.
@Suite(.inTurn) struct MCPMountTests {
    private static let ping =
        #"{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"#
        + #""io.modelcontextprotocol/protocolVersion":"2026-07-28","#
        + #""io.modelcontextprotocol/clientCapabilities":{}}}}"#
    private static let headers: HTTPFields = [
        .contentType: "application/json", .accept: "application/json, text/event-stream",
        .mcpProtocolVersion: "2026-07-28", .mcpMethod: "server/discover",
    ]

    /// A world whose endpoint runs.
    private static func test(
        _ adjust: (inout RestInterface.Configuration) -> Void = { _ in },
        _ body: @escaping @Sendable (RestWorld) async throws -> Void
    ) async throws {
        try await RestWorld.test(adjust) { world in
            let endpoint = world.interface.mcp.endpoint
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await endpoint.run() }
                group.addTask {
                    defer { endpoint.end() }
                    try await body(world)
                }
                try await group.waitForAll()
            }
        }
    }

    private static func with(_ name: HTTPField.Name, _ value: String) -> HTTPFields {
        var headers = Self.headers
        headers[name] = value
        return headers
    }

    @Test("MCP §6 Origin: a foreign one is 403 with every method, none and our own are fine")
    func origins() async throws {
        try await Self.test { world in
            for origin in ["http://evil.example", "null", "http://localhost.evil.example", "https://127.0.0.1.nip.io"] {
                for method in [.post, .get, .delete, .options] as [HTTPRequest.Method] {
                    let reply = try await world.send(method, "/mcp", Self.ping, headers: Self.with(.origin, origin))
                    #expect(reply.status == 403, "\(origin) \(method)")
                    #expect(reply.headers[.accessControlAllowOrigin] == nil)
                }
            }
            #expect(try await world.send(.post, "/mcp", Self.ping, headers: Self.headers).status == 200)
            let own = try await world.send(
                .post, "/mcp", Self.ping, headers: Self.with(.origin, "http://localhost"))
            #expect(own.status == 200)
            #expect(own.headers[.accessControlAllowOrigin] == nil)
        }
    }

    @Test("MCP §6 other verbs 405 with Allow, other paths 404, too large 413, no JSON 415")
    func edges() async throws {
        try await Self.test { world in
            for method in [.put, .patch, .options] as [HTTPRequest.Method] {
                let reply = try await world.send(method, "/mcp", headers: Self.headers)
                #expect(reply.status == 405)
                #expect(reply.headers[.allow] == "DELETE, GET, POST")
            }
            #expect(try await world.send(.post, "/mcp/other", Self.ping, headers: Self.headers).status == 404)
            let text = try await world.send(.post, "/mcp", Self.ping, headers: Self.with(.contentType, "text/plain"))
            #expect(text.status == 415)
            let large = String(repeating: " ", count: (16 << 20) + 1)
            #expect(try await world.send(.post, "/mcp", large, headers: Self.headers).status == 413)
        }
    }

    @Test("MCP §6 authorization: 401 with its challenge, and the caller is the key's")
    func keys() async throws {
        try await Self.test {
            $0.authenticator = Key()
        } _: { world in
            let refused = try await world.send(.post, "/mcp", Self.ping, headers: Self.headers)
            #expect(refused.status == 401)
            #expect(refused.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
            let taken = try await world.send(
                .post, "/mcp", Self.ping, headers: Self.with(.authorization, "Bearer secret"))
            #expect(taken.status == 200)
        }
    }

    @Test func `a document is read, and a local source is refused that no option allows`() async throws {
        try await Self.test { world in
            try await world.ingestDocs()
            func call(_ tool: String, _ arguments: String) async throws -> JSONValue {
                let body = Self.ping.replacing("server/discover", with: "tools/call")
                    .replacing(#""params":{"#, with: #""params":{"name":"\#(tool)","arguments":\#(arguments),"#)
                var headers = Self.with(.mcpMethod, "tools/call")
                headers[.mcpName] = tool
                return try await world.send(.post, "/mcp", body, headers: headers).json
            }
            let read = try await call("read", #"{"uris":["viking://resources/docs/guide.md"]}"#)
            let text = read["result"]?["content"]?.array?.first?["text"]?.string ?? ""
            #expect(text.hasSuffix("# Guide\n\nHello there.\n"))
            let add = try await call("add_resource", #"{"path":"/etc/passwd"}"#)
            #expect(add["result"]?["isError"] == true)
        }
    }
}

private struct Key: Authenticator {
    func caller(for credentials: Credentials) async throws(OVError) -> Caller {
        guard credentials.key == "secret" else { throw OVError(.unauthenticated, "a key is needed") }
        return .local
    }
}
