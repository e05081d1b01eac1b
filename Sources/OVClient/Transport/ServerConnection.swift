// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import OVAPI
package import OVCore
internal import OVWire

/// Exchanges requests and answers with one server. Must be closed.
package struct ServerConnection: Sendable {
    /// On whose behalf it is asked; the server decides what that means.
    package struct Identity: Hashable, Sendable {
        package var key: String?
        /// Whom to act for, where somebody said so.
        package var account: String?
        package var user: String?

        package init(key: String? = nil, account: String? = nil, user: String? = nil) {
            self.key = key
            self.account = account
            self.user = user
        }
    }

    /// Bytes of an answer: a list of a million watches, and no more than this process can hold.
    static let maximumAnswer = 512 << 20
    /// Bytes of an answer that says what went wrong.
    private static let maximumFailure = 1 << 20
    private static let connectTimeout: Int64 = 10
    /// A stream of events says something every quarter of a minute.
    private static let longestSilence: Int64 = 60

    package let address: ServerAddress
    let identity: Identity
    let clock: any WallClock
    private let requests: HTTPClient
    private let streams: HTTPClient

    /// - Parameter trustedCertificates: a file of certificates (PEM) that are trusted beside those of the system.
    package init(
        to address: ServerAddress, as identity: Identity, clock: any WallClock, trustedCertificates: String? = nil
    ) {
        self.address = address
        self.identity = identity
        self.clock = clock
        var tls = TLSConfiguration.makeClientConfiguration()
        if let trustedCertificates { tls.additionalTrustRoots = [.file(trustedCertificates)] }
        // No redirects: a key is for the server that was named, and a body is sent once.
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(connect: .seconds(Self.connectTimeout)),
            decompression: .disabled)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.http1_1ConnectionDebugInitializer = { OrderlyAnswers.watch($0) }
        requests = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        configuration.timeout.read = .seconds(Self.longestSilence)
        streams = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    package func close() async {
        // All that can go wrong is that it is closed already.
        try? await requests.shutdown()
        try? await streams.shutdown()
    }

    /// - Throws: what the server says went wrong; `UNAVAILABLE` when there is no server, or one that is none of ours.
    func send(_ request: ServerRequest) async throws(OVError) -> ServerAnswer {
        do {
            do { return try await exchange(request) } catch {
                // A connection that was kept may have been closed at the other end when this was sent on it.
                guard request.isSafe, ServerFailure.isOfConnectionLost(error), !Task.isCancelled else { throw error }
                return try await exchange(request)
            }
        } catch {
            throw ServerFailure.describe(error, asking: self, for: request)
        }
    }

    /// Begins an answer that goes on for as long as the server has something to say.
    func open(_ request: ServerRequest) async throws(OVError) -> HTTPClientResponse {
        do {
            let response = try await streams.execute(try prepared(request), deadline: .distantFuture)
            guard response.status == .ok else {
                throw try await failure(of: receive(response, atMost: Self.maximumFailure))
            }
            return response
        } catch {
            throw ServerFailure.describe(error, asking: self, for: request)
        }
    }

    private func exchange(_ request: ServerRequest) async throws -> ServerAnswer {
        guard let timeout = request.timeout else { return try await exchangeAtLeisure(request) }
        return try await withThrowingTaskGroup(of: ServerAnswer.self) { group in
            group.addTask { try await exchangeAtLeisure(request) }
            group.addTask {
                try await clock.sleep(for: timeout)
                throw HTTPClientError.deadlineExceeded
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw CancellationError() }
            return answer
        }
    }

    private func exchangeAtLeisure(_ request: ServerRequest) async throws -> ServerAnswer {
        let response = try await requests.execute(try prepared(request), deadline: .distantFuture)
        let isGood = (200..<300).contains(response.status.code)
        let answer = try await receive(response, atMost: isGood ? Self.maximumAnswer : Self.maximumFailure)
        guard isGood else { throw try failure(of: answer) }
        return answer
    }

    private func receive(_ response: HTTPClientResponse, atMost bound: Int) async throws -> ServerAnswer {
        let tooLarge = ServerFailure.strange("more than \(bound >> 20) MiB", from: self)
        let length = response.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
        guard length <= bound else { throw tooLarge }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(max(length, 0), 16 << 20))
        for try await buffer in response.body {
            guard bytes.count + buffer.readableBytes <= bound else { throw tooLarge }
            bytes.append(contentsOf: buffer.readableBytesView)
        }
        return ServerAnswer(status: Int(response.status.code), headers: response.headers, body: bytes)
    }

    private func prepared(_ request: ServerRequest) throws -> HTTPClientRequest {
        var prepared = HTTPClientRequest(url: address.base + request.target)
        prepared.method = HTTPMethod(rawValue: request.method.rawValue)
        prepared.headers = ["Host": address.host, "User-Agent": "ov/\(productVersion)", "Accept": "*/*"]
        if let key = identity.key { prepared.headers.add(name: "X-API-Key", value: key) }
        if let account = identity.account { prepared.headers.add(name: "X-OpenViking-Account", value: account) }
        if let user = identity.user { prepared.headers.add(name: "X-OpenViking-User", value: user) }
        switch request.body {
        case .none: break
        case .json(let bytes):
            prepared.headers.add(name: "Content-Type", value: "application/json")
            prepared.body = .bytes(ByteBuffer(bytes: bytes))
        case .form(let form):
            prepared.headers.add(name: "Content-Type", value: form.contentType)
            prepared.body = .stream(form, length: .unknown)
        }
        return prepared
    }

    /// What an answer that is no good one says.
    private func failure(of answer: ServerAnswer) throws -> OVError {
        let json = try? JSONValue(parsing: answer.body)
        if let error = json?["error"].flatMap({ OVError(json: $0, isContradiction: answer.status == 400) }) {
            return error.asInProcess
        }
        if (300..<400).contains(answer.status) {
            let place = answer.headers.first(name: "Location").map { " to '\($0.prefix(200))'" } ?? ""
            return OVError(
                .unavailable, "the server at \(address.text) sends elsewhere\(place), which is not followed",
                hint: "name the address in the end: --server URL")
        }
        throw ServerFailure.strange("status \(answer.status)", from: self)
    }
}

extension OVError {
    /// A rule of a value says which field is wrong; that it stood in a body is news of the transport.
    fileprivate var asInProcess: OVError {
        guard case .array(let errors)? = details["validation_errors"] else { return self }
        var error = self
        error.details["validation_errors"] = .array(
            errors.map { field in
                guard case .object(let members) = field else { return field }
                return .object(
                    members.map { member in
                        guard member.name == "loc", case .array(let path) = member.value, path.count > 1,
                            path.first?.string == "body"
                        else { return member }
                        return (member.name, .array(Array(path.dropFirst())))
                    })
            })
        return error
    }
}
