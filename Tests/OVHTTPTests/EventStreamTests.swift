// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVAPI
import OVCore
import OVEngine
import OVTestSupport
import OVTestTraits
import Synchronization
import Testing

@testable import OVHTTP

@Suite("Event streams", .inTurn, .timeLimit(.minutes(10)))
struct EventStreamTests {
    /// One event as a client that keeps to the standard reads it.
    private struct Message {
        var name = "message"
        var id: String?
        var data: JSONValue = .null
    }

    /// A stream that is open, and what has come of it.
    private final class Reader {
        private let connection: RawConnection
        private var text = ""
        private(set) var head = ""

        init(_ address: RestServer.Address, _ target: String, _ headers: String = "", method: String = "GET")
            async throws
        {
            connection = try RawConnection(to: address)
            await connection.send("\(method) /api/v1/events\(target) HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n")
            while head.isEmpty, let more = await connection.receiveText() {
                text += more
                guard let end = text.firstRange(of: "\r\n\r\n") else { continue }
                head = String(text[..<end.lowerBound])
                text = String(text[end.upperBound...])
            }
        }

        /// The next event; nil at the end.
        func next() async throws -> Message? {
            while true {
                if let message = take() { return message }
                guard let more = await connection.receiveText() else { return nil }
                text += more
            }
        }

        /// Whether nothing more of the stream comes: the last frame of the transfer is empty.
        func isAtEnd() async -> Bool {
            while !text.hasSuffix("0\r\n\r\n") {
                guard let more = await connection.receiveText() else { return true }
                text += more
            }
            return !text.contains("event: ")
        }

        /// Without the frames of the transfer, each of which is one block of the stream or several.
        private func take() -> Message? {
            while let end = text.firstRange(of: "\n\n\r\n") {
                let block = text[..<end.lowerBound].split(separator: "\r\n", maxSplits: 1).last ?? ""
                text = String(text[end.upperBound...])
                var message = Message()
                var hasData = false
                for line in block.split(separator: "\n") {
                    let parts = line.split(separator: ": ", maxSplits: 1).map(String.init)
                    guard parts.count == 2 else { continue }
                    switch parts[0] {
                    case "event": message.name = parts[1]
                    case "id": message.id = parts[1]
                    case "data":
                        hasData = true
                        message.data = (try? JSONValue(parsing: Array(parts[1].utf8))) ?? .null
                    default: continue
                    }
                }
                if hasData { return message }
            }
            return nil
        }

        /// Everything up to an event.
        func take(until isLast: (Message) -> Bool) async throws -> [Message] {
            var messages: [Message] = []
            while let message = try await next() {
                messages.append(message)
                if isLast(message) { return messages }
            }
            Issue.record("the stream ended before that: \(head) \(messages)")
            return messages
        }
    }

    private static func test(
        _ adjust: (inout RestInterface.Configuration) -> Void = { _ in },
        _ body: @escaping @Sendable (RestServer.Address, RestWorld) async throws -> Void
    ) async throws {
        try await RestWorld.test(adjust) { world in
            try await LiveServer.run(world.interface) { try await body($0, world) }
        }
    }

    @Test func `a stream tells of an ingest, and who comes back hears the rest`() async throws {
        try await Self.test { address, world in
            let reader = try await Reader(address, "?uri=viking://resources/docs", "Accept-Encoding: gzip\r\n")
            let head = reader.head.lowercased()
            #expect(head.hasPrefix("http/1.1 200 ok"))
            for line in [
                "content-type: text/event-stream", "cache-control: no-store", "x-accel-buffering: no",
                "transfer-encoding: chunked",
            ] {
                #expect(head.contains(line), "\(head)")
            }
            #expect(!head.contains("content-encoding"))
            let began = try #require(try await reader.next())
            #expect(began.name == "began" && began.id != nil)
            try await world.ingestDocs()
            let isEnd = { (message: Message) in
                message.name == "task" && message.data["status"]?.string == "completed"
            }
            let messages = try await reader.take(until: isEnd)
            let names = Set(messages.map(\.name))
            #expect(names == ["watch", "task", "revision"])
            let revision = try #require(messages.first { $0.name == "revision" }).data
            #expect(revision["uri"]?.string == "viking://resources/docs" && revision["added"]?.integer == 1)
            // The watch comes behind its run, and with it the place to go on from.
            var last = messages.last
            while last?.id == nil { last = try await reader.next() }
            #expect(last?.name == "watch")
            // The header goes before the query, which a browser cannot change when it comes back.
            let again = try await Reader(
                address, "?last_event_id=x", "Last-Event-ID: \(began.id ?? "")\r\n")
            #expect(try await again.take(until: isEnd).contains { $0.name == "revision" })
            let behind = try await Reader(address, "?last_event_id=\(last?.id ?? "")")
            #expect(try await behind.next()?.name == "began")
            let id = try #require(messages.first { $0.name == "watch" }?.data["task_id"]?.string)
            #expect(try await world.send(.delete, "/api/v1/watches/\(id)").status == 200)
            #expect(try await behind.next()?.name == "watch_removed")
        }
    }

    @Test func `the stream of a run ends with it`() async throws {
        try await Self.test { address, world in
            let added = try await world.post("/api/v1/resources", #"{"path":"gated:x"}"#)
            let id = try #require(added.result?["task_id"]?.string)
            let reader = try await Reader(address, "?task_id=\(id)")
            #expect(try await reader.next()?.name == "began")
            #expect(try await reader.next()?.data["task_id"]?.string == id)
            world.gate.open()
            var last: Message?
            while let message = try await reader.next() {
                last = message
                if message.data["status"]?.string == "completed" { break }
            }
            #expect(last?.data["status"]?.string == "completed")
            // The connection is one like any other afterwards; nothing more of the stream comes.
            #expect(world.interface.eventStreams.count <= 1)
        }
    }

    @Test func `what is asked wrongly is answered as everywhere`() async throws {
        try await Self.test { address, world in
            #expect(try await world.get("/api/v1/events?last_event_id=x").status == 422)
            #expect(try await world.get("/api/v1/events?uri=http://x").code == "INVALID_URI")
            #expect(try await world.get("/api/v1/events?task_id=x").status == 404)
            #expect(try await world.get("/api/v1/events?frobnicate=1").status == 422)
            #expect(try await world.post("/api/v1/events").status == 405)
            let head = try await Reader(address, "", method: "HEAD")
            #expect(head.head.contains("text/event-stream"))
            #expect(world.interface.eventStreams.count == 0)
        }
    }

    /// Lets everybody in until it is told not to.
    private final class Doorkeeper: Authenticator {
        let isClosed = Mutex(false)

        func caller(for credentials: Credentials) async throws(OVError) -> Caller {
            if isClosed.withLock({ $0 }) { throw OVError(.unauthenticated, "closed") }
            return try await OpenAuthenticator().caller(for: credentials)
        }
    }

    @Test func `a stream ends when who follows it would not be let in any more`() async throws {
        let doorkeeper = Doorkeeper()
        try await Self.test {
            $0.authenticator = doorkeeper
        } _: { address, world in
            let reader = try await Reader(address, "")
            #expect(try await reader.next()?.name == "began")
            doorkeeper.isClosed.withLock { $0 = true }
            var request = IngestRequest(path: "gated:x", to: "viking://resources/x")
            request.watchInterval = 5
            _ = try await world.engine.ingest(request, as: .local)
            #expect(await reader.isAtEnd())
        }
    }

    @Test func `no more streams are open than may be`() async throws {
        try await Self.test {
            $0.limits.eventStreams = 2
        } _: { address, world in
            var readers: [Reader] = []
            for _ in 0..<2 {
                let reader = try await Reader(address, "")
                #expect(try await reader.next()?.name == "began")
                readers.append(reader)
            }
            let refused = try await Reader(address, "")
            #expect(refused.head.hasPrefix("HTTP/1.1 429"), "\(refused.head)")
            #expect(refused.head.lowercased().contains("retry-after"))
            #expect(try await world.get("/metrics").text.contains("ov_event_streams 2\n"))
            #expect(readers.count == 2)
        }
    }

    @Test func `a server with open streams stops at once, read or not`() async throws {
        let clock = ContinuousClock()
        let start = clock.now
        try await Self.test { address, world in
            let reader = try await Reader(address, "")
            #expect(try await reader.next()?.name == "began")
            // One that reads nothing, with more to tell it than any buffer between takes.
            let stuck = try await Reader(address, "")
            #expect(stuck.head.hasPrefix("HTTP/1.1 200"))
            let id = try await world.ingestDocs()
            for number in 0..<300 {
                let reason = "\(number)" + String(repeating: "x", count: 8000)
                _ = try await world.send(.patch, "/api/v1/watches/\(id)", #"{"reason":"\#(reason)"}"#)
            }
        }
        #expect(clock.now - start < .seconds(60))
    }

    @Test func `a quiet stream shows that it is alive, and outlives the bound on silence`() async throws {
        let handover = EventHandover()
        handover.askForSign()
        handover.askForSign()
        guard case .signOfLife = try await handover.take() else {
            Issue.record("no sign of life")
            return
        }
        // An event is one itself.
        handover.askForSign()
        async let put: Void = handover.put(Event(cursor: nil, kind: .gap))
        while true {
            guard case .event = try await handover.take() else { continue }
            break
        }
        await put
        handover.finish(.success(()))
        #expect(try await handover.take() == nil)
        try await Self.test {
            $0.limits.idleTime = .seconds(1)
        } _: { address, world in
            let reader = try await Reader(address, "")
            #expect(try await reader.next()?.name == "began")
            try await SystemClock().sleep(for: .seconds(3))
            try await world.ingestDocs()
            // Which comes first depends on how far the run is when somebody looks.
            let name = try await reader.next()?.name
            #expect(["watch", "task", "revision"].contains(name))
        }
    }
}
