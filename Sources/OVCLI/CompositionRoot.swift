// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging
import OVAPI
import OVCore
import OVEngine
import ServiceLifecycle
import Synchronization
import UnixSignals

/// Builds what commands work with out of the real world. The only place that knows all the parts.
enum CompositionRoot {
    static func context() -> CommandContext {
        let environment = Self.environment()
        return CommandContext(
            output: DescriptorSink(number: STDOUT_FILENO, environment: environment),
            diagnostics: DescriptorSink(number: STDERR_FILENO, environment: environment),
            environment: environment, workingDirectory: workingDirectory(), clock: SystemClock(),
            planes: ReachedPlanes(
                store: StorePlanes(connection: storeConnection()), daemon: { try await keeper($0).daemon() },
                clock: SystemClock(), random: SystemRandomSource(),
                trustedCertificates: environment["SSL_CERT_FILE"]), signals: ProcessSignals(),
            daemon: StoreDaemon(environment: environment))
    }

    // MARK: - The store

    private static let opened = Mutex<[Engine]>([])

    private static func storeConnection() -> StoreConnection {
        StoreConnection(
            open: { settings in
                let engine = try await Engine.open(
                    home: settings.home, limits: settings.limits, role: "cli",
                    dependencies: dependencies(settings))
                // Kept to the end of the process, which is near: taking a large state apart would only delay it.
                opened.withLock { $0.append(engine) }
                return StoreConnection.Opened(plane: engine, executor: engine)
            },
            maintain: { keeper($0) })
    }

    private static func keeper(_ settings: Settings) -> StoreKeeper {
        StoreKeeper(home: settings.home, limits: settings.limits, dependencies: dependencies(settings))
    }

    private static func dependencies(_ settings: Settings) -> Engine.Dependencies {
        .standard(home: settings.home, environment: environment(), logger: Logger(label: "ov.engine"))
    }

    // MARK: - The process

    private static func workingDirectory() -> String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }

    private static func environment() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return variables
    }
}

/// How a store is opened.
struct StoreConnection: Sendable {
    /// The operations of an open store, and what executes the runs that they accept until a graceful shutdown.
    struct Opened: Sendable {
        let plane: any ControlPlane
        let executor: any Service
    }

    let open: @Sendable (Settings) async throws -> Opened
    let maintain: @Sendable (Settings) async throws -> any StoreMaintenance
}

/// Signals of this process.
private struct ProcessSignals: SignalSource {
    func watch(_ receive: @Sendable (TerminationSignal) -> Void) async {
        for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
            receive(signal == .sigint ? .interrupt : .terminate)
        }
    }

    func exitAtOnce(_ status: Int32) { _exit(status) }
}
