// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import OVAPI
import OVCore

/// From a request to its answer: checks, route, handler, envelope, log.
package struct RestResponder: HTTPResponder {
    let table: RouteTable
    let mcp: MCPMount
    let authenticator: any Authenticator
    let hosts: HostCheck
    let origin: Caller.Origin
    let metrics: HTTPMetrics
    let numbering: RequestNumbering
    let limits: HTTPLimits
    let logger: Logger

    package func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        let start = ContinuousClock.now
        // A connection that is closed does not know any more.
        let peer = logger.logLevel <= .info ? context.peer : nil
        let id = requestID(of: request)
        let target = RequestTarget(request.head.path ?? "/")
        let outcome = table.find(request.method, target)
        var answer: Answer
        do {
            answer = try await self.answer(request, target, outcome, context)
        } catch let error as HTTPParserError {
            // The connection is beyond repair: the server answers 400 and closes it.
            throw error
        } catch {
            answer = failure(error, id: id)
        }
        answer.headers[.requestID] = id
        ContentCoding.apply(to: &answer, accepting: request.headers[.acceptEncoding])
        record(request, target, outcome, answer, id, peer, since: start)
        return answer.response(bodiless: request.method == .head)
    }

    private nonisolated(nonsending) func answer(
        _ request: Request, _ target: RequestTarget, _ outcome: RouteTable.Outcome, _ context: ConnectionContext
    ) async throws -> Answer {
        if origin == .network { try hosts.check(host: request.head.authority, origin: request.headers[.origin]) }
        if MCPMount.covers(target) {
            let credentials = credentials(of: request)
            let caller = try await authenticator.caller(for: credentials)
            let body = request.method == .post ? try await collect(request, atMost: limits.messageBytes) : []
            return await mcp.answer(
                request, body, as: caller, while: stillLetsIn(caller, credentials), over: context.channel)
        }
        switch outcome {
        case .found(let match): return try await answer(request, target, match)
        case .otherMethods(let methods):
            let allowed = methods.map(\.rawValue).sorted().joined(separator: ", ")
            let error = OVError(
                .methodNotAllowed, "\(request.method.rawValue) is not allowed here", hint: "allowed: \(allowed)")
            return .error(error, headers: [.allow: allowed])
        case .unknown:
            throw OVError(.notFound, "there is no such route", hint: "GET /openapi.json lists them")
        }
    }

    private nonisolated(nonsending) func answer(_ request: Request, _ target: RequestTarget, _ match: RouteTable.Match)
        async throws -> Answer
    {
        let route = match.route
        let credentials = credentials(of: request)
        let caller = route.isOpen ? .local : try await authenticator.caller(for: credentials)
        var errors = FieldErrors()
        // Probes send all kinds of things to get past caches.
        let query = route.isOpen ? FieldValues() : try target.values(of: route.query, into: &errors)
        var body = FieldValues()
        if case .json(let fields, let isOptional) = route.body {
            let bytes = try await collect(request, atMost: limits.bodyBytes)
            body = try JSONBody.values(of: bytes, fields, isOptional: isOptional, into: &errors)
        }
        try errors.check()
        return try await route.handler(
            APIRequest(
                caller: caller, parameters: match.parameters, query: query, body: body, headers: request.headers,
                stream: request.body,
                isStillCaller: stillLetsIn(caller, credentials)))
    }

    /// Whether credentials are still those of the same caller, for answers that take long.
    private func stillLetsIn(_ caller: Caller, _ credentials: Credentials) -> @Sendable () async -> Bool {
        { [authenticator] in (try? await authenticator.caller(for: credentials)) == caller }
    }

    private func credentials(of request: Request) -> Credentials {
        var key = request.headers[.apiKey]
        if key == nil, let header = request.headers[.authorization] {
            let words = header.split(separator: " ", maxSplits: 1)
            if words.count == 2, words[0].lowercased() == "bearer" { key = String(words[1]) }
        }
        return Credentials(
            key: key, account: request.headers[.actForAccount], user: request.headers[.actForUser], origin: origin)
    }

    /// - Throws: `PAYLOAD_TOO_LARGE`.
    private nonisolated(nonsending) func collect(_ request: Request, atMost bound: Int64) async throws -> [UInt8] {
        let tooLarge = OVError(.payloadTooLarge, "the body is larger than \(bound) bytes")
        if let length = request.headers[.contentLength].flatMap({ Int64($0) }), length > bound { throw tooLarge }
        var bytes: [UInt8] = []
        for try await buffer in request.body {
            guard bytes.count + buffer.readableBytes <= bound else { throw tooLarge }
            bytes.append(contentsOf: buffer.readableBytesView)
        }
        return bytes
    }

    private func failure(_ error: any Error, id: String) -> Answer {
        switch error {
        case let error as OVError where error.code == .internal: return internalError("\(error)", id: id)
        case let error as OVError:
            var headers: HTTPFields = [:]
            if error.code == .unauthenticated { headers[.wwwAuthenticate] = "Bearer" }
            // The rest of the body is still on its way.
            if error.code == .payloadTooLarge { headers[.connection] = "close" }
            if error.code == .resourceExhausted || error.code == .unavailable { headers[.retryAfter] = "1" }
            return .error(error.locatedInBody, headers: headers)
        case is CancellationError:
            return .error(OVError(.unavailable, "the server is shutting down"), headers: [.retryAfter: "1"])
        default: return internalError("\(error)", id: id)
        }
    }

    private func internalError(_ cause: String, id: String) -> Answer {
        logger.error("a request failed", metadata: ["request": "\(id)", "error": "\(cause)"])
        return .error(
            OVError(
                .internal, "an unexpected error", hint: "the server's log has the cause under this request id",
                details: ["request_id": .string(id)]))
    }

    /// The client's own id, if it can stand in a log, or a new one.
    private func requestID(of request: Request) -> String {
        if let sent = request.headers[.requestID], (1...128).contains(sent.utf8.count),
            sent.utf8.allSatisfy({ (48...57).contains($0) || (97...122).contains($0 | 0x20) || "-_.".utf8.contains($0) }
            )
        {
            return sent
        }
        return numbering.next()
    }

    private func record(
        _ request: Request, _ target: RequestTarget, _ outcome: RouteTable.Outcome, _ answer: Answer, _ id: String,
        _ peer: String?, since start: ContinuousClock.Instant
    ) {
        let duration = ContinuousClock.now - start
        var route = "none"
        if case .found(let match) = outcome { route = match.route.path.description }
        if MCPMount.covers(target) { route = MCPMount.path }
        metrics.count(route: route, method: request.method, status: answer.status.code, duration: duration)
        guard logger.logLevel <= .info else { return }
        // No query: addresses may be private, and keys have been seen there.
        let path = (request.head.path ?? "").prefix { $0 != "?" }.prefix(200)
        logger.info(
            "request",
            metadata: [
                "method": "\(request.method.rawValue)", "path": "\(path)", "status": "\(answer.status.code)",
                "bytes": "\(answer.byteCount ?? 0)", "ms": "\(duration.milliseconds)", "request": "\(id)",
                "peer": "\(peer ?? "socket")",
            ])
    }
}

extension Duration {
    /// Whole milliseconds, for logs.
    fileprivate var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}

extension OVError {
    /// Rules of values say which field is wrong, and not where it stood; whatever has no place was in the body.
    fileprivate var locatedInBody: OVError {
        guard case .array(let errors)? = details["validation_errors"] else { return self }
        var located = self
        located.details["validation_errors"] = .array(
            errors.map { error in
                guard case .object(let members) = error else { return error }
                return .object(
                    members.map { member in
                        guard member.name == "loc", case .array(let path) = member.value,
                            let first = path.first?.string, !["body", "query", "path", "header"].contains(first)
                        else { return member }
                        return (member.name, .array([.string("body")] + path))
                    })
            })
        return located
    }
}
