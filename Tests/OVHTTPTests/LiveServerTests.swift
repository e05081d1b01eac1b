// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVHTTP

@Suite(.inTurn) struct LiveServerTests {
    private static let health = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"

    /// Runs a test against a server on a free port.
    private static func test(
        _ adjust: @escaping @Sendable (inout RestInterface.Configuration) -> Void = { _ in },
        _ body: @escaping @Sendable (RestServer.Address, RestWorld) async throws -> Void
    ) async throws {
        try await RestWorld.test {
            adjust(&$0)
        } _: { world in
            try await LiveServer.run(world.interface) { try await body($0, world) }
        }
    }

    @Test func `a connection takes many requests, one after the other and at once`() async throws {
        try await Self.test { address, _ in
            let connection = try RawConnection(to: address)
            for _ in 0..<3 {
                await connection.send(Self.health)
                #expect(await connection.readAnswer().hasPrefix("HTTP/1.1 200 OK\r\n"))
            }
            await connection.send(
                Self.health + Self.health + "GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            let rest = await connection.readToEnd()
            #expect(rest.split(separator: "HTTP/1.1 200 OK").count == 2)
            #expect(rest.contains("HTTP/1.1 404 Not Found"))
        }
    }

    @Test(arguments: [
        "nonsense\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}",
        "GET / HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
    ])
    func `what is no request is answered with 400 in the envelope, and the connection closed`(text: String) async throws
    {
        try await Self.test { address, _ in
            let connection = try RawConnection(to: address)
            await connection.send(text)
            let answer = await connection.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"), "\(answer)")
            #expect(answer.contains(#"{"status":"error","error":{"code":"INVALID_ARGUMENT""#))
            #expect(try await ok(address))
        }
    }

    @Test func `bad chunks in a body end the connection, and nobody else notices`() async throws {
        try await Self.test { address, world in
            let connection = try RawConnection(to: address)
            await connection.send(
                "POST /api/v1/resources HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")
            #expect(await connection.readToEnd().hasPrefix("HTTP/1.1 400"))
            #expect(try await ok(address))
        }
    }

    @Test func `headers without end are cut off`() async throws {
        try await Self.test { address, _ in
            let long = try RawConnection(to: address)
            await long.send("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + String(repeating: "x", count: 200_000))
            #expect(await long.readToEnd().hasPrefix("HTTP/1.1 431 "))
            let many = try RawConnection(to: address)
            await many.send("GET / HTTP/1.1\r\nHost: localhost\r\n")
            for number in 0..<20_000 {
                guard await many.send("X-\(number): y\r\n") else { break }
            }
            _ = await many.readToEnd()
            #expect(try await ok(address))
        }
    }

    @Test func `a header that comes too slowly ends the connection, an idle connection ends later than a request`()
        async throws
    {
        try await Self.test {
            $0.limits.idleTime = .seconds(1)
        } _: { address, _ in
            let slow = try RawConnection(to: address)
            await slow.send("GET /health HTTP/1.1\r\nHost: local")
            #expect(await slow.readToEnd() == "")
            let idle = try RawConnection(to: address)
            await idle.send(Self.health)
            #expect(await idle.readToEnd().hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test func `a body beyond the limit is refused before it was sent`() async throws {
        try await Self.test { address, _ in
            let declared = try RawConnection(to: address)
            await declared.send(
                "POST /api/v1/resources HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n{")
            let answer = await declared.readAnswer()
            #expect(answer.hasPrefix("HTTP/1.1 413 "), "\(answer)")
            #expect(answer.contains("PAYLOAD_TOO_LARGE"))
            let chunked = try RawConnection(to: address)
            await chunked.send(
                "POST /api/v1/resources HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "10000\r\n" + String(repeating: " ", count: 0x10000) + "\r\n"
            for _ in 0..<20 {
                guard await chunked.send(chunk) else { break }
            }
            #expect(await chunked.readAnswer().hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func `who asks before it sends a body is told to go on, unless it is too long`() async throws {
        try await Self.test { address, _ in
            let polite = try RawConnection(to: address)
            let head = "POST /api/v1/system/wait HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
            await polite.send(head + "Content-Length: 2\r\n\r\n")
            #expect(await polite.readAnswer() == "HTTP/1.1 100 Continue\r\n\r\n")
            await polite.send("{}")
            #expect(await polite.readAnswer().hasPrefix("HTTP/1.1 200 OK\r\n"))
            let long = try RawConnection(to: address)
            await long.send(head + "Content-Length: 99999999999\r\n\r\n")
            #expect(await long.readAnswer().hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func `requests under a foreign name or from a foreign site are refused`() async throws {
        try await Self.test { address, _ in
            for headers in ["Host: evil.example", "Host: localhost\r\nOrigin: http://evil.example", "Host: "] {
                let connection = try RawConnection(to: address)
                await connection.send("GET /api/v1/watches HTTP/1.1\r\n\(headers)\r\nConnection: close\r\n\r\n")
                let answer = await connection.readToEnd()
                #expect(answer.hasPrefix("HTTP/1.1 403 Forbidden\r\n"), "\(answer)")
                #expect(answer.contains("PERMISSION_DENIED"))
            }
        }
    }

    @Test func `on a socket the same requests come from this machine, under any name`() async throws {
        try await RestWorld.test(origin: .local) { world in
            let path = world.folder.path("ov.sock")
            try world.folder.write("ov.sock", "left behind by somebody")
            try world.folder.remove("ov.sock")
            try await LiveServer.run(world.interface, on: .socket(path: path)) { address in
                #expect(try FileStatus(of: path).permissions == 0o600)
                try world.folder.write("anywhere/a.md", "# A\n")
                let body = #"{"path":"\#(world.folder.path("anywhere"))","wait":true}"#
                let connection = try RawConnection(to: address)
                await connection.send(
                    "POST /api/v1/resources HTTP/1.1\r\nHost: whatever\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                )
                let answer = await connection.readAnswer()
                #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"), "\(answer)")
                #expect(answer.contains(#""outcome":"updated""#))
            }
        }
    }

    @Test func `a shutdown lets what is being answered end, and answers those who only wait`() async throws {
        try await RestWorld.test { world in
            let connection = try await LiveServer.run(world.interface) { address in
                let connection = try RawConnection(to: address)
                let body = #"{"path":"gated:a","wait":true}"#
                await connection.send(
                    "POST /api/v1/resources HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
                await world.gate.arrival()
                return connection
            }
            let answer = await connection.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 503 "), "\(answer)")
            #expect(answer.contains("shutting down"))
            #expect(answer.contains("task_id"))
        }
    }
}

/// Whether the server still answers others.
private func ok(_ address: RestServer.Address) async throws -> Bool {
    let connection = try RawConnection(to: address)
    await connection.send("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    return await connection.readToEnd().hasPrefix("HTTP/1.1 200 OK\r\n")
}
