// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import Synchronization
import Testing

@testable import OVCLI

/// What a command line leads to, as one value.
struct Outcome: Hashable, Sendable, CustomStringConvertible {
    var stdout = ""
    var stderr = ""
    var status: Int32 = 0

    var description: String { "--- stdout\n\(stdout)--- stderr\n\(stderr)--- status \(status)\n" }
}

/// A command line in a scripted world.
struct CommandLineHarness {
    var plane = ScriptedPlane()
    var maintenance = ScriptedMaintenance()
    /// Columns of the terminal that both outputs are; nil for pipes.
    var width: Int?
    var environment = ["OV_HOME": "/nowhere"]
    var workingDirectory = "/data"
    var clock = ScriptedClock()
    var signals = ScriptedSignals()
    var daemon = ScriptedDaemon()
    /// Whether runs are executed by a server.
    var isServer = false
    /// What writing to standard output throws, once.
    var outputIsGone = false

    init(_ script: ScriptedPlane.Script = .init()) { plane = ScriptedPlane(script) }

    func run(_ words: String...) async -> Outcome { await run(words) }

    func run(_ words: [String]) async -> Outcome {
        let terminal = width.map { Terminal(width: $0) }
        let output = MemorySink(terminal: terminal, isGone: outputIsGone)
        let diagnostics = MemorySink(terminal: terminal)
        let context = CommandContext(
            output: output, diagnostics: diagnostics, environment: environment, workingDirectory: workingDirectory,
            clock: clock, planes: ScriptedPlanes(plane: plane, executesRuns: isServer, maintenance: maintenance),
            signals: signals,
            daemon: daemon)
        let status = await CommandRunner(context: context).run(words)
        return Outcome(stdout: output.text, stderr: diagnostics.text, status: status)
    }
}

/// Collects what is written.
final class MemorySink: OutputSink {
    let terminal: Terminal?
    private let isGone: Bool
    private let bytes = Mutex<[UInt8]>([])

    init(terminal: Terminal? = nil, isGone: Bool = false) {
        self.terminal = terminal
        self.isGone = isGone
    }

    func write(_ bytes: [UInt8]) throws {
        if isGone { throw BrokenPipe() }
        self.bytes.withLock { $0 += bytes }
    }

    var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
}

/// Stands still. Waiting for one of `expiring` is over at once, all other waiting lasts until it is cancelled.
struct ScriptedClock: WallClock {
    var time = Samples.now
    var expiring: Set<Milliseconds> = []

    func now() -> Timestamp { time }

    func sleep(for duration: Milliseconds) async throws {
        if expiring.contains(duration) { return }
        for await _ in AsyncStream<Never>.makeStream().stream {}
        throw CancellationError()
    }
}

/// Delivers its signals as soon as somebody watches.
final class ScriptedSignals: SignalSource {
    private let signals: [TerminationSignal]
    private let exits = Mutex<[Int32]>([])

    init(_ signals: [TerminationSignal] = []) { self.signals = signals }

    func watch(_ receive: @Sendable (TerminationSignal) -> Void) async {
        for signal in signals { receive(signal) }
        for await _ in AsyncStream<Never>.makeStream().stream {}
    }

    func exitAtOnce(_ status: Int32) { exits.withLock { $0.append(status) } }

    /// The statuses with which the process would have ended at once.
    var immediateExits: [Int32] { exits.withLock { $0 } }
}

struct ScriptedPlanes: PlaneSource {
    let plane: ScriptedPlane
    var executesRuns = false
    let maintenance: ScriptedMaintenance

    func withPlane<Result: Sendable>(
        _ settings: Settings, executing: Bool, _ body: @escaping @Sendable (OpenedPlane) async throws -> Result
    ) async throws -> Result {
        try await body(OpenedPlane(plane: plane, executesRuns: executesRuns))
    }

    func withMaintenance<Result: Sendable>(
        _ settings: Settings, _ body: @escaping @Sendable (any StoreMaintenance) async throws -> Result
    ) async throws -> Result {
        try await body(maintenance)
    }
}

struct ScriptedMaintenance: StoreMaintenance {
    var keyViews: [KeyView] = []
    /// What revoking a key throws.
    var refusal: OVError?
    var check = StoreCheck()
    var repair = StoreRepair()
    var compaction = StoreCompaction()

    func check(progress: @Sendable (String) -> Void) async throws(OVError) -> StoreCheck {
        progress("packs")
        return check
    }

    func createKey(role: Role, owner: Owner) async throws(OVError) -> CreatedKey {
        let key = Samples.key(1, role: role, owner: owner)
        return CreatedKey(view: KeyView(key), text: Samples.keyText(1), isFirst: keyViews.isEmpty)
    }

    func keys() async throws(OVError) -> [KeyView] { keyViews }

    func revokeKey(_ id: KeyID) async throws(OVError) -> RevokedKey {
        if let refusal { throw refusal }
        return RevokedKey(id: id, wasLast: keyViews.count == 1)
    }

    func repair() async throws(OVError) -> StoreRepair { repair }
    func compact() async throws(OVError) -> StoreCompaction { compaction }
}
