// SPDX-License-Identifier: Apache-2.0

import Logging
import OVCore
import OVEngine
import OVHTTP
import OVSystem
import ServiceLifecycle
import UnixSignals

/// The daemon: an engine, its scheduler, and servers on TCP and on a socket, until somebody asks it to end.
struct StoreDaemon: DaemonRunner {
    /// How long runs may go on once it is to end.
    private static let grace = Milliseconds.seconds(20)
    /// When everything is cancelled that has not ended by then.
    private static let longestShutdown = Duration.seconds(30)

    let environment: [String: String]

    func serve(
        _ settings: Settings, _ options: ServeOptions, in workingDirectory: String,
        announce: @escaping @Sendable (ServerPlace) throws -> Void
    ) async throws {
        // A server says what it does; with -v it says more, with -q only what went wrong.
        StorePlanes.bootstrapLogging(verbosity: settings.isQuiet ? -1 : settings.verbosity + 1)
        OpenFileLimit.raise()
        let clock = SystemClock()
        var dependencies = Engine.Dependencies.standard(
            home: settings.home, environment: environment, logger: Logger(label: "ov.engine"))
        dependencies.networkReach.allowsPrivateNetworks = options.allowsPrivateNetworks
        dependencies.networkReach.allowedFolders = try options.resolvedPaths(in: workingDirectory)
        dependencies.networkReach.allowedFetchers = Set(options.allowedFetchers)
        dependencies.networkReach.allowedSecrets = options.allowedSecrets
        let engine = try await Engine.open(
            home: settings.home, limits: settings.limits, role: "serve", dependencies: dependencies)
        try options.check(hasKeys: engine.hasKeys)
        // Before anything is touched that belongs to the one daemon of a home.
        try await engine.holdDaemonLock(socket: nil, url: nil)
        // From here on the last root key stays; until here somebody could revoke it.
        try options.check(hasKeys: engine.hasKeys)
        let socket = try SocketPlace(home: settings.home, environment: environment)
        defer { socket.remove() }
        var configuration = RestInterface.Configuration(
            home: settings.home, clock: clock, random: SystemRandomSource(), logger: Logger(label: "ov.http"))
        configuration.authenticator = KeyAuthenticator(engine, hasKeys: engine.hasKeys)
        configuration.hostNames = options.hostNames + [options.host]
        let interface = RestInterface(over: engine, configuration)
        let readiness = Readiness(
            engine: engine, socket: socket.path, noticeSocket: options.noticeSocket, announce: announce)
        let scheduling: [any Service] = options.schedules ? [Scheduler(engine: engine)] : []
        let serving: [any Service] = [
            interface.uploads,
            RestServer(interface, on: .socket(path: socket.path)) { _ in readiness.socketIsOpen() },
            RestServer(interface, on: .tcp(host: options.host, port: options.port)) { readiness.isListening(on: $0) },
            readiness,
        ]
        try await run([RunService(engine: engine, grace: Self.grace)] + scheduling + serving)
    }

    /// Runs services until a signal; they end in the opposite order, so that the engine outlives the servers.
    private func run(_ services: [any Service]) async throws {
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger(label: "ov.serve"))
        configuration.maximumGracefulShutdownDuration = Self.longestShutdown
        let group = ServiceGroup(configuration: configuration)
        // Requests must not share the few threads on which a command may block.
        try await withTaskExecutorPreference(globalConcurrentExecutor) {
            try await group.run()
        }
    }
}
