// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem

/// Secrets that came as part of a source's address. FORMAT.md §7.
extension Store {
    /// Keeps a secret in a file that only this user can read; durable when this returns.
    ///
    /// It is collected like a pack: when nothing in the state refers to it and it is old enough. So who keeps it and
    /// then commits nothing has lost nothing.
    package func keepSecret(_ secret: String) throws(OVError) -> SecretReference {
        let name = random.nextTaskID().description
        try translatingErrors { () throws(SystemError) in
            try files.createFolder(home.secrets)
            let file = try files.open(home.secrets + "/" + name, .create)
            try file.write(Array((secret + "\n").utf8), at: 0)
            try file.synchronize()
            try files.synchronizeFolder(home.secrets)
        }
        return .stored(name: name)
    }

    /// The secret behind a reference; nil when it is none of the store's, or is gone.
    package func secret(_ reference: SecretReference) throws(OVError) -> String? {
        guard case .stored(let name) = reference, TaskID(name) != nil else { return nil }
        return try translatingErrors { () throws(SystemError) -> String? in
            let path = home.secrets + "/" + name
            guard let status = try files.status(of: path) else { return nil }
            let bytes = try files.open(path, .read).read(Int(status.size), at: 0)
            return String(decoding: bytes.dropLast(), as: UTF8.self)
        }
    }

    /// Forgets a secret that was kept for nothing.
    package func dropSecret(_ reference: SecretReference) {
        guard case .stored(let name) = reference, TaskID(name) != nil else { return }
        // Else the collection does it.
        try? files.remove(home.secrets + "/" + name)
    }

    /// Removes the secrets that nothing refers to, in this generation and the one before.
    func collectSecrets(unneededBy states: [State]) throws(OVError) {
        let limit = (clock.now().milliseconds - limits.collectionDelay.count) * 1_000_000
        let needed = states.reduce(into: Set<String>()) { $0.formUnion($1.secrets) }
        try translatingErrors { () throws(SystemError) in
            for name in try files.names(in: home.secrets) where TaskID(name) != nil && !needed.contains(name) {
                let path = home.secrets + "/" + name
                if let status = try files.status(of: path), status.modified <= limit { try files.remove(path) }
            }
        }
    }

    /// Whether there is any, so that a store without secrets pays nothing for them.
    var hasSecrets: Bool { ((try? files.names(in: home.secrets)) ?? []).isEmpty == false }
}

extension State {
    /// The names of the stored secrets that its sources refer to.
    fileprivate var secrets: Set<String> {
        var names: Set<String> = []
        func add(_ source: Source) {
            for argument in source.options.arguments.values {
                if case .stored(let name) = SecretReference(argument) { names.insert(name) }
            }
        }
        for resource in resources.values { add(resource.source) }
        for watch in watches.values { add(watch.source) }
        return names
    }
}
