// SPDX-License-Identifier: Apache-2.0

internal import OVCore
internal import Synchronization

/// Asks a site no faster than it bears: a pause between requests where it wants one, for all of them when it says that
/// it has enough, and not for ever.
struct PoliteClient: Sendable {
    let session: WebSession
    let clock: any WallClock
    let random: any RandomSource
    private let pace = Pace()

    /// How often a request is made at most.
    private static let attempts = 3
    /// What is waited for within a run. A site that asks for more is visited again when the run is next due.
    private static let longestWait = Milliseconds.minutes(1)

    init(session: WebSession, clock: any WallClock, random: any RandomSource) {
        self.session = session
        self.clock = clock
        self.random = random
    }

    /// Leaves at least that much time between the beginnings of two requests.
    func keepApart(_ interval: Milliseconds) { pace.keepApart(min(interval, Self.longestWait)) }

    /// The answer to a request, redirects not followed unless `redirects` says so, and asked for again after a while
    /// where that may help.
    /// - Throws: `FetchError`, `CancellationError`.
    func get(_ url: WebURL, headers: [(String, String)], limit: Int64, redirects: WebSession.Redirects = .returned)
        async throws -> WebResponse
    {
        var attempt = 0
        while true {
            attempt += 1
            try await wait(for: pace.turn(at: clock.now()))
            do {
                let response = try await session.get(url, headers: headers, limit: limit, redirects: redirects)
                guard response.status == 408 || response.status == 429 || response.status >= 500 else {
                    return response
                }
                guard try slowDown(response, after: attempt) else { return response }
            } catch let error as FetchError {
                guard case .transient = error.persistence, attempt < Self.attempts else { throw error }
                try await wait(for: backoff(attempt))
            }
        }
    }

    /// - Returns: whether to ask again.
    /// - Throws: `FetchError` when the site wants more patience than a run has.
    private func slowDown(_ response: WebResponse, after attempt: Int) throws(FetchError) -> Bool {
        let isOverrun = response.status == 429 || response.status == 503
        let asked = response.header("Retry-After").flatMap { FetchError.retryAfter($0, asOf: clock.now()) }
        if isOverrun, let asked, asked > Self.longestWait {
            throw FetchError.status(response, asOf: clock.now())
        }
        guard attempt < (isOverrun ? Self.attempts : 2) else { return false }
        let wait = max(asked ?? .zero, backoff(attempt))
        pace.pause(until: clock.now().advanced(by: wait), isOverrun: isOverrun)
        return true
    }

    /// One second, then twice as long each time; half of it left to chance.
    private func backoff(_ attempt: Int) -> Milliseconds {
        let full: Int64 = 1000 << Int64(attempt - 1)
        return Milliseconds(random.uniform(in: (full / 2)...full))
    }

    private func wait(for duration: Milliseconds) async throws {
        try Task.checkCancellation()
        if duration > .zero { try await clock.sleep(for: duration) }
    }
}

/// When the next request may begin, for all that go on at once.
private final class Pace: Sendable {
    private struct State {
        var interval = Milliseconds.zero
        var next = Timestamp.earliest
    }

    private let state = Mutex(State())

    func keepApart(_ interval: Milliseconds) {
        state.withLock { $0.interval = max($0.interval, interval) }
    }

    /// Takes the next turn, and says how long it is until then.
    func turn(at now: Timestamp) -> Milliseconds {
        state.withLock { state in
            let turn = max(now, state.next)
            state.next = turn.advanced(by: state.interval)
            return turn.since(now)
        }
    }

    /// - Parameter isOverrun: whether it was too much for the site, so that what comes after goes slower.
    func pause(until instant: Timestamp, isOverrun: Bool) {
        state.withLock { state in
            state.next = max(state.next, instant)
            guard isOverrun else { return }
            state.interval = min(max(Milliseconds(state.interval.count * 2), Milliseconds(100)), .seconds(10))
        }
    }
}
