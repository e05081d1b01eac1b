// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A stream of events that somebody writes and at most one connection reads.
final class EventStream: Sendable {
    private struct State {
        var log: EventLog
        /// Rises with each connection: the newest is the one that is served.
        var reader = 0
        var isRead = false
        /// Opened when something has changed.
        var change = Latch()
    }

    /// Which stream of its session it is.
    let number: Int
    private let state: Mutex<State>

    init(number: Int, isResumable: Bool) {
        self.number = number
        state = Mutex(State(log: EventLog(isResumable: isResumable)))
    }

    var isFinished: Bool { state.withLock { $0.log.isFinished } }
    var isRead: Bool { state.withLock { $0.isRead } }

    var hasNews: Bool { state.withLock { $0.log.hasNews(after: 0) } }

    func put(_ message: OutgoingMessage) { change { $0.log.append(message) } }

    func finish() { change { $0.log.finish() } }

    /// Takes over from whatever connection read it before.
    func beginReading() -> Int {
        change { state in
            state.reader += 1
            state.isRead = true
            return state.reader
        }
    }

    func endReading(_ reader: Int) {
        change { state in
            guard state.reader == reader else { return }
            // Nobody is the reader now, and who was one notices.
            (state.reader, state.isRead) = (reader + 1, false)
        }
    }

    private func change<Result>(_ body: (inout State) -> Result) -> Result {
        let (result, latch) = state.withLock { state in
            let result = body(&state)
            defer { state.change = Latch() }
            return (result, state.change)
        }
        latch.open()
        return result
    }

    private enum Step {
        case event(EventLog.Event)
        case end
        case wait(Latch)
    }

    /// The next event behind a number; nil at the end, when another connection took over, and when the task is
    /// cancelled.
    /// - Parameter reader: nil for whoever looks before there is a connection.
    func next(after number: Int, for reader: Int?) async -> EventLog.Event? {
        while !Task.isCancelled {
            let step: Step = state.withLock { state in
                if let reader, state.reader != reader { return .end }
                if let event = state.log.next(after: number) { return .event(event) }
                return state.log.isFinished ? .end : .wait(state.change)
            }
            switch step {
            case .event(let event):
                change { _ in }
                return event
            case .end: return nil
            case .wait(let change): await change.wait()
            }
        }
        return nil
    }

    /// Returns when there is something to read, or nothing ever will be.
    func waitForNews(after number: Int, for reader: Int?) async {
        while !Task.isCancelled {
            let change = state.withLock { state in
                let isOver = state.log.isFinished || reader.map { $0 != state.reader } ?? false
                return isOver || state.log.hasNews(after: number) ? nil : state.change
            }
            guard let change else { return }
            await change.wait()
        }
    }

    /// Returns when there is room, or nobody who would make some.
    func waitForRoom() async {
        while !Task.isCancelled {
            let change = state.withLock { state in
                state.log.hasRoom || !state.isRead || state.log.isFinished ? nil : state.change
            }
            guard let change else { return }
            await change.wait()
        }
    }
}
