// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore
import OVSystem

/// The maintenance of a store, which must work on one that cannot be opened.
package struct StoreKeeper: StoreMaintenance {
    let store: Store
    let random: any RandomSource

    package init(home: String, limits: Limits, dependencies: Engine.Dependencies) {
        store = Store.unopened(
            home: home, files: dependencies.files, clock: dependencies.clock, random: dependencies.random,
            limits: limits)
        random = dependencies.random
    }

    package func check(progress: @Sendable (String) -> Void) async throws(OVError) -> StoreCheck {
        let inspection = try await store.inspect(progress: progress)
        var check = StoreCheck()
        check.problems = inspection.problems.map { StoreCheck.Problem(file: $0.file, message: $0.message) }
        check.notes = inspection.notes.map { StoreCheck.Problem(file: $0.file, message: $0.message) }
        check.resources = inspection.state.resources.count
        check.revisions = inspection.revisions
        check.documents = inspection.documents
        check.packs = inspection.packs
        check.bytes = inspection.bytes
        check.sequence = inspection.state.sequence
        return check
    }

    package func repair() async throws(OVError) -> StoreRepair {
        let done = try await store.repair()
        var repair = StoreRepair()
        repair.kept = done.kept
        repair.lost = done.lost
        repair.actions = done.actions
        return repair
    }

    package func compact() async throws(OVError) -> StoreCompaction {
        try await store.refresh()
        var compaction = StoreCompaction()
        compaction.stateBytesBefore = await store.stateFileLength
        guard compaction.stateBytesBefore > 0 else { return compaction }
        compaction.packsRewritten = try await store.rewritePacks()
        try await gatherIndexes()
        try await store.compact()
        compaction.stateBytesAfter = await store.stateFileLength
        let collected = try await store.collect()
        compaction.packsRemoved = collected.packs
        compaction.packBytesRemoved = collected.bytes
        return compaction
    }
}

extension StoreKeeper {
    /// So that searches of many small resources open few files. A disk that has no room for indexes has packs all the
    /// same.
    private func gatherIndexes() async throws(OVError) {
        guard try await store.beginGathering() else { return }
        let indexes = GatheredIndexes(store: store, pages: PageCache(bytes: 16 << 20))
        let threads = ThreadPool()
        let state = store.state
        await withTaskExecutorPreference(threads) {
            try? IndexGathering(store: store, indexes: indexes).run(in: state)
        }
        await store.endGathering()
    }

    /// The daemon of the store, found without reading its state; nil when none runs.
    package func daemon() async throws(OVError) -> RunningDaemon? {
        try await store.daemon().map { RunningDaemon(socket: $0.socket, version: $0.version) }
    }
}

/// A daemon that another process is.
package struct RunningDaemon: Hashable, Sendable {
    /// The path of its socket; nil until it listens.
    package let socket: String?
    package let version: String
}
