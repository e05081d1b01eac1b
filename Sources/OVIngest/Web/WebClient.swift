// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
package import OVCore
internal import OVSystem
internal import OVWire

/// Asks web servers, through the egress guard. The one place of the product that opens a connection to elsewhere.
package struct WebClient: Sendable {
    let egress: EgressGuard
    let clock: any WallClock
    /// A file of certificates (PEM) that are trusted beside those of the system.
    let trustedCertificates: String?

    package init(egress: EgressGuard, clock: any WallClock = SystemClock(), trustedCertificates: String? = nil) {
        self.egress = egress
        self.clock = clock
        self.trustedCertificates = trustedCertificates
    }

    /// What holds for all the requests of a run.
    struct Terms: Sendable {
        let limits: Limits
        let allowsPrivateNetworks: Bool
        /// The value of an `Authorization` header, and the only origin that gets it.
        var authorization: (value: String, origin: WebURL.Origin)?
        /// Where the body of an answer goes that brings one (200 and 203), as it comes; it is empty then.
        var download: Descriptor?
    }

    /// Calls `body` with a session, whose connections are closed when it returns.
    func withSession<Result: Sendable>(
        _ terms: Terms, _ body: (WebSession) async throws -> Result
    ) async throws -> Result {
        let session = WebSession(client: self, terms: terms)
        do {
            let result = try await body(session)
            await session.close()
            return result
        } catch {
            await session.close()
            throw error
        }
    }

    /// A connection maker that can reach one address and nothing else, whatever the name says by then.
    ///
    /// HTTP/1.1 only: a run asks little of a host at once. No redirects, no proxies, no retries: those are ours.
    func connections(to host: String, at address: IPAddress, limits: Limits) -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let trustedCertificates { tls.additionalTrustRoots = [.file(trustedCertificates)] }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(
                connect: .milliseconds(limits.connectTimeout.count), read: .milliseconds(limits.idleTimeout.count),
                write: .milliseconds(limits.idleTimeout.count)),
            decompression: .disabled)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.http1_1ConnectionDebugInitializer = { OrderlyAnswers.watch($0) }
        if IPAddress(host) == nil { configuration.dnsOverride = [host: address.description] }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
