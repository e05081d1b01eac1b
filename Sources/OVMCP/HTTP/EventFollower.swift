// SPDX-License-Identifier: Apache-2.0

/// Reads a stream of events for one connection, as text of `text/event-stream`.
package struct EventFollower: Sendable {
    /// After how many milliseconds a client may come back.
    private static let retry = 1000

    let stream: EventStream
    private let reader: Int
    /// Whether events have ids, by which a client can go on where it lost its connection.
    private let isResumable: Bool
    private var last: Int
    private var isPrimed = false
    /// One that was looked at before there was a connection.
    private var first: EventLog.Event?

    init(_ stream: EventStream, after last: Int = 0, first: EventLog.Event? = nil, isResumable: Bool) {
        self.stream = stream
        self.last = last
        self.first = first
        self.isResumable = isResumable
        reader = stream.beginReading()
    }

    /// What to write next; nil at the end. Cancelling the task loses nothing.
    package mutating func next() async -> String? {
        if isResumable, !isPrimed {
            isPrimed = true
            return "id: \(stream.number)-\(last)\nretry: \(Self.retry)\ndata:\n\n"
        }
        var event = first
        first = nil
        if event == nil { event = await stream.next(after: last, for: reader) }
        guard let event else { return nil }
        last = event.number
        let id = isResumable ? "id: \(stream.number)-\(last)\n" : ""
        return "\(id)event: message\ndata: \(String(decoding: event.message.bytes, as: UTF8.self))\n\n"
    }

    /// To be called once the connection is over.
    package func end() { stream.endReading(reader) }

    /// The stream and the event that an id names.
    static func place(of id: String) -> (stream: Int, event: Int)? {
        let parts = id.split(separator: "-", maxSplits: 1)
        guard parts.count == 2, let stream = Int(parts[0]), let event = Int(parts[1]) else { return nil }
        return (stream, event)
    }
}
