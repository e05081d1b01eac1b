// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem
import Synchronization

/// A server on the loopback interface that answers just what a test tells it to, byte for byte, or misbehaves.
///
/// It ends, with all its connections, when the last reference goes away.
package final class ScriptedServer: Sendable {
    package struct Request: Hashable, Sendable {
        package let method: String
        package let target: String
        /// Names in lower case.
        package let headers: [String: String]
        /// Counts connections from 1.
        package let connection: Int
    }

    /// What a connection does next.
    package enum Step: Sendable {
        case send([UInt8])
        /// Sends again and again, until the other side has enough.
        case sendForever([UInt8])
        /// Sends again and again, with a pause of so many milliseconds in between, until the other side goes.
        case drip([UInt8], pause: Int32)
        /// Says nothing for so many milliseconds, unless the other side goes.
        case pause(Int32)
        /// Says nothing more, until the other side goes.
        case hang
        case close
        /// Closes so that the other side sees a reset.
        case reset

        package static func send(_ text: String) -> Step { .send(Array(text.utf8)) }
    }

    package typealias Script = @Sendable (Request) -> [Step]

    package let port: UInt16
    private let core: ServerCore

    /// - Throws: `SystemError`.
    package init(_ script: @escaping Script) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0 else { throw SystemError.last("open", "a socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard isListening else { throw SystemError.last("listen on", "the loopback interface") }
        port = UInt16(bigEndian: address.sin_port)
        core = ServerCore(Descriptor(adopting: listener, path: "listener"), script)
        core.start { $0.acceptAll() }
    }

    deinit { core.stop() }

    package var origin: String { "http://127.0.0.1:\(port)" }

    /// What was asked so far.
    package var requests: [Request] { core.state.withLock { $0.requests } }

    /// How many connections have come about so far, whether or not anything was asked over them.
    package var connectionCount: Int { core.state.withLock { $0.connections } }
}

extension ScriptedServer.Step {
    /// A whole answer with a length.
    package static func answer(_ status: Int = 200, _ headers: [(String, String)] = [], _ body: String = "")
        -> ScriptedServer.Step
    {
        answer(status, headers, Array(body.utf8))
    }

    package static func answer(_ status: Int, _ headers: [(String, String)], _ body: [UInt8]) -> ScriptedServer.Step {
        var head = "HTTP/1.1 \(status) Whatever\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if status != 304 && status != 204 { head += "Content-Length: \(body.count)\r\n" }
        return .send(Array((head + "\r\n").utf8) + body)
    }
}

/// What the threads of a server share; they keep it, not the server, whose end stops them.
private final class ServerCore: Sendable {
    struct State {
        var requests: [ScriptedServer.Request] = []
        var open: [Int: Descriptor] = [:]
        var connections = 0
        var isStopped = false
    }

    let state = Mutex(State())
    private let listener: Descriptor
    private let script: ScriptedServer.Script

    init(_ listener: Descriptor, _ script: @escaping ScriptedServer.Script) {
        self.listener = listener
        self.script = script
    }

    func start(_ body: @escaping @Sendable (ServerCore) -> Void) {
        let context = Unmanaged.passRetained(Body(core: self, body: body)).toOpaque()
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let body = Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
                body.body(body.core)
                return nil
            }, context)
        precondition(result == 0, "the system refuses another thread")
        pthread_detach(thread)
    }

    private final class Body: Sendable {
        let core: ServerCore
        let body: @Sendable (ServerCore) -> Void

        init(core: ServerCore, body: @escaping @Sendable (ServerCore) -> Void) {
            self.core = core
            self.body = body
        }
    }

    func stop() {
        state.withLock { state in
            state.isStopped = true
            shutdown(listener.number, Int32(SHUT_RDWR))
            for connection in state.open.values { shutdown(connection.number, Int32(SHUT_RDWR)) }
        }
    }

    func acceptAll() {
        while true {
            let number = accept(listener.number, nil, nil)
            guard number >= 0, fcntl(number, F_SETFD, FD_CLOEXEC) == 0 else { return }
            let connection = Descriptor(adopting: number, path: "connection")
            let id: Int? = state.withLock { state in
                guard !state.isStopped else { return nil }
                state.connections += 1
                state.open[state.connections] = connection
                return state.connections
            }
            guard let id else { return }
            start { core in
                core.serve(connection, id)
                core.state.withLock { $0.open[id] = nil }
            }
        }
    }

    private func serve(_ connection: Descriptor, _ id: Int) {
        var buffered: [UInt8] = []
        while let request = next(on: connection, id, &buffered) {
            state.withLock { $0.requests.append(request) }
            for step in script(request) {
                guard perform(step, on: connection) else { return }
            }
        }
    }

    /// - Returns: whether the connection goes on.
    private func perform(_ step: ScriptedServer.Step, on connection: Descriptor) -> Bool {
        switch step {
        case .send(let bytes): return put(bytes, on: connection)
        case .sendForever(let bytes):
            while put(bytes, on: connection) {}
            return false
        case .drip(let bytes, let pause):
            var other = pollfd(fd: connection.number, events: 0, revents: 0)
            while put(bytes, on: connection), poll(&other, 1, pause) == 0 {}
            return false
        case .pause(let time):
            var other = pollfd(fd: connection.number, events: 0, revents: 0)
            return poll(&other, 1, time) == 0
        case .hang:
            var byte: UInt8 = 0
            while recv(connection.number, &byte, 1, 0) > 0 {}
            return false
        case .close: return false
        case .reset:
            var now = linger(l_onoff: 1, l_linger: 0)
            setsockopt(connection.number, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
            return false
        }
    }

    private func put(_ bytes: [UInt8], on connection: Descriptor) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes {
                send(connection.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    private func next(on connection: Descriptor, _ id: Int, _ buffered: inout [UInt8]) -> ScriptedServer.Request? {
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let start = buffered.indices.first(where: { buffered[$0...].starts(with: end) }) {
                let lines = String(decoding: buffered[..<start], as: UTF8.self).split(separator: "\r\n")
                buffered.removeFirst(start + 4)
                let words = (lines.first ?? "").split(separator: " ").map(String.init)
                let headers = lines.dropFirst().map { line in
                    let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
                    return (parts[0].lowercased(), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
                }
                return ScriptedServer.Request(
                    method: words.first ?? "", target: words.count > 1 ? words[1] : "",
                    headers: Dictionary(headers, uniquingKeysWith: { $1 }), connection: id)
            }
            var piece = [UInt8](repeating: 0, count: 4096)
            let count = recv(connection.number, &piece, piece.count, 0)
            guard count > 0 else { return nil }
            buffered += piece[..<count]
        }
    }
}
