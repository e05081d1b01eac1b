// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// Everything that a command touches of the world around it.
package struct CommandContext: Sendable {
    /// Data for programs and people.
    package var output: any OutputSink
    /// Words about it.
    package var diagnostics: any OutputSink
    package var environment: [String: String]
    package var workingDirectory: String
    package var clock: any WallClock
    package var planes: any PlaneSource
    package var signals: any SignalSource
    package var settings: Settings
    package var daemon: any DaemonRunner

    package init(
        output: any OutputSink, diagnostics: any OutputSink, environment: [String: String], workingDirectory: String,
        clock: any WallClock, planes: any PlaneSource, signals: any SignalSource, settings: Settings = Settings(),
        daemon: any DaemonRunner
    ) {
        self.output = output
        self.diagnostics = diagnostics
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.clock = clock
        self.planes = planes
        self.signals = signals
        self.settings = settings
        self.daemon = daemon
    }

    var caller: Caller { settings.caller }

    /// Runs `body` with the operations of the store that the settings name.
    /// - Parameter executing: whether the runs that `body` asks for are to be executed in this process meanwhile.
    func withPlane<Result: Sendable>(
        executing: Bool = false, _ body: @escaping @Sendable (any ControlPlane) async throws -> Result
    ) async throws -> Result {
        try await planes.withPlane(settings, executing: executing) { try await body($0.plane) }
    }

    /// Runs `body` with the operations and what becomes of the runs that it asks for: they go on without this process,
    /// or are executed in it meanwhile.
    func withRuns<Result: Sendable>(_ body: @escaping @Sendable (OpenedPlane) async throws -> Result)
        async throws -> Result
    {
        try await planes.withPlane(settings, executing: true, body)
    }

    /// Runs `body` with what looks after the store's files.
    func withMaintenance<Result: Sendable>(
        _ body: @escaping @Sendable (any StoreMaintenance) async throws -> Result
    ) async throws -> Result {
        try await planes.withMaintenance(settings, body)
    }
}

/// Where commands get the operations from: a server, a store in this process, or a script in a test.
package protocol PlaneSource: Sendable {
    /// - Parameter executing: whether runs that nobody else executes are executed in this process until `body` returns.
    func withPlane<Result: Sendable>(
        _ settings: Settings, executing: Bool, _ body: @escaping @Sendable (OpenedPlane) async throws -> Result
    ) async throws -> Result

    func withMaintenance<Result: Sendable>(
        _ settings: Settings, _ body: @escaping @Sendable (any StoreMaintenance) async throws -> Result
    ) async throws -> Result
}

/// The operations, wherever they lead.
package struct OpenedPlane: Sendable {
    package let plane: any ControlPlane
    /// Whether the other end executes what it accepts, so that runs go on when the command has ended.
    package let executesRuns: Bool

    package init(plane: any ControlPlane, executesRuns: Bool) {
        self.plane = plane
        self.executesRuns = executesRuns
    }
}

/// Somebody wants the process to end.
package enum TerminationSignal: Hashable, Sendable {
    case interrupt, terminate

    var exitStatus: Int32 {
        switch self {
        case .interrupt: ExitStatus.interrupted
        case .terminate: ExitStatus.terminated
        }
    }
}

package protocol SignalSource: Sendable {
    /// Catches signals and hands them over until the task is cancelled; without it they end the process.
    func watch(_ receive: @Sendable (TerminationSignal) -> Void) async

    /// Ends the process without waiting for anything.
    func exitAtOnce(_ status: Int32)
}
