// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What the operator of a server lets those do who call over the network.
package struct NetworkReach: Hashable, Sendable {
    /// Whether sources on private networks may be fetched, for every caller.
    package var allowsPrivateNetworks = false
    /// Folders of which network callers may name what lies below: absolute, without symbolic links.
    package var allowedFolders: [String] = []
    /// Plug-ins that network callers may name.
    package var allowedFetchers: Set<String> = []
    package var allowedSecrets: [AllowedSecret] = []

    package init() {}

    /// A secret of this machine that network callers may refer to, and the one host that may see it.
    package struct AllowedSecret: Hashable, Sendable {
        package let reference: SecretReference
        /// In lower case, without a port.
        package let host: String

        package init(reference: SecretReference, host: String) {
            self.reference = reference
            self.host = host
        }
    }

    /// Whether a secret may go to where a source is fetched from. That it goes nowhere else, redirects included, is
    /// the fetcher's part.
    func allows(_ reference: SecretReference, for source: Source) -> Bool {
        guard let host = source.host else { return false }
        return allowedSecrets.contains(AllowedSecret(reference: reference, host: host))
    }
}
