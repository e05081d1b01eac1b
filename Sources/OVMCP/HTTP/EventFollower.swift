// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Reads a stream of events for one connection, as text of `text/event-stream`.
package struct EventFollower: Sendable {
    /// After how many milliseconds a client may come back.
    private static let retry = 1000

    /// How often a stream shows that it is alive.
    private static let signInterval = Milliseconds.seconds(15)

    let stream: EventStream
    private let clock: any WallClock
    private let reader: Int
    /// Whether events have ids, by which a client can go on where it lost its connection.
    private let isResumable: Bool
    private var last: Int
    private var isPrimed = false
    /// One that was looked at before there was a connection.
    private var first: EventLog.Event?

    init(
        _ stream: EventStream, after last: Int = 0, first: EventLog.Event? = nil, isResumable: Bool,
        clock: any WallClock
    ) {
        self.clock = clock
        self.stream = stream
        self.last = last
        self.first = first
        self.isResumable = isResumable
        reader = stream.beginReading()
    }

    /// What to write next, a comment if there is nothing for a while; nil at the end.
    package mutating func next() async -> String? {
        if isResumable, !isPrimed {
            isPrimed = true
            return "id: \(stream.number)-\(last)\nretry: \(Self.retry)\ndata:\n\n"
        }
        var event = first
        first = nil
        if event == nil {
            guard await hasNews() else { return ":\n\n" }
            event = await stream.next(after: last, for: reader)
        }
        guard let event else { return nil }
        last = event.number
        let id = isResumable ? "id: \(stream.number)-\(last)\n" : ""
        return "\(id)event: message\ndata: \(String(decoding: event.message.bytes, as: UTF8.self))\n\n"
    }

    /// Waits for something to write; false when it takes too long.
    private func hasNews() async -> Bool {
        let (stream, last, reader, clock) = (stream, last, reader, clock)
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await stream.waitForNews(after: last, for: reader)
                return true
            }
            group.addTask {
                try? await clock.sleep(for: Self.signInterval)
                return Task.isCancelled
            }
            defer { group.cancelAll() }
            return await group.next() ?? true
        }
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
