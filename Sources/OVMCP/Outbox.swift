// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What is to be written to one client, in order, by one writer.
///
/// Answers are always taken, since whoever makes them looks for room first; what nobody misses is dropped when a client
/// does not read.
final class Outbox: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var isClosed = false
        /// Opened when there is something, and when it is closed.
        var filled = Latch()
        /// Opened when there is room again, and when it is closed.
        var room = Latch()
    }

    private let bound: Int
    private let state = Mutex(State())

    /// - Parameter bound: the bytes from which on there is no room.
    init(bound: Int) { self.bound = bound }

    func put(_ message: OutgoingMessage) {
        let hasRoom = state.withLock { $0.bytes.count < bound && !$0.isClosed }
        if hasRoom || !message.isExpendable { put(line: message.bytes) }
    }

    func put(line: [UInt8]) {
        let filled = state.withLock { state -> Latch? in
            guard !state.isClosed else { return nil }
            state.bytes += line
            state.bytes.append(10)
            return state.filled
        }
        filled?.open()
    }

    var hasRoom: Bool { state.withLock { $0.bytes.count < bound || $0.isClosed } }

    /// Returns as soon as there is room, and when it is closed.
    func waitForRoom() async {
        while !Task.isCancelled {
            let room = state.withLock { state -> Latch? in
                state.bytes.count < bound || state.isClosed ? nil : state.room
            }
            guard let room else { return }
            await room.wait()
        }
    }

    /// Everything that waits; nil when it is closed and nothing is left, or the task is cancelled.
    func next() async -> [UInt8]? {
        while !Task.isCancelled {
            let (bytes, filled, room) = state.withLock { state -> ([UInt8]?, Latch?, Latch?) in
                guard state.bytes.isEmpty else {
                    let room = state.room
                    defer { (state.bytes, state.filled, state.room) = ([], Latch(), Latch()) }
                    return (state.bytes, nil, room)
                }
                return (nil, state.isClosed ? nil : state.filled, nil)
            }
            room?.open()
            if let bytes { return bytes }
            guard let filled else { return nil }
            await filled.wait()
        }
        return nil
    }

    /// Takes nothing more; what waits can still be written.
    func close() {
        let latches = state.withLock { state in
            state.isClosed = true
            return [state.filled, state.room]
        }
        for latch in latches { latch.open() }
    }
}

extension OutgoingMessage {
    /// Whether a client that does not read loses nothing by it.
    var isExpendable: Bool {
        guard case .notification(let method, _) = self else { return false }
        return method == "notifications/progress" || method == "notifications/message"
    }
}
