// SPDX-License-Identifier: Apache-2.0

import OVCore

/// The sessions that go on over HTTP, a bounded number of them: clients open sessions and never say goodbye.
struct SessionTable: Sendable {
    static let bound = 1000
    /// How long a session that nobody uses is kept.
    static let idleTime = Milliseconds.minutes(60)

    private var sessions: [String: HTTPSession] = [:]
    /// In which order they came.
    private var numbers: [String: Int] = [:]
    private var lastNumber = 0

    var count: Int { sessions.count }
    var all: [HTTPSession] { Array(sessions.values) }

    subscript(id: String) -> HTTPSession? { sessions[id] }

    /// Adds a session.
    /// - Returns: those that had to go for it; nil when there is no room because all are in use.
    mutating func add(_ session: HTTPSession, at now: Timestamp) -> [HTTPSession]? {
        var gone: [HTTPSession] = []
        if sessions.count >= Self.bound {
            let idle = sessions.values.filter { !$0.isInUse }
                .map { (session: $0, lastUse: $0.lastUse, number: numbers[$0.id] ?? 0) }
                .sorted { ($0.lastUse, $0.number) < ($1.lastUse, $1.number) }
            // More than one, so that not each that comes has to look at all of them.
            let least = idle.prefix(Self.bound / 10)
            gone = (least + idle.dropFirst(least.count).filter { now.since($0.lastUse) > Self.idleTime }).map(\.session)
            guard !gone.isEmpty else { return nil }
        }
        for session in gone { remove(session.id) }
        lastNumber += 1
        (sessions[session.id], numbers[session.id]) = (session, lastNumber)
        return gone
    }

    mutating func remove(_ id: String) { (sessions[id], numbers[id]) = (nil, nil) }
}
