// SPDX-License-Identifier: Apache-2.0

import OVAPI
import Synchronization

/// Passes events from the task that follows the store to the one that writes, one at a time: who reads slowly is waited
/// for. Between events, it says that it is time for a sign of life.
final class EventHandover: Sendable {
    enum Item: Sendable {
        case event(Event)
        case signOfLife
    }

    private struct Storage {
        var event: Event?
        var wantsSign = false
        var end: Result<Void, any Error>?
        var isStopped = false
    }

    private enum Step: Sendable {
        case item(Item)
        case end
        case wait
    }

    private let storage = Mutex(Storage())
    private let news: AsyncStream<Void>
    private let newsInput: AsyncStream<Void>.Continuation
    private let room: AsyncStream<Void>
    private let roomInput: AsyncStream<Void>.Continuation

    init() {
        (news, newsInput) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (room, roomInput) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Hands over an event, and waits until it was taken. For one task only.
    func put(_ event: Event) async {
        storage.withLock { $0.event = event }
        newsInput.yield()
        for await _ in room { return }
    }

    func askForSign() {
        storage.withLock { $0.wantsSign = true }
        newsInput.yield()
    }

    /// Ends it behind what was handed over.
    func finish(_ end: Result<Void, any Error>) {
        storage.withLock { $0.end = $0.end ?? end }
        newsInput.yield()
    }

    /// Ends it at once.
    func stop() {
        storage.withLock { $0.isStopped = true }
        newsInput.yield()
    }

    /// What comes next, nil at the end. For one task only.
    func take() async throws -> Item? {
        while true {
            switch try step() {
            case .item(let item): return item
            case .end: return nil
            case .wait: for await _ in news { break }
            }
            try Task.checkCancellation()
        }
    }

    private func step() throws -> Step {
        try storage.withLock { storage in
            if storage.isStopped { return .end }
            // Whatever comes is a sign of life.
            defer { storage.wantsSign = false }
            if let event = storage.event {
                storage.event = nil
                roomInput.yield()
                return .item(.event(event))
            }
            if let end = storage.end {
                try end.get()
                return .end
            }
            return storage.wantsSign ? .item(.signOfLife) : .wait
        }
    }
}
