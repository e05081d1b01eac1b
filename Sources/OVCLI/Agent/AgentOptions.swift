// SPDX-License-Identifier: Apache-2.0

/// How a process that serves one agent works on a store, for as long as the agent stays.
package struct AgentOptions: Hashable, Sendable {
    /// Whether it runs what is due while no other process does.
    package var schedules = true
    package var allowsPrivateNetworks = false
    /// If there are any, local sources are taken only from what lies below them: absolute, without symbolic links.
    package var allowedFolders: [String] = []

    package init() {}
}
