// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import NIOCore
package import OVAPI
package import OVCore

extension RemotePlane {
    package func changes(_ query: ChangeQuery, as caller: Caller) async throws(OVError) -> ChangePage {
        let request = ServerRequest.get(
            "/api/v1/changes",
            query: [
                "since": query.since, "uri": query.uri, "limit": "\(query.limit)", "reader": query.reader,
            ])
        return try await connection.value(ChangePage.self, request)
    }

    package func events(_ query: EventQuery, as caller: Caller)
        async throws(OVError) -> AsyncThrowingStream<Event, any Error>
    {
        if let task = query.task, TaskID(task) == nil { throw OVError.noTask(task) }
        // Guarded by the stream's one reader, who asks for the next event when the one before is there.
        nonisolated(unsafe) var feed = EventFeed(try await connection.open(Self.request(query)), from: connection)
        return AsyncThrowingStream { try await feed.next() }
    }

    static func request(_ query: EventQuery) -> ServerRequest {
        .get("/api/v1/events", query: ["last_event_id": query.after, "uri": query.uri, "task_id": query.task])
    }
}

/// The events of an answer that goes on and on, one after the other.
struct EventFeed {
    private let connection: ServerConnection
    private var pieces: HTTPClientResponse.Body.AsyncIterator
    private var reader = EventStreamReader()
    private var found: [Event] = []
    private var position: String?

    init(_ response: HTTPClientResponse, from connection: ServerConnection) {
        self.connection = connection
        pieces = response.body.makeAsyncIterator()
    }

    /// Waits for the next event; nil when the server has ended the answer.
    /// - Throws: `OVError`, `CancellationError`.
    mutating func next() async throws -> Event? {
        while found.isEmpty {
            try Task.checkCancellation()
            guard let piece = try await nextPiece() else { return nil }
            found = try await events(in: piece)
        }
        return found.removeFirst()
    }

    private mutating func nextPiece() async throws -> ByteBuffer? {
        do { return try await pieces.next() } catch {
            try Task.checkCancellation()
            throw ServerFailure.describe(error, asking: connection, for: .get("/api/v1/events"))
        }
    }

    /// Why the server ends a stream that should go on.
    private static func error(_ data: [UInt8]) -> OVError? {
        (try? JSONValue(parsing: data)).flatMap { OVError(json: $0, isContradiction: false) }
    }

    private mutating func events(in piece: ByteBuffer) async throws -> [Event] {
        let messages: [EventStreamReader.Message]
        do throws(EventStreamReader.TooLong) { messages = try reader.read(piece.readableBytesView) } catch {
            throw ServerFailure.strange("an event without an end", from: connection)
        }
        var events: [Event] = []
        for message in messages {
            if message.name == "error", let error = Self.error(message.data) { throw error }
            let kind = try await connection.understood { () throws(JSONError) in
                var json = JSONReader(message.data)
                return try Event.Kind(named: message.name, from: &json)
            }
            // An id that is repeated is that of an event before.
            let cursor = message.id == position ? nil : message.id
            position = message.id
            if let kind { events.append(Event(cursor: cursor, kind: kind)) }
        }
        return events
    }
}
