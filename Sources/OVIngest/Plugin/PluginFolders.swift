// SPDX-License-Identifier: Apache-2.0

import Glibc
package import OVCore
internal import OVSystem

/// Where plug-ins are looked for: a folder of the store's own, then each folder of `PATH`.
///
/// Looked at anew each time, so that a plug-in can be put there while a process runs. Whoever can write to one of
/// these places runs programs as this user; a place that everybody can write to is therefore refused.
package struct PluginFolders: Sendable {
    /// `fetchers` in the store's home; absolute.
    private let own: String
    private let search: [String]
    private let environment: [String: String]
    private let secrets: SecretSource
    private let supervisor: Supervisor
    private let idleLimit: Duration

    /// How many names of a folder are looked at for messages.
    private static let maximumNames = 20_000
    private static let maximumShown = 20

    /// - Parameters:
    ///   - surroundings: plug-ins get the part of its environment that `PluginProtocol` names.
    ///   - idleLimit: for how long a plug-in may do nothing.
    package init(_ surroundings: Surroundings, idleLimit: Duration = .seconds(300)) {
        let environment = surroundings.environment
        own = surroundings.pluginFolder
        let path = environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        // What is relative means something else in every working directory.
        search = path.split(separator: ":").filter { $0.utf8.first == UInt8(ascii: "/") }.map(String.init)
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
        let file = PluginProtocol.filePrefix + name
        var notExecutable: String?
        for folder in [own] + search {
            let path = folder + "/" + file
            guard let status = try? FileStatus(of: path), status.kind == .file else { continue }
            guard access(path, X_OK) == 0 else {
                notExecutable = notExecutable ?? path
                continue
            }
            try refuse(folder, ifEverybodyCanWrite: try? FileStatus(of: folder), for: file)
            try refuse(path, ifEverybodyCanWrite: status, for: file)
            return PluginFetcher(
                name: name, executable: path, version: Self.version(of: path, status), environment: environment,
                secrets: secrets,
                supervisor: supervisor, idleLimit: idleLimit)
        }
        if let notExecutable {
            throw OVError(
                .failedPrecondition, "\(file) cannot be run: \(notExecutable) is not executable",
                hint: "chmod +x \(notExecutable)")
        }
        return nil
    }

    /// The names of all plug-ins, sorted; without those that cannot be run, or that built-in fetchers have.
    package func names(without taken: [String]) -> [String] {
        var names: Set<String> = []
        for folder in [own] + search {
            guard let descriptor = try? Descriptor(opening: folder, O_RDONLY | O_DIRECTORY),
                let listing = try? FolderListing(of: descriptor, atMost: Self.maximumNames)
            else { continue }
            let prefix = Array(PluginProtocol.filePrefix.utf8)
            for entry in listing.entries where listing.name(of: entry).starts(with: prefix) {
                let name = String(decoding: listing.name(of: entry).dropFirst(prefix.count), as: UTF8.self)
                if !taken.contains(name), (try? fetcher(named: name)) != nil { names.insert(name) }
            }
        }
        return names.sorted()
    }

    /// What a message says about plug-ins: which there are, and where a new one goes.
    func words(_ names: [String]) -> String {
        let more = names.count > Self.maximumShown ? ", …" : ""
        let list = names.prefix(Self.maximumShown).joined(separator: ", ") + more
        return (names.isEmpty ? "no plug-ins" : "plug-ins: \(list)")
            + " (programs called \(PluginProtocol.filePrefix)NAME in \(own) or on PATH)"
    }

    private func refuse(_ path: String, ifEverybodyCanWrite status: FileStatus?, for file: String) throws(OVError) {
        guard let status, status.permissions & 0o002 != 0 else { return }
        throw OVError(
            .failedPrecondition, "\(file) is not run: everybody can write to \(path)", hint: "chmod o-w \(path)")
    }

    /// FNV-1a (Fowler, Noll, Vo) over what changes when the file does.
    private static func version(of path: String, _ status: FileStatus) -> Int {
        let text = "\(PluginProtocol.version) \(status.size) \(status.modified) \(path)"
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: hash)
    }
}
