// SPDX-License-Identifier: Apache-2.0

import Logging
import OVAPI
import OVCore
import OVIngest
import OVStore
import OVSystem
import ServiceLifecycle
import Synchronization

/// The use cases over a store: every rule of the product that is not a value's own lives here, once.
///
/// Operations commit what was asked for and return; what takes long is a run, which `run` executes. So a run belongs
/// to the process and not to the request that asked for it.
package final class Engine: Sendable {
    let store: Store
    let pipeline: IngestPipeline
    let threads: ThreadPool
    let clock: any WallClock
    let random: any RandomSource
    let logger: Logger
    let networkReach: NetworkReach
    let board = RunBoard()
    let dispatcher: RunDispatcher
    let tally = RunTally()
    let endings = EndingTally()
    let shelf: IndexShelf
    /// Held while a search gathers indexes, so that ten searches do it once.
    let gathering = Mutex(())
    let census = StoreCensus()
    /// Bytes of all packs, and when they were counted.
    let packUsage = Mutex<(at: Timestamp, bytes: Int64)?>(nil)
    let startedAt: Timestamp

    package struct Dependencies: Sendable {
        package var clock: any WallClock
        package var random: any RandomSource
        package var files: any FileSystem
        package var pipeline: @Sendable (ThreadPool, any WallClock) -> IngestPipeline
        package var logger: Logger
        package var networkReach = NetworkReach()

        package init(
            clock: any WallClock, random: any RandomSource, files: any FileSystem,
            pipeline: @escaping @Sendable (ThreadPool, any WallClock) -> IngestPipeline, logger: Logger
        ) {
            self.clock = clock
            self.random = random
            self.files = files
            self.pipeline = pipeline
            self.logger = logger
        }

        /// What the product runs with.
        /// - Parameter environment: the variables of the process.
        package static func standard(home: String, environment: [String: String], logger: Logger) -> Dependencies {
            let surroundings = Surroundings(home: home, environment: environment)
            return Dependencies(
                clock: SystemClock(), random: SystemRandomSource(), files: LocalFileSystem(),
                pipeline: { threads, clock in
                    .standard(threads: threads, clock: clock, surroundings: surroundings)
                }, logger: logger)
        }
    }

    /// - Parameter role: what this process is, for the messages of others: `serve`, `cli`.
    /// - Throws: `UNAVAILABLE` when the store is damaged or cannot be read.
    package static func open(
        home: String, limits: Limits, role: String, dependencies: Dependencies
    ) async throws(OVError) -> Engine {
        let store = try await Store.open(
            home: home, files: dependencies.files, clock: dependencies.clock, random: dependencies.random,
            limits: limits, role: role)
        return Engine(store: store, dependencies: dependencies)
    }

    private init(store: Store, dependencies: Dependencies) {
        self.store = store
        shelf = IndexShelf(store: store)
        threads = ThreadPool()
        pipeline = dependencies.pipeline(threads, dependencies.clock)
        clock = dependencies.clock
        random = dependencies.random
        logger = dependencies.logger
        dispatcher = RunDispatcher(
            bound: store.limits.concurrentRuns, boundPerHost: store.limits.runsPerHost)
        networkReach = dependencies.networkReach
        startedAt = dependencies.clock.now()
    }

    var limits: Limits { store.limits }

    /// What this process knows of the store at this moment.
    package var state: State { store.state }

    /// Runs work that blocks on threads of its own.
    func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws(OVError) -> Result)
        async throws(OVError) -> Result
    {
        let outcome: Swift.Result<Result, OVError> = await withTaskExecutorPreference(threads) {
            do throws(OVError) { return .success(try body()) } catch { return .failure(error) }
        }
        return try outcome.get()
    }
}

extension Engine: ControlPlane, MetricsSource {}

extension Engine: Service {
    /// Executes runs until `finish` or a graceful shutdown, then those that are going on to their end.
    ///
    /// Cancelling it ends them: their tasks are `interrupted`, and their watches due.
    package func run() async throws {
        await withGracefulShutdownHandler {
            await executeRuns()
        } onGracefulShutdown: {
            self.finish()
        }
    }

    /// Accepts no further runs.
    package func finish() { dispatcher.finish(leavingWaiting: false) }

    /// Makes this process the daemon of the store until it ends.
    /// - Parameters:
    ///   - socket: the path of its socket, for the commands that look for it.
    ///   - url: where else it listens.
    /// - Throws: `FAILED_PRECONDITION` that names the daemon that there is.
    package func holdDaemonLock(socket: String?, url: String?) async throws(OVError) {
        try await store.holdDaemonLock(socket: socket, url: url)
    }
}
