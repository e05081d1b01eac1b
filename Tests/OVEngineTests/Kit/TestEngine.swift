// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore
import OVTestSupport
import Testing

@testable import OVEngine

/// An engine in a world of its own, as one process has it.
struct TestEngine: Sendable {
    let world: World
    let engine: Engine

    var clock: ManualClock { world.clock }
    var sources: ScriptedSources { world.sources }

    /// Lets the engine execute runs while `body` goes on, then those that are left.
    func whileRunning(_ body: (TestEngine) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await engine.run() }
            do { try await body(self) } catch {
                group.cancelAll()
                throw error
            }
            engine.finish()
            try await group.waitForAll()
        }
    }

    /// The same, with a scheduler.
    func whileScheduling(_ body: (TestEngine, Scheduler) async throws -> Void) async throws {
        let scheduler = Scheduler(engine: engine)
        try await whileRunning { test in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await scheduler.run() }
                do { try await body(test, scheduler) } catch {
                    group.cancelAll()
                    throw error
                }
                scheduler.stop()
                try await group.waitForAll()
            }
        }
    }

    /// Waits until what this process knows of the store fulfils a condition.
    func until(_ condition: (State) -> Bool) async throws {
        var notices = engine.store.notices().makeAsyncIterator()
        while !condition(engine.state) {
            try Task.checkCancellation()
            await notices.next()
        }
    }

    /// Waits until a watch has had so many runs that have ended.
    func until(_ uri: String, hasRun count: Int) async throws {
        try await until { state in
            guard let uri = VikingURI(canonical: uri),
                let watch = state.watch(at: ResourceKey(account: "default", uri: uri))
            else { return false }
            return state.tasks(ofWatch: watch.id).count { state.tasks[$0]?.status.isFinal == true } == count
        }
    }

    /// Lets time pass once the scheduler has nothing to do.
    func advance(by duration: Milliseconds, _ scheduler: Scheduler) async {
        while !scheduler.isAtRest || scheduler.report.running > 0 { await Task.yield() }
        await clock.waitForSleeper(within: .minutes(1))
        clock.advance(by: duration)
    }

    @discardableResult
    func ingest(
        _ path: String, to: String? = nil, every minutes: Double = 0, as caller: Caller = .local,
        _ adjust: (inout IngestRequest) -> Void = { _ in }
    ) async throws -> IngestReceipt {
        var request = IngestRequest(path: path, to: to, watchInterval: minutes)
        adjust(&request)
        return try await engine.ingest(request, as: caller)
    }

    /// Waits for a run.
    @discardableResult
    func end(of task: TaskID) async throws -> TaskView {
        var last: TaskView?
        for try await view in try await engine.updates(ofTask: task.description, as: .local) { last = view }
        let record = try #require(last)
        #expect(record.status.isFinal)
        return record
    }

    /// Ingests, and waits for the run.
    @discardableResult
    func ingested(
        _ path: String, to: String? = nil, every minutes: Double = 0, as caller: Caller = .local,
        _ adjust: (inout IngestRequest) -> Void = { _ in }
    ) async throws -> TaskView {
        // The distance that two starts of a watch keep.
        clock.advance(by: .seconds(1))
        return try await end(of: try await ingest(path, to: to, every: minutes, as: caller, adjust).task)
    }

    /// Triggers a watch, and waits for the run.
    @discardableResult
    func refreshed(_ uri: String, accepting held: TaskID? = nil) async throws -> TaskView {
        clock.advance(by: .seconds(1))
        let receipt = try await engine.triggerWatch(WatchKey(uri: uri), acceptingDeletionsOf: held, as: .local)
        return try await end(of: receipt.run)
    }

    func watch(_ uri: String, as caller: Caller = .local) async throws -> WatchView {
        try await engine.watch(WatchKey(uri: uri), as: caller)
    }

    @discardableResult
    func update(_ uri: String, _ patch: WatchPatch, as caller: Caller = .local) async throws -> WatchView {
        try await engine.updateWatch(WatchKey(uri: uri), patch, as: caller)
    }

    /// The documents at and below an address with their text, by relative path.
    func contents(_ uri: String, as caller: Caller = .local) async throws -> [String: String] {
        var contents: [String: String] = [:]
        for entry in try await engine.entries(of: uri, ListOptions(recursive: true), as: caller).entries {
            guard !entry.isFolder else { continue }
            let bytes = try await engine.download(entry.uri.text, as: caller).bytes
            contents[entry.relativePath] = String(decoding: bytes, as: UTF8.self)
        }
        return contents
    }

    func sequence() async throws -> UInt64 { try await engine.status(as: .local).sequence }
}

/// What an operation was refused with; an issue if it was not.
func refusal(
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async -> OVError? {
    do {
        try await body()
        Issue.record("it was not refused", sourceLocation: sourceLocation)
    } catch let error as OVError {
        return error
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
    }
    return nil
}

/// `count` documents that all differ.
func documents(_ count: Int, prefix: String = "d") -> [String: String] {
    Dictionary(uniqueKeysWithValues: (0..<count).map { ("\(prefix)\($0).md", "# Document \(prefix) \($0)\n") })
}

extension Caller {
    static func user(_ user: String, _ account: String = "default") -> Caller {
        Caller(account: account, user: user, role: .user, origin: .local)
    }

    static func admin(_ account: String = "default") -> Caller {
        Caller(account: account, user: "head", role: .admin, origin: .local)
    }
}
