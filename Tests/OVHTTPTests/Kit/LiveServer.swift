// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem
import ServiceLifecycle

@testable import OVHTTP

/// The interface of a world on a real socket, and connections to it byte by byte.
enum LiveServer {
    /// Serves on a free port until `body` returns, and then shuts down gracefully.
    static func run<Value: Sendable>(
        _ interface: RestInterface, on address: RestServer.Address = .tcp(host: "127.0.0.1", port: 0),
        _ body: @escaping @Sendable (RestServer.Address) async throws -> Value
    ) async throws -> Value {
        let (started, input) = AsyncStream.makeStream(of: RestServer.Address.self)
        let server = RestServer(interface, on: address) { input.yield($0) }
        let group = ServiceGroup(configuration: .init(services: [server], logger: RestWorld.silent))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = started.makeAsyncIterator()
            guard let place = await iterator.next() else { throw CancellationError() }
            let value: Value
            do { value = try await body(place) } catch {
                tasks.cancelAll()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return value
        }
    }
}

/// A connection that a test writes to and reads from as it likes. What blocks does so on threads of its own: the server
/// runs in the same process.
final class RawConnection: Sendable {
    private static let threads = ThreadPool(count: 32)

    private let descriptor: Descriptor

    init(to address: RestServer.Address) throws {
        let family: Int32
        switch address {
        case .tcp: family = AF_INET
        case .socket: family = AF_UNIX
        }
        let number = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw SystemError.last("open", "a socket") }
        descriptor = Descriptor(adopting: number, path: "connection")
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard Self.connect(number, to: address) == 0 else { throw SystemError.last("connect to", "\(address)") }
    }

    private static func connect(_ number: Int32, to address: RestServer.Address) -> Int32 {
        switch address {
        case .tcp(_, let port):
            var target = sockaddr_in()
            target.sin_family = sa_family_t(AF_INET)
            target.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            target.sin_port = UInt16(port).bigEndian
            return withUnsafePointer(to: &target) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        case .socket(let path):
            var target = sockaddr_un()
            target.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
            return withUnsafePointer(to: &target) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        }
    }

    /// - Returns: whether the other side took it.
    @discardableResult
    func send(_ text: String) async -> Bool {
        await withTaskExecutorPreference(Self.threads) { self.put(Array(text.utf8)) }
    }

    private func put(_ bytes: [UInt8]) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes {
                Glibc.send(descriptor.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    /// Everything until the other side closes.
    func readToEnd() async -> String {
        var text: [UInt8] = []
        while let more = await receive() { text += more }
        return String(decoding: text, as: UTF8.self)
    }

    /// One answer with a length.
    func readAnswer() async -> String {
        var text: [UInt8] = []
        while true {
            let string = String(decoding: text, as: UTF8.self)
            if let head = string.firstRange(of: "\r\n\r\n") {
                let header = string[..<head.lowerBound].lowercased()
                let length = header.split(separator: "content-length: ").dropFirst().first
                    .flatMap { Int($0.prefix { $0.isNumber }) }
                if string[head.upperBound...].utf8.count >= length ?? 0 { return string }
            }
            guard let more = await receive() else { return string }
            text += more
        }
    }

    /// What comes next, nil at the end; text in ASCII.
    func receiveText() async -> String? { await receive().map { String(decoding: $0, as: UTF8.self) } }

    private func receive() async -> [UInt8]? {
        await withTaskExecutorPreference(Self.threads) {
            var piece = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor.number, &piece, piece.count, 0)
            return count > 0 ? Array(piece[..<count]) : nil
        }
    }
}
