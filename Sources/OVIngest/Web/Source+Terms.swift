// SPDX-License-Identifier: Apache-2.0

internal import OVCore

extension Source {
    /// What holds for the requests of a run that begins at `url`: the limits, which networks are open, and what the
    /// argument `auth` says of who is asking. That goes to the origin of `url` and nowhere else. Blocks.
    /// - Throws: `FetchError`, permanent, for a secret that cannot be had or would be sent in the clear.
    func terms(for url: WebURL, limits: Limits, secrets: SecretSource) throws(FetchError) -> WebClient.Terms {
        var terms = WebClient.Terms(limits: limits, allowsPrivateNetworks: options.allowsPrivateNetworks)
        guard let reference = options.arguments[authArgument.name] else { return terms }
        guard url.scheme == .https || options.allowsPrivateNetworks else { throw .secretInTheClear }
        let secret = try secrets.value(of: reference, for: url.host)
        terms.authorization = (Authorization.header(for: secret), url.origin)
        return terms
    }
}
