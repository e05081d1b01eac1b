// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem
import Synchronization

/// A store: a home folder, and what this process knows of its state.
///
/// Any number of processes may have the same home open. Reads take no lock and cost nothing: `state` is a value.
/// Writes are transactions; those that wait at the same time become one commit with one sync. The actor runs on a
/// thread of its own, because everything it does blocks.
package actor Store {
    private nonisolated let executor = ThreadExecutor()
    private nonisolated let published = Mutex(Published())
    private nonisolated let waiting = Mutex<[any PendingCommit]>([])
    private nonisolated let listeners = Mutex<[UInt64: @Sendable () -> Void]>([:])

    nonisolated let home: Home
    nonisolated let files: any FileSystem
    nonisolated let clock: any WallClock
    nonisolated let random: any RandomSource
    package nonisolated let limits: Limits
    /// What this process is, for labels.
    nonisolated let role: String

    let stateFile: StateFile
    private var openLock: LockFile?
    /// The labels of the locks that this process holds for longer than a commit.
    var held: [LockFile.Slot: LockLabel] = [:]
    /// The owner slot of this process, once it has run something.
    var ownerSlot: Int?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(
        home: String, files: any FileSystem, clock: any WallClock, random: any RandomSource, limits: Limits,
        role: String
    ) {
        self.home = Home(path: home)
        self.files = files
        self.clock = clock
        self.random = random
        self.limits = limits
        self.role = role
        stateFile = StateFile(home: self.home, files: files)
    }

    /// Opens the store in a folder. One that does not exist is an empty store; the first commit creates it.
    /// - Throws: `UNAVAILABLE` when the state is damaged, of a newer format, or cannot be read.
    package static func open(
        home: String, files: any FileSystem = LocalFileSystem(), clock: any WallClock, random: any RandomSource,
        limits: Limits, role: String
    ) async throws(OVError) -> Store {
        let store = Store(home: home, files: files, clock: clock, random: random, limits: limits, role: role)
        try await store.takeUpCommits()
        return store
    }

    /// The state as of the last commit that this process knows of.
    package nonisolated var state: State { published.withLock { $0.state } }

    package nonisolated var path: String { home.path }

    // MARK: Commits

    /// Takes up what other processes have committed since.
    ///
    /// As long as nobody commits, that takes no turn on the store's thread: the state file's status, which the kernel
    /// has at hand, says that there is nothing to read.
    /// - Throws: `UNAVAILABLE`, see `open`.
    package nonisolated(nonsending) func refresh() async throws(OVError) {
        if published.withLock({ $0.file })?.isUnchanged == true { return }
        try await takeUpCommits()
    }

    /// On the store's thread, whatever the status of the file says.
    func takeUpCommits() throws(OVError) {
        do throws(OVError) {
            _ = try stateFile.refresh()
            publish()
        } catch {
            // What looks like damage may be another process at work. Under the lock nobody is.
            guard error.details["damaged_file"] != nil, files.existsForSure(home.lock) else { throw error }
            try withCommitLock { () throws(OVError) in _ = try stateFile.refresh() }
            publish()
        }
    }

    private func publish() {
        let (state, file) = (stateFile.state, stateFile.settled)
        let isNews = published.withLock { published in
            defer { published = Published(state: state, file: file) }
            return published.state.sequence != state.sequence || published.state.identity != state.identity
        }
        guard isNews else { return }
        for tell in listeners.withLock({ Array($0.values) }) { tell() }
    }

    /// Has `tell` called whenever `state` has changed, by whomever, as soon as this process knows: before a commit
    /// returns. It is called on the store's thread and must not block. Several changes may make one call.
    package nonisolated func listen(_ tell: @escaping @Sendable () -> Void) -> StoreListening {
        let number = listeners.withLock { listeners in
            let number = (listeners.keys.max() ?? 0) + 1
            listeners[number] = tell
            return number
        }
        return StoreListening { [weak self] in _ = self?.listeners.withLock { $0.removeValue(forKey: number) } }
    }

    /// The same as a sequence, for who comes when it is convenient.
    package nonisolated func notices() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let listening = listen { continuation.yield() }
        continuation.onTermination = { _ in listening.stop() }
        return stream
    }

    /// Runs a transaction and makes it durable before it returns.
    ///
    /// `body` sees the newest state there is, other processes' commits included. It may be called on any thread, and
    /// more than once, of which the last call counts. If it throws, nothing of it happens. If it writes nothing,
    /// nothing is written.
    /// - Throws: what `body` throws, or `UNAVAILABLE` when the store cannot be written; then nothing has changed.
    package nonisolated func commit<Result: Sendable>(
        _ body: @escaping @Sendable (inout Transaction) throws(OVError) -> Result
    ) async throws(OVError) -> Result {
        let pending = Commit(body: body)
        let isFirst = waiting.withLock { batch in
            batch.append(pending)
            return batch.count == 1
        }
        // The first commits for all who join it before its turn comes. They must not take turns of their own: what is
        // durable would have to wait for the commits of those ahead.
        if isFirst { await commitWaiting() }
        return try await pending.outcome()
    }

    private func commitWaiting() {
        let batch = waiting.withLock { batch in
            defer { batch = [] }
            return batch
        }
        var failure: OVError?
        do throws(OVError) {
            if try wantsHome(batch) {
                try createHome()
                try withCommitLock { () throws(OVError) in try commit(batch) }
            }
        } catch {
            failure = error
        }
        // Also after a failure: what others have committed is there nevertheless.
        publish()
        for pending in batch { pending.settle(failure) }
    }

    /// Whether some transaction has something to write. On a home that is not there, one that is refused must not
    /// leave a folder behind; so what its outcome is on an empty state is found out first.
    private func wantsHome(_ batch: [any PendingCommit]) throws(OVError) -> Bool {
        guard openLock == nil, !stateFile.exists, !files.existsForSure(home.lock) else { return true }
        _ = try stateFile.refresh()
        return evaluate(batch, on: .empty).recordCount > 0
    }

    private func commit(_ batch: [any PendingCommit]) throws(OVError) {
        _ = try stateFile.refresh()
        var state = stateFile.state
        if !stateFile.exists { state.identity = newIdentity() }
        let transaction = evaluate(batch, on: state)
        guard transaction.recordCount > 0 else { return }
        let wasDurable = stateFile.isDurable
        try stateFile.append(transaction)
        if !wasDurable { labelLock(.commit, role: role) }
        // The commit is durable; a compaction that fails is tried again by the next one.
        if stateFile.wantsCompaction { try? stateFile.compact(at: transaction.now) }
    }

    /// Runs the bodies one after the other, each seeing what those ahead have written.
    private func evaluate(_ batch: [any PendingCommit], on state: State) -> Transaction {
        let now = clock.now()
        let server = { () throws(OVError) in try self.daemon() }
        var transaction = Transaction(state: state, now: now, server: server)
        for pending in batch where !pending.evaluate(&transaction, undoing: false) {
            // One has written and then thrown, which hardly any can. Once more, with everything to undo it.
            transaction = Transaction(state: state, now: now, server: server)
            for pending in batch { _ = pending.evaluate(&transaction, undoing: true) }
            break
        }
        return transaction
    }

    /// Makes sure that there is a state, so that labels can be written and whoever looks finds them.
    func createState() throws(OVError) {
        try takeUpCommits()
        guard !stateFile.isDurable else { return }
        try createHome()
        try withCommitLock { () throws(OVError) in
            _ = try stateFile.refresh()
            if !stateFile.exists { try stateFile.create(newIdentity(), at: clock.now()) }
        }
        publish()
    }

    private func newIdentity() -> State.Identity {
        State.Identity(store: random.nextTaskID(), epoch: 1, generation: 0)
    }

    // MARK: Locks

    /// Runs `body` while no other process can commit.
    /// - Throws: `UNAVAILABLE` that names the holder when the lock is not to be had in time.
    func withCommitLock<Result>(_ body: () throws(OVError) -> Result) throws(OVError) -> Result {
        let lock = try lockFile()
        try lock.lock(.commit, waitingAtMost: limits.lockWait)
        defer { lock.unlock(.commit) }
        labelLock(.commit, role: role)
        return try body()
    }

    func lockFile() throws(OVError) -> LockFile {
        if let openLock { return openLock }
        let lock = try translatingErrors { () throws(SystemError) in try LockFile(path: home.lock) }
        openLock = lock
        return lock
    }

    /// Says who holds a lock. A label is for messages only, so a disk that has no room for it stops nothing.
    ///
    /// But the first bytes of the lock file say that there is a state, so that has to be durable before them.
    func labelLock(_ slot: LockFile.Slot, role: String) { setLabel(label(role: role), of: slot) }

    func setLabel(_ label: LockLabel, of slot: LockFile.Slot) {
        guard let openLock, stateFile.isDurable || (try? openLock.hasContent) == true else { return }
        try? openLock.setLabel(label, of: slot)
    }

    func label(role: String) -> LockLabel { LockLabel(processID: processID(), role: role, since: clock.now()) }

    func createHome() throws(OVError) {
        guard openLock == nil else { return }
        try translatingErrors { () throws(SystemError) in try files.createFolder(home.path) }
    }

    /// Rewrites the state as one snapshot.
    package func compact() throws(OVError) {
        try withCommitLock { () throws(OVError) in
            _ = try stateFile.refresh()
            if stateFile.exists { try stateFile.compact(at: clock.now()) }
        }
        publish()
    }

    package var stateFileLength: Int64 { stateFile.length }

    /// Finds out whether the store can be read and, if it exists, written: reads what is new and takes the commit lock.
    package func probe() throws(OVError) {
        try takeUpCommits()
        guard stateFile.exists else { return }
        try withCommitLock { () throws(OVError) in _ = try stateFile.refresh() }
        publish()
    }
}

/// What callers see of the state file.
private struct Published {
    var state = State.empty
    /// The file with exactly that state, if one cannot change without the other.
    var file: SettledFile?
}

/// What `Store.listen` gives, to end it.
package struct StoreListening: Sendable {
    fileprivate let end: @Sendable () -> Void

    package func stop() { end() }
}

extension FileSystem {
    /// Whether there is a file at `path`; false when that cannot be found out.
    func existsForSure(_ path: String) -> Bool {
        ((try? status(of: path)) ?? nil) != nil
    }
}
