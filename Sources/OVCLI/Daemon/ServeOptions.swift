// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVEngine
import OVHTTP

/// How a server is to run.
package struct ServeOptions: Hashable, Sendable {
    package var host = "127.0.0.1"
    /// 0 for one that is free.
    package var port = 1933
    package var schedules = true
    package var allowsPrivateNetworks = false
    /// Folders of which callers over TCP may name what lies below.
    package var allowedPaths: [String] = []
    /// What the server is called beside the names of the loopback interface.
    package var hostNames: [String] = []
    /// How many runs go on at once; nil for what the limits say.
    package var concurrentRuns: Int?
    /// Plug-ins that callers over TCP may name.
    package var allowedFetchers: [String] = []
    /// Secrets that callers over TCP may refer to.
    package var allowedSecrets: [NetworkReach.AllowedSecret] = []
    /// Told once it is ready and when it stops; see `ServiceNotice`.
    package var noticeSocket: String?

    package init() {}

    /// - Parameter hasKeys: whether callers over the network need a key.
    /// - Throws: `FAILED_PRECONDITION` for an address that others can reach, as long as there are no keys.
    func check(hasKeys: Bool) throws(OVError) {
        guard isLoopback || hasKeys else {
            throw OVError(
                .failedPrecondition, "there are no keys, so everybody who reaches \(host) could do everything",
                hint: "make one, `ov key create --role root`, or listen on 127.0.0.1")
        }
    }

    private var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// The folders as they are without symbolic links.
    func resolvedPaths(in workingDirectory: String) throws(OVError) -> [String] {
        var resolved: [String] = []
        for path in allowedPaths {
            guard let real = realpath(path.hasPrefix("/") ? path : workingDirectory + "/" + path, nil) else {
                throw OVError(
                    .invalidArgument,
                    "--allow-path, or allow_paths in config.json: \(path): \(String(cString: strerror(errno)))",
                    hint: "name a folder that is there")
            }
            defer { free(real) }
            resolved.append(String(cString: real))
        }
        return resolved
    }
}

/// Where a server listens.
package struct ServerPlace: Hashable, Sendable {
    package let url: String
    package let socket: String
}

/// Runs a server on a store: the real one, or none in a test.
package protocol DaemonRunner: Sendable {
    /// Returns after a graceful shutdown.
    /// - Parameter announce: called once, when it listens.
    func serve(
        _ settings: Settings, _ options: ServeOptions, in workingDirectory: String,
        announce: @escaping @Sendable (ServerPlace) throws -> Void
    ) async throws
}
