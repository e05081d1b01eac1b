// SPDX-License-Identifier: Apache-2.0

/// The messages of one stream of events: those that are still to be sent, and for a while those that were, for a client
/// that lost its connection.
struct EventLog: Hashable, Sendable {
    struct Event: Hashable, Sendable {
        let number: Int
        let message: OutgoingMessage
    }

    /// How many events are kept.
    static let bound = 256

    /// Whether what was sent is kept.
    private let isResumable: Bool
    private var events: [Event] = []
    private var lastNumber = 0
    /// The last event that was sent.
    private(set) var delivered = 0
    private(set) var isFinished = false

    init(isResumable: Bool) { self.isResumable = isResumable }

    /// Whether more can be taken without losing what nobody has read.
    var hasRoom: Bool { lastNumber - delivered < Self.bound }

    /// Takes a message. When there are too many, the oldest go, but no answer does: it is the last of its stream.
    mutating func append(_ message: OutgoingMessage) {
        guard !isFinished, hasRoom || !message.isExpendable else { return }
        lastNumber += 1
        events.append(Event(number: lastNumber, message: message))
        if events.count > Self.bound { events.removeFirst(events.count - Self.bound) }
    }

    mutating func finish() { isFinished = true }

    func hasNews(after number: Int) -> Bool { lastNumber > number }

    /// The first event behind a number, which counts as sent from now on.
    mutating func next(after number: Int) -> Event? {
        guard let event = events.first(where: { $0.number > number }) else { return nil }
        delivered = max(delivered, event.number)
        if !isResumable { events.removeAll { $0.number <= event.number } }
        return event
    }
}
