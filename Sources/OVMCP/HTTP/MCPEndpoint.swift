// SPDX-License-Identifier: Apache-2.0

import OVCore
import Synchronization

/// The server behind one path of an HTTP server, in both eras.
///
/// What a request asks for runs in `run`, not in the connection: in the era of sessions, a client that loses its
/// connection comes back for the answer.
package final class MCPEndpoint: Sendable {
    /// How much goes on at once.
    private static let jobBound = 2000
    /// How long a client is left without an answer: then a stream begins, whose end can be seen from both sides.
    private static let patience = Milliseconds.seconds(1)
    /// How long answers may take once the server ends.
    private static let grace = Milliseconds(500)

    let server: MCPServer
    let random: any RandomSource
    let jobs = JobQueue(bound: jobBound)
    let sessions = Mutex(SessionTable())
    let ending = Latch()

    package init(_ server: MCPServer, random: any RandomSource) {
        self.server = server
        self.random = random
    }

    package var sessionCount: Int { sessions.withLock { $0.count } }

    /// Does what requests ask for until `end`.
    package func run() async {
        let clock = server.clock
        await jobs.run(until: ending) { try? await clock.sleep(for: Self.grace) }
        for session in sessions.withLock({ $0.all }) { session.close() }
    }

    /// Ends streams at once, and requests soon.
    package func end() {
        ending.open()
        for session in sessions.withLock({ $0.all }) { session.standalone.finish() }
    }

    package func respond(to request: EndpointRequest) async -> EndpointReply {
        guard !ending.isOpen else {
            return .refused(503, RPCError(RPCError.internalErrorCode, "the server is shutting down"))
                .with("Retry-After", "1")
        }
        switch request.verb {
        case .post: return await post(request)
        case .get, .delete:
            if request.headers.isStateless { return .wrongVerb("POST") }
            return await found(request) { session in
                request.verb == .get ? await open(request, session) : close(session)
            }
        case .other: return .wrongVerb("DELETE, GET, POST")
        }
    }

    // MARK: Messages

    private func post(_ request: EndpointRequest) async -> EndpointReply {
        guard request.hasJSON else {
            return .refused(415, .invalidRequest("the Content-Type must be application/json"))
        }
        guard request.accepts("application/json"), request.accepts("text/event-stream") else {
            return .refused(406, .invalidRequest("Accept must list application/json and text/event-stream"))
        }
        do throws(MalformedMessage) {
            let json = try IncomingMessage.json(request.body)
            if let batch = json.array, let session = known(request), session.session.version?.hasBatches == true {
                return await take(batch, session, request)
            }
            switch try IncomingMessage(json) {
            case .request(let message): return await take(message, request)
            case .notification(let method, let params): return await take(method, params, request)
            case .response: return .empty(202)
            }
        } catch {
            return .refused(400, error.error, id: error.id)
        }
    }

    private func take(_ message: IncomingRequest, _ request: EndpointRequest) async -> EndpointReply {
        let isStateless = (try? RequestMeta(of: message.params))?.isStateless == true || request.headers.isStateless
        guard !isStateless else { return await answer(message, request, in: nil) }
        if let version = request.headers.protocolVersion, ProtocolVersion(rawValue: version) == nil {
            return .refused(400, .unsupportedVersion(.string(version)), id: message.id)
        }
        guard message.method == InitializeMethod.name else {
            guard request.sessionID != nil else {
                let error = RPCError.invalidRequest(
                    "Mcp-Session-Id is missing: send 'initialize' first, or \(MetaKey.protocolVersion) in '_meta'")
                return .refused(
                    400, RPCError(error.code, error.message, data: ["supported": ProtocolVersion.names]),
                    id: message.id)
            }
            guard let session = known(request) else { return Self.noSession(id: message.id) }
            return await answer(message, request, in: session)
        }
        return await begin(message, request)
    }

    private func take(_ method: String, _ params: Params, _ request: EndpointRequest) async -> EndpointReply {
        let isStateless = (try? RequestMeta(of: params))?.isStateless == true || request.headers.isStateless
        guard !isStateless else { return .empty(202) }
        return await found(request) { session in
            if method == "notifications/cancelled", let id = params["requestId"].flatMap({ RequestID($0) }) {
                session.inFlight.cancel(id)
            }
            return .empty(202)
        }
    }

    /// Has a request answered: by the answer alone, or by a stream of events if something comes before it.
    /// - Parameter session: nil in the era that has none.
    func answer(_ message: IncomingRequest, _ request: EndpointRequest, in session: HTTPSession?) async
        -> EndpointReply
    {
        // Before the answer, or a change in between would be lost.
        if let session, message.method == SubscribeMethod.name { await follow(session) }
        let stream = session?.makeStream() ?? EventStream(number: 0, isResumable: false)
        do throws(RPCError) {
            try submit(message, request, session, to: stream)
        } catch {
            stream.finish()
            if error == .tooBusy { return .refused(503, error, id: message.id).with("Retry-After", "1") }
            return .refused(session == nil ? error.status : 200, error, id: message.id)
        }
        await race({ await stream.waitForNews(after: 0, for: nil) }, against: Self.patience)
        guard stream.hasNews, let first = await stream.next(after: 0, for: nil) else {
            // It takes its time, or was given up before anything was said: what comes, comes as an event.
            return events(of: stream, session)
        }
        guard first.message.isResponse else { return events(of: stream, session, first) }
        session?.drop(stream)
        if case .failure(_, let error) = first.message, session == nil {
            return .message(first.message, status: error.status)
        }
        return .message(first.message, status: 200)
    }

    private func race(_ body: @escaping @Sendable () async -> Void, against limit: Milliseconds) async {
        let clock = server.clock
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await body() }
            group.addTask { try? await clock.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    private func events(of stream: EventStream, _ session: HTTPSession?, _ first: EventLog.Event? = nil)
        -> EndpointReply
    {
        EndpointReply(
            status: 200,
            body: .events(
                EventFollower(stream, first: first, isResumable: session != nil, clock: server.clock)))
    }

    /// Finds out whether a request can be answered, and has it done.
    private func submit(
        _ message: IncomingRequest, _ request: EndpointRequest, _ session: HTTPSession?, to stream: EventStream
    ) throws(RPCError) {
        let cancellation = Latch()
        let origin = CallOrigin(
            caller: request.caller, session: session?.session, cancellation: cancellation, ending: ending,
            ready: stream.waitForRoom, emit: stream.put)
        let call = try server.prepare(message, request.headers, origin)
        if let session {
            switch session.inFlight.begin(message.id, isSlow: call.method.isSlow(message.params), cancellation) {
            case .accepted: break
            case .duplicate: throw .invalidRequest("a request with this id is being answered")
            case .full: throw .tooBusy
            }
        }
        // Without a session, nobody can come back for the answer.
        let closed = session == nil ? request.closed : nil
        let isTaken = jobs.submit { [server] in
            if let answer = await Self.answer(call, by: server, unless: closed) { stream.put(answer) }
            session?.inFlight.end(message.id)
            stream.finish()
        }
        guard isTaken else {
            session?.inFlight.end(message.id)
            throw .tooBusy
        }
    }

    private static func answer(_ call: Call, by server: MCPServer, unless closed: Latch?) async -> OutgoingMessage? {
        await withTaskGroup(of: OutgoingMessage?.self) { group in
            group.addTask {
                guard let closed else { return nil }
                await closed.wait()
                if closed.isOpen { call.origin.cancellation.open() }
                return nil
            }
            let answer = await server.answer(call)
            group.cancelAll()
            return answer
        }
    }

    /// Several messages of which the answers come together. What is told beside them has no place then.
    private func take(_ batch: [JSONValue], _ session: HTTPSession, _ request: EndpointRequest) async
        -> EndpointReply
    {
        guard (1...100).contains(batch.count) else {
            return .refused(400, .invalidRequest("a batch has 1 to 100 messages"))
        }
        var answers: [OutgoingMessage] = []
        for json in batch {
            do throws(MalformedMessage) {
                switch try IncomingMessage(json) {
                case .request(let message):
                    if let answer = await answer(inBatch: message, request, session) { answers.append(answer) }
                case .notification(let method, let params): _ = await take(method, params, request)
                case .response: continue
                }
            } catch {
                answers.append(.failure(error.id, error.error))
            }
        }
        guard !answers.isEmpty else { return .empty(202) }
        var writer = JSONWriter()
        writer.array { json in for answer in answers { answer.write(to: &json) } }
        return EndpointReply(status: 200, body: .json(writer.bytes))
    }

    private func answer(inBatch message: IncomingRequest, _ request: EndpointRequest, _ session: HTTPSession) async
        -> OutgoingMessage?
    {
        let origin = CallOrigin(
            caller: request.caller, session: session.session, cancellation: request.closed, ending: ending,
            ready: {}, emit: { _ in })
        do throws(RPCError) {
            return await server.answer(try server.prepare(message, nil, origin))
        } catch {
            return .failure(message.id, error)
        }
    }
}
