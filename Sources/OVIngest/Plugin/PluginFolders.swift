// SPDX-License-Identifier: Apache-2.0

package import OVCore
internal import OVSystem

/// Where plug-ins are looked for: a folder of the store's own, then each folder of `PATH`.
///
/// Looked at anew each time, so that a plug-in can be put there while a process runs.
package struct PluginFolders: Sendable {
    /// `fetchers` in the store's home; absolute.
    private let own: String
    private let search: PluginSearch
    private let environment: [String: String]
    private let secrets: SecretSource
    private let supervisor: Supervisor
    private let idleLimit: Duration

    private static let maximumShown = 20

    /// - Parameters:
    ///   - surroundings: plug-ins get the part of its environment that `PluginProtocol` names.
    ///   - idleLimit: for how long a plug-in may do nothing.
    package init(_ surroundings: Surroundings, idleLimit: Duration = .seconds(300)) {
        let environment = surroundings.environment
        own = surroundings.pluginFolder
        let path = PluginSearch.searchPath(environment)
        search = PluginSearch(own: own, searchPath: path)
        var passed = environment.filter { name, _ in
            PluginProtocol.passedVariables.contains(name) || name.hasPrefix("LC_")
                || name.hasPrefix(PluginProtocol.passedPrefix)
        }
        passed["PATH"] = path
        self.environment = passed
        secrets = SecretSource(environment: environment, folder: surroundings.secretFolder)
        supervisor = surroundings.supervisor
        self.idleLimit = idleLimit
    }

    /// The plug-in of a name.
    /// - Returns: nil when there is none.
    /// - Throws: `FAILED_PRECONDITION` for a program that must not, or cannot, be run.
    package func fetcher(named name: String) throws(OVError) -> PluginFetcher? {
        guard PluginProtocol.isName(name) else { return nil }
        guard let program = try search.program(called: PluginProtocol.filePrefix + name) else { return nil }
        return PluginFetcher(
            name: name, executable: program.path,
            version: PluginSearch.version(of: "\(PluginProtocol.version) \(program.stamp)"),
            environment: environment, secrets: secrets, supervisor: supervisor, idleLimit: idleLimit)
    }

    /// The names of all plug-ins, sorted; without those that cannot be run, or that built-in fetchers have.
    package func names(without taken: [String]) -> [String] {
        search.names(after: PluginProtocol.filePrefix).filter { name in
            !taken.contains(name) && (try? fetcher(named: name)) != nil
        }
    }

    /// What a message says about plug-ins: which there are, and where a new one goes.
    func words(_ names: [String]) -> String {
        let more = names.count > Self.maximumShown ? ", …" : ""
        let list = names.prefix(Self.maximumShown).joined(separator: ", ") + more
        return (names.isEmpty ? "no plug-ins" : "plug-ins: \(list)")
            + " (programs called \(PluginProtocol.filePrefix)NAME in \(own) or on PATH)"
    }
}
