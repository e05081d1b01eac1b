// SPDX-License-Identifier: Apache-2.0

/// What the operator of a server lets those do who call over the network.
package struct NetworkReach: Hashable, Sendable {
    /// Whether sources on private networks may be fetched, for every caller.
    package var allowsPrivateNetworks = false
    /// Folders of which network callers may name what lies below: absolute, without symbolic links.
    package var allowedFolders: [String] = []

    package init() {}
}
