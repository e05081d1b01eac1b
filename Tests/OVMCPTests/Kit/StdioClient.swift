// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVMCP
import OVSystem
import Synchronization
import Testing

/// The other end of a `StdioServer`, over real pipes.
final class StdioClient: Sendable {
    /// One thread waits for the server's output, one to be allowed to write.
    private let threads = ThreadPool(count: 2)

    private let toServer: Mutex<Descriptor?>
    private let fromServer: Descriptor
    private let wakeUp: WakeUp
    private let buffer = Mutex<[UInt8]>([])
    /// Messages that came while another one was waited for.
    private let kept = Mutex<[JSONValue]>([])
    private let lastID = Mutex<Int64>(0)

    private init(_ toServer: Descriptor, _ fromServer: Descriptor) throws {
        self.toServer = Mutex(toServer)
        self.fromServer = fromServer
        wakeUp = try WakeUp()
    }

    /// Runs a server for as long as `body` takes, then ends its input.
    static func with(
        _ store: FakeStore = Samples.store, isReadOnly: Bool = false, limits: StdioServer.Limits = .init(),
        _ body: @escaping @Sendable (StdioClient) async throws -> Void
    ) async throws {
        let (requests, answers) = (try Pipe(), try Pipe())
        var configuration = MCPServer.Configuration(clock: StillClock())
        configuration.isReadOnly = isReadOnly
        let server = try StdioServer(
            MCPServer(over: store, configuration), as: .local, input: requests.output, output: answers.input,
            limits: limits)
        let client = try StdioClient(requests.input, answers.output)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await server.run()
                // What the end of its process would do.
                answers.input.hangUp()
            }
            group.addTask {
                defer { client.hangUp() }
                try await body(client)
            }
            try await group.waitForAll()
        }
    }

    /// Lets a write that waits for the server end, and every later call.
    func stopWaiting() { wakeUp.signal() }

    /// Ends the server's input.
    func hangUp() {
        toServer.withLock { descriptor in
            descriptor?.hangUp()
            descriptor = nil
        }
    }

    func send(text: String) async throws { try await send(bytes: Array(text.utf8)) }

    func send(bytes: [UInt8]) async throws {
        let descriptor = try #require(toServer.withLock { $0 })
        _ = try await withTaskExecutorPreference(threads) {
            try descriptor.writeAll(bytes, unless: wakeUp)
        }
    }

    func send(_ message: JSONValue) async throws { try await send(text: JSONWriter.text(of: message) + "\n") }

    func notify(_ method: String, _ params: JSONValue = [:]) async throws {
        try await send(["jsonrpc": "2.0", "method": .string(method), "params": params])
    }

    @discardableResult
    func start(_ method: String, _ params: JSONValue = [:], id: JSONValue? = nil) async throws -> JSONValue {
        let number = lastID.withLock { last in
            last += 1
            return last
        }
        let id = id ?? .integer(number)
        try await send(["jsonrpc": "2.0", "id": id, "method": .string(method), "params": params])
        return id
    }

    /// The next message, whatever it is; nil at the end.
    func next() async throws -> JSONValue? {
        if let first = kept.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return first }
        return try await receive()
    }

    private func receive() async throws -> JSONValue? {
        while true {
            let line: [UInt8]? = buffer.withLock { buffer in
                guard let end = buffer.firstIndex(of: 10) else { return nil }
                defer { buffer.removeFirst(end + 1) }
                return Array(buffer[..<end])
            }
            if let line { return try JSONValue(parsing: line) }
            let bytes = try await withTaskExecutorPreference(threads) {
                try fromServer.readSome(1 << 16, unless: wakeUp)
            }
            guard let bytes, !bytes.isEmpty else { return nil }
            buffer.withLock { $0 += bytes }
        }
    }

    /// The next message for which a condition holds; others are kept for later.
    func message(where condition: (JSONValue) -> Bool) async throws -> JSONValue {
        let early = kept.withLock { kept -> JSONValue? in
            guard let index = kept.firstIndex(where: condition) else { return nil }
            return kept.remove(at: index)
        }
        if let early { return early }
        while let message = try await receive() {
            if condition(message) { return message }
            kept.withLock { $0.append(message) }
        }
        throw Ended()
    }

    func answer(to id: JSONValue) async throws -> JSONValue {
        try await message { $0["id"] == id && $0["method"] == nil }
    }

    func notification(_ method: String) async throws -> JSONValue {
        try await message { $0["method"] == .string(method) }
    }

    func request(_ method: String, _ params: JSONValue = [:]) async throws -> JSONValue {
        try await answer(to: try await start(method, params))
    }

    struct Ended: Error {}
}

extension StdioClient {
    @discardableResult
    func handshake(_ version: String = "2025-11-25") async throws -> JSONValue {
        let answer = try await request(
            "initialize",
            [
                "protocolVersion": .string(version), "capabilities": [:],
                "clientInfo": ["name": "test", "version": "1"],
            ])
        try await notify("notifications/initialized")
        return answer
    }

    /// Runs a tool in the era that is asked for.
    func call(_ tool: String, _ arguments: JSONValue = [:], stateless: Bool = false) async throws -> JSONValue {
        let params: JSONValue = ["name": .string(tool), "arguments": arguments]
        return try await request("tools/call", stateless ? params.stateless : params)
    }
}

extension JSONValue {
    static let envelope: JSONValue = [
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": [:],
    ]

    /// Parameters with what the stateless era wants in `_meta`.
    var stateless: JSONValue { setting("_meta", .envelope) }

    /// As a client sends it that knows the tasks extension.
    var withTasks: JSONValue {
        let capabilities: JSONValue = ["extensions": ["io.modelcontextprotocol/tasks": [:]]]
        return setting(
            "_meta", JSONValue.envelope.setting("io.modelcontextprotocol/clientCapabilities", capabilities))
    }

    func setting(_ name: String, _ value: JSONValue) -> JSONValue {
        .object((members ?? []).filter { $0.name != name } + [(name, value)])
    }

    func at(_ path: String...) -> JSONValue? {
        path.reduce(Optional(self)) { value, name in
            Int(name).map { index in
                guard let values = value?.array, values.indices.contains(index) else { return nil }
                return values[index]
            } ?? value?[name]
        }
    }

    /// The text of a tool's answer.
    var toolText: String { at("result", "content", "0", "text")?.string ?? "" }
    var errorCode: Int64? { at("error", "code")?.integer }
}

/// Parameters with what the stateless era wants in `_meta`.
func stateless(_ params: JSONValue) -> JSONValue { params.stateless }

/// The same for a client that knows the tasks extension.
func withTasks(_ params: JSONValue) -> JSONValue { params.withTasks }
