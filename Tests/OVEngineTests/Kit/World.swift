// SPDX-License-Identifier: Apache-2.0

import Logging
import OVAPI
import OVCore
import OVEngine
import OVIngest
import OVStore
import OVSystem
import OVTestSupport
import Testing

/// A home, the time, and the sources: what the processes on one machine share.
struct World: Sendable {
    /// With a folder `home` for the store, and `source` for files to ingest.
    let folder: TemporaryFolder
    let clock: ManualClock
    let sources = ScriptedSources()
    let random: SeededRandom
    let limits: Limits

    var home: String { folder.path("home") }

    /// - Parameter limits: changes to the product's defaults.
    init(_ limits: (inout Limits) -> Void = { _ in }) throws {
        folder = try TemporaryFolder()
        // An hour ahead, so that files which a test has just written count as old and are kept by their validators.
        clock = ManualClock(SystemClock().now().advanced(by: .hours(1)), longestPoll: Milliseconds(200))
        random = SeededRandom(seed: 1)
        var adjusted = Limits()
        // Whatever is written now looks an hour old.
        adjusted.collectionDelay = .hours(3)
        limits(&adjusted)
        self.limits = adjusted
    }

    var dependencies: Engine.Dependencies {
        Engine.Dependencies(
            clock: clock, random: random, files: LocalFileSystem(),
            pipeline: { [sources] threads, clock in
                IngestPipeline(
                    fetchers: FetcherRegistry([sources, FileFetcher(clock: clock), FolderFetcher(clock: clock)]),
                    converters: [MarkdownConverter(), TextConverter()], threads: threads)
            },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    func open() async throws -> TestEngine {
        TestEngine(
            world: self,
            engine: try await Engine.open(home: home, limits: limits, role: "test", dependencies: dependencies))
    }

    /// A store on the home, as a process has it that does something which engines never do.
    func openStore() async throws -> Store {
        try await Store.open(home: home, clock: clock, random: random, limits: limits, role: "test")
    }

    /// Runs a test with one engine, and verifies the store behind it.
    static func test(
        _ limits: (inout Limits) -> Void = { _ in }, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (TestEngine) async throws -> Void
    ) async throws {
        let world = try World(limits)
        try await world.open().whileRunning(body)
        try await world.checkStore(sourceLocation: sourceLocation)
    }

    func checkStore(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let keeper = StoreKeeper(home: home, limits: limits, dependencies: dependencies)
        let check = try await keeper.check { _ in }
        #expect(check.problems.map { "\($0.file): \($0.message)" } == [], sourceLocation: sourceLocation)
    }

    /// Everything that is in the home, to see that something left no trace. Locks and their labels aside.
    func trace() throws -> [String: [UInt8]] {
        var trace: [String: [UInt8]] = [:]
        let files = LocalFileSystem()
        for name in try files.names(in: home) where name.hasPrefix("state.json") {
            trace[name] = try folder.read("home/\(name)")
        }
        for name in try packs() { trace["packs/" + name] = [] }
        return trace
    }

    /// The packs there are, finished or not, without the indexes beside them.
    func packs() throws -> [String] {
        try LocalFileSystem().names(in: home + "/packs").filter { !$0.hasSuffix(".index") }.sorted()
    }
}
