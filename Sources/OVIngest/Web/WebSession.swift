// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import OVCore
internal import OVSystem
internal import Synchronization

/// The requests of one run: connections are kept from one to the next, and closed at its end.
final class WebSession: Sendable {
    private let client: WebClient
    private let terms: WebClient.Terms
    private let connections = Mutex<[Endpoint: HTTPClient]>([:])

    private struct Endpoint: Hashable {
        let host: String
        let address: IPAddress
    }

    init(client: WebClient, terms: WebClient.Terms) {
        self.client = client
        self.terms = terms
    }

    /// What becomes of an answer that says to ask elsewhere.
    enum Redirects: Sendable {
        case followed
        /// It is the answer.
        case returned
    }

    /// - Parameter limit: bytes that the body may have, decoded.
    /// - Returns: the answer, of whatever status, but for redirects that are followed.
    /// - Throws: `FetchError`, `CancellationError`.
    func get(_ url: WebURL, headers: [(String, String)] = [], limit: Int64, redirects: Redirects = .followed)
        async throws -> WebResponse
    {
        var question = Question(
            url: url.withoutFragment, headers: headers, limit: limit,
            deadline: .now() + .milliseconds(terms.limits.fetchDuration.count))
        for _ in 0...terms.limits.redirects {
            let (url, response) = (question.url, try await ask(question))
            guard redirects == .followed, [301, 302, 303, 307, 308].contains(response.status),
                let place = response.header("Location")
            else { return response }
            guard let next = url.resolving(place) else {
                throw FetchError.permanent(
                    cause: "address_refused",
                    "\(url) redirects to '\(WebURL.redacted(place))', which is not fetched")
            }
            question.follow(to: next.withoutFragment)
        }
        throw FetchError.permanent(
            cause: "too_many_redirects", "\(question.url) is redirected more than \(terms.limits.redirects) times",
            hint: "give the address at which the content is in the end")
    }

    /// What is asked for, redirects included.
    private struct Question {
        private(set) var url: WebURL
        let headers: [(String, String)]
        let limit: Int64
        let deadline: NIODeadline
        /// Whether a redirect has led to another origin. Whoever it led to decides where it goes from there, so that
        /// nothing is said any more of who is asking, not even on the way back (Fetch Standard, "HTTP-redirect fetch").
        private(set) var hasLeft = false

        init(url: WebURL, headers: [(String, String)], limit: Int64, deadline: NIODeadline) {
            self.url = url
            self.headers = headers
            self.limit = limit
            self.deadline = deadline
        }

        mutating func follow(to next: WebURL) {
            hasLeft = hasLeft || next.origin != url.origin
            url = next
        }
    }

    func close() async {
        let all = connections.withLock { connections in
            defer { connections = [:] }
            return Array(connections.values)
        }
        // A client that is shut down already is all that can go wrong.
        for connection in all { try? await connection.shutdown() }
    }

    /// One request, to the first address that can be connected to.
    private func ask(_ question: Question) async throws -> WebResponse {
        try Task.checkCancellation()
        let url = question.url
        let addresses = try await client.egress.admit(url, allowingPrivateNetworks: terms.allowsPrivateNetworks)
        let request = request(question)
        var failure: (any Error)?
        for address in addresses.prefix(4) {
            do {
                let response = try await connection(to: url.host, at: address).execute(
                    request, deadline: question.deadline)
                return try await receive(response, to: question)
            } catch {
                try Task.checkCancellation()
                failure = error
                guard WebFailure.isOfConnecting(error) else { break }
            }
        }
        throw WebFailure.describe(failure, asking: url, limits: terms.limits)
    }

    private func connection(to host: String, at address: IPAddress) -> HTTPClient {
        connections.withLock { connections in
            let endpoint = Endpoint(host: host, address: address)
            if let known = connections[endpoint] { return known }
            let new = client.connections(to: host, at: address, limits: terms.limits)
            connections[endpoint] = new
            return new
        }
    }

    private func request(_ question: Question) -> HTTPClientRequest {
        let url = question.url
        var request = HTTPClientRequest(url: url.strictText)
        request.headers = [
            "Host": url.authority, "User-Agent": "ov/\(productVersion)", "Accept-Encoding": "gzip, deflate",
        ]
        for (name, value) in question.headers { request.headers.replaceOrAdd(name: name, value: value) }
        if let authorization = terms.authorization, authorization.origin == url.origin, !question.hasLeft {
            request.headers.replaceOrAdd(name: "Authorization", value: authorization.value)
        }
        return request
    }

    private func receive(_ response: HTTPClientResponse, to question: Question) async throws -> WebResponse {
        let url = question.url
        let tooLarge = FetchError.tooLarge(url, question.limit)
        let status = Int(response.status.code)
        // What an error page says is not read far; nobody keeps it.
        let limit = status < 300 ? question.limit : min(question.limit, 64 << 10)
        // Chunks are undone by now; what else there is nobody asked for (RFC 9112 §6.1).
        let codings = response.headers[canonicalForm: "Transfer-Encoding"].filter { $0.lowercased() != "chunked" }
        if let coding = codings.first {
            throw FetchError.transient(
                cause: "protocol_error",
                "\(url) sends the transfer encoding '\(coding.prefix(60))', which nobody asked for")
        }
        var decoder = try BodyDecoder(response.headers["Content-Encoding"], limit: Int(clamping: limit), url: url)
        if status < 300, let length = response.headers["Content-Length"].first.flatMap({ Int64($0) }), length > limit {
            throw tooLarge
        }
        do {
            for try await buffer in response.body {
                // Something came, so that the limit on silence says nothing of a source that never ends.
                guard .now() < question.deadline else { throw HTTPClientError.deadlineExceeded }
                try buffer.withUnsafeReadableBytes { bytes throws(BodyDecoder.Failure) in try decoder.append(bytes) }
                if let file = terms.download, status < 300 { try Self.write(decoder.takeOutput(), to: file) }
            }
            let body = try decoder.finish()
            return WebResponse(url: url, status: status, headers: response.headers, body: body)
        } catch let failure as BodyDecoder.Failure {
            // The status says enough when there is no document.
            guard status < 300 else {
                return WebResponse(url: url, status: status, headers: response.headers, body: [])
            }
            switch failure {
            case .tooLarge: throw tooLarge
            case .malformed:
                throw FetchError.transient(cause: "protocol_error", "what \(url) sends is not validly compressed")
            }
        }
    }

    /// Apart, because an `async` function that mixes typed and untyped errors does not get through the optimizer of
    /// Swift 6.3.
    @inline(never) private static func write(_ bytes: [UInt8], to file: Descriptor) throws {
        do { try file.write(bytes) } catch { throw FetchError.cache(error) }
    }
}
