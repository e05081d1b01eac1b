// SPDX-License-Identifier: Apache-2.0

import Logging
import OVAPI
import OVCore
import ServiceLifecycle
import Synchronization

/// The operations of a store that is opened in this process.
struct StorePlanes: PlaneSource {
    let connection: StoreConnection

    func withPlane<Result: Sendable>(
        _ settings: Settings, executing: Bool, _ body: @escaping @Sendable (OpenedPlane) async throws -> Result
    ) async throws -> Result {
        Self.bootstrapLogging(verbosity: settings.isQuiet ? -1 : settings.verbosity)
        let opened = try await connection.open(settings)
        let plane = OpenedPlane(plane: opened.plane, executesRuns: false)
        guard executing else { return try await body(plane) }
        return try await Self.executing(opened.executor) { try await body(plane) }
    }

    func withMaintenance<Result: Sendable>(
        _ settings: Settings, _ body: @escaping @Sendable (any StoreMaintenance) async throws -> Result
    ) async throws -> Result {
        Self.bootstrapLogging(verbosity: settings.isQuiet ? -1 : settings.verbosity)
        return try await body(connection.maintain(settings))
    }

    /// Runs `body` while `service` runs. Shuts the service down gracefully when the body is done, and ends it when
    /// the body has failed or given up waiting: what was running is then interrupted. A service that fails ends the
    /// body, which would otherwise wait for ever.
    static func executing<Value: Sendable>(
        _ service: any Service, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let services = ServiceGroup(
            configuration: .init(
                services: [.init(service: service)], gracefulShutdownSignals: [], cancellationSignals: [],
                logger: Logger(label: "ov.cli")))
        let ended = await withTaskGroup(of: Ended<Value>.self) { tasks in
            tasks.addTask { await .service(outcome { try await services.run() }) }
            tasks.addTask { await .body(outcome { try await body() }) }
            var (value, cause): (Result<Value, any Error>?, (any Error)?)
            for await ended in tasks {
                switch ended {
                case .body(.success(let result)):
                    value = .success(result)
                    await services.triggerGracefulShutdown()
                case .body(.failure(let error)), .service(.failure(let error)):
                    // The first failure is the cause; the other half fails because of it.
                    cause = cause ?? error
                    tasks.cancelAll()
                case .service(.success): continue
                }
            }
            if let cause { return Result<Value, any Error>.failure(cause) }
            return value ?? .failure(CancellationError())
        }
        return try ended.get()
    }

    /// What a half of `executing` ended with.
    private enum Ended<Value: Sendable>: Sendable {
        case service(Result<Void, any Error>)
        case body(Result<Value, any Error>)
    }

    private static let hasBootstrapped = Mutex(false)

    /// The one place where logging begins: lines on standard error, as many as were asked for.
    static func bootstrapLogging(verbosity: Int) {
        let level: Logger.Level =
            switch verbosity {
            case ..<0: .error
            case 0: .warning
            case 1: .info
            default: .debug
            }
        // swift-log allows it once in a process; a command may open its store twice.
        let isFirst = hasBootstrapped.withLock { done in
            defer { done = true }
            return !done
        }
        guard isFirst else { return }
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
    }
}

/// What `body` returned or threw.
private func outcome<Value: Sendable>(_ body: () async throws -> Value) async -> Result<Value, any Error> {
    do { return .success(try await body()) } catch { return .failure(error) }
}
