// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// A server in this process that answers with what it is told to, after a while: what a route of the same library costs
/// that does nothing, and what a source on the web costs.
struct LocalSite {
    /// What came in, by the name that the server was called.
    final class Log: Sendable {
        struct Counts: Sendable {
            var requests = 0
            var current = 0
            var most = 0

            mutating func begin() {
                requests += 1
                current += 1
                most = max(most, current)
            }
        }

        private let counts = Mutex<[String: Counts]>([:])

        func begin(_ host: String) {
            counts.withLock { counts in
                counts[host, default: Counts()].begin()
            }
        }

        func end(_ host: String) { counts.withLock { $0[host]?.current -= 1 } }

        var all: [String: Counts] { counts.withLock { $0 } }
    }

    let log = Log()
    let answer: String
    let delay: Duration

    /// Serves on all addresses of the loopback interface while `body` runs, which is given the port.
    func run<Value: Sendable>(_ body: @escaping @Sendable (Int) async throws -> Value) async throws -> Value {
        let router = Router()
        router.get("**") { [log, answer, delay] request, _ in
            let host = request.head.authority ?? ""
            log.begin(host)
            defer { log.end(host) }
            // The time that the site takes is what it is there for.
            if delay > .zero { try await Task.sleep(for: delay) }
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(string: answer)))
        }
        let (started, input) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "site")
        logger.logLevel = .error
        let application = Application(
            router: router, configuration: .init(address: .hostname("0.0.0.0", port: 0)),
            onServerRunning: { input.yield($0.localAddress?.port ?? 0) }, logger: logger)
        let group = ServiceGroup(configuration: .init(services: [application], logger: logger))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var ports = started.makeAsyncIterator()
            guard let port = await ports.next() else { throw BenchmarkFailure(description: "no port") }
            let value = try await body(port)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return value
        }
    }
}
