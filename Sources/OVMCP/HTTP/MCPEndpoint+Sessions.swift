// SPDX-License-Identifier: Apache-2.0

import OVCore
import Synchronization

extension MCPEndpoint {
    static func noSession(id: RequestID? = nil) -> EndpointReply {
        .refused(404, .invalidRequest("there is no such session; begin with 'initialize'"), id: id)
    }

    /// The session of a request, if it is one of its caller's.
    func known(_ request: EndpointRequest) -> HTTPSession? {
        guard let id = request.sessionID, let session = sessions.withLock({ $0[id] }) else { return nil }
        guard session.caller == request.caller else { return nil }
        session.touch(at: server.clock.now())
        return session
    }

    func found(_ request: EndpointRequest, _ body: (HTTPSession) async -> EndpointReply) async -> EndpointReply {
        guard request.sessionID != nil else {
            return .refused(400, .invalidRequest("Mcp-Session-Id is missing; begin with 'initialize'"))
        }
        if let version = request.headers.protocolVersion, ProtocolVersion(rawValue: version) == nil {
            return .refused(400, .unsupportedVersion(.string(version)))
        }
        guard let session = known(request) else { return Self.noSession() }
        return await body(session)
    }

    func begin(_ message: IncomingRequest, _ request: EndpointRequest) async -> EndpointReply {
        let now = server.clock.now()
        let id = "\(random.nextTaskID())-\(random.nextTaskID())"
        let session = HTTPSession(id: id, caller: request.caller, at: now)
        guard let gone = sessions.withLock({ $0.add(session, at: now) }) else {
            return .refused(503, .tooBusy, id: message.id).with("Retry-After", "10")
        }
        for session in gone { session.close() }
        let reply = await answer(message, request, in: session)
        guard session.session.version != nil else {
            // The handshake failed, so there is no session.
            sessions.withLock { $0.remove(id) }
            return reply
        }
        return reply.with("Mcp-Session-Id", id)
    }

    func open(_ request: EndpointRequest, _ session: HTTPSession) async -> EndpointReply {
        guard request.accepts("text/event-stream") else {
            return .refused(406, .invalidRequest("Accept must list text/event-stream"))
        }
        await follow(session)
        var (stream, last) = (session.standalone, 0)
        if let place = request.lastEventID.flatMap(EventFollower.place) {
            guard let resumed = session.stream(place.stream) else {
                return .refused(404, .invalidRequest("the stream of this Last-Event-ID is gone"))
            }
            (stream, last) = (resumed, place.event)
        }
        return EndpointReply(
            status: 200, body: .events(EventFollower(stream, after: last, isResumable: true, clock: server.clock)))
    }

    func close(_ session: HTTPSession) -> EndpointReply {
        sessions.withLock { $0.remove(session.id) }
        session.close()
        return .empty(204)
    }

    /// Ends the session of a request, if it has one: who sent it is no longer let in.
    package func endSession(of request: EndpointRequest) {
        guard let session = known(request) else { return }
        _ = close(session)
    }

    /// Begins to tell a session what changes.
    func follow(_ session: HTTPSession) async {
        guard session.beginFollowing() else { return }
        let feed = UpdateFeed(
            plane: server.plane, caller: session.caller, clock: server.clock,
            interest: { session.session.interest }
        ) { notice in
            await session.standalone.waitForRoom()
            session.standalone.put(notice.message())
        }
        let start = try? await feed.start()
        _ = jobs.submit {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { if let start { await feed.run(from: start) } else { await feed.run() } }
                group.addTask { await session.end.wait() }
                await group.next()
                group.cancelAll()
            }
        }
    }
}
