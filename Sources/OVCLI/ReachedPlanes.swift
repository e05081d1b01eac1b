// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVClient
import OVCore
import OVEngine

/// The operations of the server that the settings name; else of the daemon that serves the home; else of the store,
/// opened in this process. A command is the same whichever it is.
struct ReachedPlanes: PlaneSource {
    let store: StorePlanes
    /// The daemon of a home, if one runs.
    let daemon: @Sendable (Settings) async throws -> RunningDaemon?
    let clock: any WallClock
    let random: any RandomSource
    /// A file of certificates that are trusted beside those of the system.
    let trustedCertificates: String?

    func withPlane<Result: Sendable>(
        _ settings: Settings, executing: Bool, _ body: @escaping @Sendable (OpenedPlane) async throws -> Result
    ) async throws -> Result {
        if let server = settings.server {
            StorePlanes.bootstrapLogging(verbosity: settings.isQuiet ? -1 : settings.verbosity)
            return try await using(connection(to: server.address, as: server.identity), body)
        }
        if let connection = try await daemonConnection(settings) {
            StorePlanes.bootstrapLogging(verbosity: settings.isQuiet ? -1 : settings.verbosity)
            return try await using(connection, body)
        }
        return try await store.withPlane(settings, executing: executing, body)
    }

    func withAgentPlane(
        _ settings: Settings, _ options: AgentOptions,
        _ body: @escaping @Sendable (any ControlPlane) async throws -> Void
    ) async throws {
        // A daemon lets callers on this machine read all of it, so who is to be confined works beside it.
        let isConfined = !options.allowedFolders.isEmpty
        guard settings.server != nil || !isConfined else {
            return try await store.withAgentPlane(settings, options, body)
        }
        if let server = settings.server {
            StorePlanes.bootstrapLogging(verbosity: settings.isQuiet ? -1 : settings.verbosity)
            return try await using(connection(to: server.address, as: server.identity)) { try await body($0.plane) }
        }
        if let connection = try await daemonConnection(settings) {
            StorePlanes.bootstrapLogging(verbosity: settings.isQuiet ? -1 : settings.verbosity)
            let isServed = try await using(connection) { opened in
                // One that cannot tell what has changed is worked beside, not through.
                guard (try? await opened.plane.changes(ChangeQuery(), as: settings.caller)) != nil else { return false }
                try await body(opened.plane)
                return true
            }
            if isServed { return }
        }
        try await store.withAgentPlane(settings, options, body)
    }

    func withMaintenance<Result: Sendable>(
        _ settings: Settings, _ body: @escaping @Sendable (any StoreMaintenance) async throws -> Result
    ) async throws -> Result {
        if let server = settings.server {
            throw OVError(
                .invalidArgument,
                "this works on the files of a store, and not through the server at \(server.address.text)",
                hint: "run it where the store is, without --server and OV_SERVER")
        }
        return try await store.withMaintenance(settings, body)
    }

    private func connection(to address: ServerAddress, as identity: ServerConnection.Identity) -> ServerConnection {
        ServerConnection(to: address, as: identity, clock: clock, trustedCertificates: trustedCertificates)
    }

    /// A connection to the daemon of the home, if there is one that answers. One that does not is no reason to fail:
    /// the store itself works beside it.
    private func daemonConnection(_ settings: Settings) async throws -> ServerConnection? {
        guard let socket = try await daemon(settings)?.socket else { return nil }
        let caller = settings.caller
        let connection = connection(
            to: ServerAddress(socket: socket),
            as: ServerConnection.Identity(account: caller.account, user: caller.user))
        if await connection.version() != nil { return connection }
        await connection.close()
        return nil
    }

    private func using<Result: Sendable>(
        _ connection: ServerConnection, _ body: (OpenedPlane) async throws -> Result
    ) async throws -> Result {
        let opened = OpenedPlane(plane: RemotePlane(over: connection, random: random), executesRuns: true)
        do {
            let result = try await body(opened)
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw error
        }
    }
}
