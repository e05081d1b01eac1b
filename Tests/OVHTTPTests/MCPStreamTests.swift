// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVEngine
import OVMCP
import OVTestTraits
import Testing

@testable import OVHTTP

/// The streams of agents over HTTP, and who may go on reading them.
@Suite("Streams of agents", .inTurn, .timeLimit(.minutes(10)))
struct MCPStreamTests {
    /// How a client comes to listen.
    enum Way: CaseIterable, Sendable {
        /// By a request of its own, without a session.
        case listen
        /// By the stream of its session.
        case session
    }

    /// A stream that is open, and what has come of it.
    private final class Reader {
        private let connection: RawConnection
        private(set) var text = ""

        init(_ address: RestServer.Address, _ request: String) async throws {
            connection = try RawConnection(to: address)
            await connection.send(request)
        }

        func read(until mark: String) async throws {
            while !text.contains(mark) { text += try #require(await connection.receiveText(), "\(text)") }
        }

        /// Whether it ends, and without a word more: the last frame of the transfer is empty.
        func endsInSilence() async -> Bool {
            let seen = text
            while !text.hasSuffix("0\r\n\r\n") {
                guard let more = await connection.receiveText() else { break }
                text += more
            }
            return text == seen + "0\r\n\r\n"
        }
    }

    private static func request(_ verb: String, _ lines: [String], _ key: String?, _ body: String = "") -> String {
        let lines =
            [
                "\(verb) /mcp HTTP/1.1", "Host: localhost", "Content-Type: application/json",
                "Accept: application/json, text/event-stream", "Content-Length: \(body.utf8.count)",
            ] + lines + (key.map { ["X-API-Key: \($0)"] } ?? [])
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }

    private static func open(_ way: Way, _ address: RestServer.Address, key: String?) async throws -> Reader {
        switch way {
        case .listen:
            let body =
                #"{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"#
                + #""notifications":{"resourcesListChanged":true},"_meta":{"#
                + #""io.modelcontextprotocol/protocolVersion":"2026-07-28","#
                + #""io.modelcontextprotocol/clientCapabilities":{}}}}"#
            let headers = ["MCP-Protocol-Version: 2026-07-28", "Mcp-Method: subscriptions/listen"]
            let reader = try await Reader(address, request("POST", headers, key, body))
            try await reader.read(until: "acknowledged")
            try await reader.read(until: "\n\n\r\n")
            return reader
        case .session:
            let body =
                #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","#
                + #""capabilities":{}}}"#
            let handshake = try RawConnection(to: address)
            await handshake.send(request("POST", [], key, body))
            let answer = await handshake.readAnswer()
            let session = try #require(
                answer.split(separator: "\r\n").first { $0.lowercased().hasPrefix("mcp-session-id: ") })
            let reader = try await Reader(address, request("GET", [String(session)], key))
            // With the first event, which says where to go on.
            try await reader.read(until: "data:\n\n\r\n")
            return reader
        }
    }

    private static func test(
        _ body: @escaping @Sendable (RestServer.Address, RestWorld) async throws -> Void
    ) async throws {
        try await RestWorld.test { _ in
        } authenticatedBy: { engine in
            KeyAuthenticator(engine, hasKeys: false)
        } _: { world in
            world.gate.open()
            let endpoint = world.interface.mcp.endpoint
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await endpoint.run() }
                group.addTask {
                    defer { endpoint.end() }
                    try await LiveServer.run(world.interface) { try await body($0, world) }
                }
                try await group.waitForAll()
            }
        }
    }

    private static func change(_ world: RestWorld) async throws {
        _ = try await world.engine.ingest(IngestRequest(path: "gated:x", to: "viking://resources/x"), as: .local)
    }

    @Test(arguments: Way.allCases)
    func `a stream tells what changes to who has a key`(way: Way) async throws {
        try await Self.test { address, world in
            let owner = Owner(account: "default", user: "ada")
            _ = try await world.keeper.createKey(role: .root, owner: owner)
            let key = try await world.keeper.createKey(role: .user, owner: owner).text.text
            let reader = try await Self.open(way, address, key: key)
            try await Self.change(world)
            try await reader.read(until: "notifications/resources/list_changed")
        }
    }

    @Test(arguments: Way.allCases)
    func `a stream ends with its key, and so does its session`(way: Way) async throws {
        try await Self.test { address, world in
            let owner = Owner(account: "default", user: "ada")
            _ = try await world.keeper.createKey(role: .root, owner: owner)
            let key = try await world.keeper.createKey(role: .user, owner: owner).text
            let reader = try await Self.open(way, address, key: key.text)
            _ = try await world.keeper.revokeKey(key.id)
            try await Self.change(world)
            #expect(await reader.endsInSilence(), "\(reader.text)")
            #expect(world.interface.mcp.endpoint.sessionCount == 0)
        }
    }

    @Test(arguments: Way.allCases)
    func `a stream that began without a key ends when keys are needed`(way: Way) async throws {
        try await Self.test { address, world in
            let reader = try await Self.open(way, address, key: nil)
            _ = try await world.keeper.createKey(role: .root, owner: Owner(account: "default", user: "ada"))
            try await Self.change(world)
            #expect(await reader.endsInSilence(), "\(reader.text)")
            #expect(world.interface.mcp.endpoint.sessionCount == 0)
        }
    }
}
