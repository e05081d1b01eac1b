// SPDX-License-Identifier: Apache-2.0

import OVCore
import Synchronization

/// A session over HTTP: its conversation, and the streams of it that a client may come back to.
final class HTTPSession: Sendable {
    private struct State {
        var lastUse: Timestamp
        var nextStream = 1
        /// The streams of the last requests, the oldest first.
        var streams: [EventStream] = []
        var isFollowing = false
    }

    /// How many streams of requests are kept after they have ended.
    private static let keptStreams = 16

    let id: String
    let caller: Caller
    let session = Session()
    let inFlight = RequestsInFlight()
    /// Opened when it is over.
    let end = Latch()
    /// What belongs to no request.
    let standalone = EventStream(number: 0, isResumable: true)
    private let state: Mutex<State>

    init(id: String, caller: Caller, at now: Timestamp) {
        self.id = id
        self.caller = caller
        state = Mutex(State(lastUse: now))
    }

    var lastUse: Timestamp { state.withLock { $0.lastUse } }
    var isInUse: Bool { standalone.isRead || !inFlight.isEmpty }

    func touch(at now: Timestamp) { state.withLock { $0.lastUse = now } }

    /// A stream for the answer to a request.
    func makeStream() -> EventStream {
        state.withLock { state in
            let stream = EventStream(number: state.nextStream, isResumable: true)
            state.nextStream += 1
            state.streams.append(stream)
            // What goes on is kept by the request itself.
            while state.streams.count > Self.keptStreams, let index = state.streams.firstIndex(where: \.isFinished) {
                state.streams.remove(at: index)
            }
            return stream
        }
    }

    /// Forgets a stream to which nobody can come back.
    func drop(_ stream: EventStream) { state.withLock { $0.streams.removeAll { $0.number == stream.number } } }

    func stream(_ number: Int) -> EventStream? {
        number == 0 ? standalone : state.withLock { $0.streams.first { $0.number == number } }
    }

    /// Whether somebody has to begin to follow the store for it: true once.
    func beginFollowing() -> Bool {
        state.withLock { state in
            defer { state.isFollowing = true }
            return !state.isFollowing
        }
    }

    func close() {
        end.open()
        inFlight.cancelAll()
        standalone.finish()
        for stream in state.withLock({ $0.streams }) { stream.finish() }
    }
}
