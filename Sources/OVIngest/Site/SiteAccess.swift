// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// How fetchers of many pages get at them: as `robots.txt` asks, at a pace that the site bears, with what the source
/// says of who is asking.
package struct SiteAccess: Sendable {
    let robots: SiteRobots
    private let client: WebClient
    private let secrets: SecretSource
    private let random: any RandomSource

    /// - Parameter cache: a folder for `robots.txt` of hosts; absolute, need not be there.
    package init(
        client: WebClient, secrets: SecretSource, cache: String, random: any RandomSource = SystemRandomSource()
    ) {
        self.client = client
        self.secrets = secrets
        self.random = random
        robots = SiteRobots(cache: cache)
    }

    /// Calls `body` with the client of one run, which begins at `url`.
    /// - Throws: `FetchError` for a secret that cannot be had, and what `body` throws.
    func withClient<Result: Sendable>(
        for request: FetchRequest, from url: WebURL, _ body: (PoliteClient) async throws -> Result
    ) async throws -> Result {
        let terms = try request.source.terms(for: url, limits: request.limits, secrets: secrets)
        return try await client.withSession(terms) { session in
            try await body(PoliteClient(session: session, clock: client.clock, random: random))
        }
    }
}
