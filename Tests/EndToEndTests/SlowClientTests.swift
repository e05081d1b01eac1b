// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

/// Clients that come and say next to nothing, or read next to nothing, are nobody else's problem.
@Suite(.inTurn, .serialized) struct SlowClientTests {
    private static let count = 9000

    /// Connections that stay open until they are released.
    private final class Crowd {
        private var descriptors: [Int32] = []
        let port: UInt16

        init(of server: RunningServer) throws {
            port = try #require(server.url.split(separator: ":").last.flatMap { UInt16($0) })
        }

        deinit { for number in descriptors { close(number) } }

        func connect() throws -> Int32 {
            let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard number >= 0 else { throw SystemError.last("open", "a socket") }
            descriptors.append(number)
            var target = sockaddr_in()
            target.sin_family = sa_family_t(AF_INET)
            target.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            target.sin_port = port.bigEndian
            let connected = withUnsafePointer(to: &target) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard connected == 0 else { throw SystemError.last("connect to", "the server") }
            return number
        }

        func send(_ text: String, on number: Int32) {
            let bytes = Array(text.utf8)
            _ = bytes.withUnsafeBytes { Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        }
    }

    private func resident(_ process: ChildProcess) throws -> Int {
        let file = try Descriptor(opening: "/proc/\(process.processID)/statm", O_RDONLY)
        let fields = String(decoding: try file.read(256, at: 0), as: UTF8.self).split(separator: " ")
        return (fields.dropFirst().first.flatMap { Int($0) } ?? 0) * sysconf(Int32(_SC_PAGESIZE))
    }

    @Test func `thousands of connections that say nothing cost little and stop nobody`() async throws {
        OpenFileLimit.raise()
        let installation = try Installation()
        let server = try await installation.serve()
        _ = try await server.curl("/health")
        let before = try resident(server.process)
        let crowd = try Crowd(of: server)
        for number in 0..<Self.count {
            let connection = try crowd.connect()
            // Some say nothing at all, some begin a header, some a body.
            switch number % 3 {
            case 0: break
            case 1: crowd.send("GET /health HTTP/1.1\r\nHost: local", on: connection)
            default:
                crowd.send(
                    "PATCH /api/v1/watches/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{",
                    on: connection)
            }
        }
        for _ in 0..<20 { #expect(try await server.curl("/health").member("healthy").bool == true) }
        let grown = try resident(server.process) - before
        #expect(grown < Self.count * 40_000, "\(grown / Self.count) bytes for each")
        // It ends, whatever they do, long before it would be made to.
        let end = ContinuousClock.now
        #expect(try await server.stop().status == 0)
        #expect(ContinuousClock.now - end < .seconds(20))
        withExtendedLifetime(crowd) {}
    }

    @Test func `who asks for much and reads nothing makes the server keep little`() async throws {
        let installation = try Installation()
        try installation.folder.write("docs/large.md", String(repeating: "line after line\n", count: 1 << 20))
        try await installation.succeed(
            "ingest", installation.folder.path("docs"), "--to", "viking://resources/docs")
        let server = try await installation.serve()
        _ = try await server.curl("/health")
        let before = try resident(server.process)
        let crowd = try Crowd(of: server)
        let request =
            "GET /api/v1/content/download?uri=viking://resources/docs/large.md HTTP/1.1\r\nHost: localhost\r\n\r\n"
        // Each asks again and again on one connection, and reads none of it.
        for _ in 0..<8 { crowd.send(String(repeating: request, count: 50), on: try crowd.connect()) }
        for _ in 0..<20 { #expect(try await server.curl("/health").member("healthy").bool == true) }
        let grown = try resident(server.process) - before
        #expect(grown < 400 << 20, "\(grown >> 20) MB")
        #expect(try await server.stop().status == 0)
        withExtendedLifetime(crowd) {}
    }
}
