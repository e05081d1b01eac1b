// SPDX-License-Identifier: Apache-2.0

import Logging
import OVCore
import OVStore
import OVSystem
import ServiceLifecycle
import Synchronization

/// Keeps every watch on time, in the one process of a store that holds the scheduler's lock; in others it waits for
/// that process to end.
///
/// It sleeps until the next watch is due, and wakes when the schedule changes: its own process's commits tell it, and
/// inotify tells it what others have appended to the state file. It starts nothing itself, but hands what is due to
/// the dispatcher of its engine, which has to be running and which bounds runs whoever asked for them.
///
/// A single sleep takes a minute at most. One bound covers everything that gives no event: a clock that is set, a
/// machine that was suspended (waiting is on the monotonic clock), a notice that the kernel dropped, an owner that died
/// and whose lock vanished without a word. One wake-up a minute that finds nothing costs nothing that could be measured,
/// and needs neither a timer of the kernel's own nor a second port for time.
package final class Scheduler: Service {
    /// How long it sleeps at most, and how long where nothing tells what other processes do.
    package static let longestSleep = Milliseconds.seconds(60)
    static let longestBlindSleep = Milliseconds.seconds(5)
    /// How often a process that waits to schedule tries. It is told when one ends; this is in case it is not.
    static let waitForOthers = Milliseconds.seconds(5)
    /// How long after the end of a process its locks are gone for certain.
    static let afterAnEnd = Milliseconds(100)

    /// What a clock may be adjusted by without having been set.
    private static let slack = Milliseconds.seconds(1)

    private struct Inbox {
        var settled: [(watch: TaskID, settlement: DueStart.Settlement)] = []
        /// Whether another process may have committed.
        var isStateChanged = false
        /// Whether a process has ended that had the store open.
        var isProcessGone = false
        var isStopping = false
    }

    private let engine: Engine
    private let longestSleep: Milliseconds
    private let bell = Bell()
    private let inbox = Mutex(Inbox())
    private let progress = Mutex(SchedulerReport())
    /// The version of the bell that the sleep began with which goes on; nil while it is awake.
    private let asleep = Mutex<UInt64?>(nil)

    /// - Parameter longestSleep: how long it may take until a clock that was set is noticed.
    package init(engine: Engine, longestSleep: Milliseconds = Scheduler.longestSleep) {
        self.engine = engine
        self.longestSleep = longestSleep
    }

    /// Schedules until a graceful shutdown or until it is cancelled. What has not begun by then is taken back; runs go
    /// on, for they are the engine's.
    package func run() async throws {
        await withGracefulShutdownHandler {
            await work()
        } onGracefulShutdown: {
            self.stop()
        }
    }

    package func stop() {
        inbox.withLock { $0.isStopping = true }
        bell.ring()
    }

    package var report: SchedulerReport {
        var report = engine.tally.report
        let progress = progress.withLock { $0 }
        (report.isScheduling, report.attentiveSince) = (progress.isScheduling, progress.attentiveSince)
        (report.scheduled, report.next) = (progress.scheduled, progress.next)
        (report.running, report.waiting) = engine.dispatcher.load
        return report
    }

    /// Whether nothing is going to happen before time passes: it sleeps, nothing has happened that it would wake for,
    /// and nothing can start. For who moves the clock by hand.
    package var isAtRest: Bool { asleep.withLock { $0 } == bell.version && !engine.dispatcher.canStart }

    /// Rings whenever a run begins to wait, or ends.
    package var loadBell: Bell { engine.dispatcher.bell }

    private var isStopping: Bool { Task.isCancelled || inbox.withLock { $0.isStopping } }

    // MARK: Turns

    private func work() async {
        var isOurTurn = await tryToSchedule()
        let watcher = watcher()
        let listening = engine.store.listen { [bell] in bell.ring() }
        defer { listening.stop() }
        await withDiscardingTaskGroup { group in
            if let watcher {
                let thread = ThreadPool(count: 1)
                group.addTask(executorPreference: thread) {
                    withExtendedLifetime(thread) { self.follow(watcher) }
                }
            }
            while !isStopping {
                if isOurTurn {
                    await schedule(isBlind: watcher == nil)
                    await letGo()
                } else {
                    await waitForTurn()
                }
                if !isStopping { isOurTurn = await tryToSchedule() }
            }
            watcher?.stop()
            group.cancelAll()
        }
    }

    private func tryToSchedule() async -> Bool {
        do throws(OVError) {
            return try await engine.store.tryToSchedule()
        } catch {
            engine.logger.error("cannot schedule", metadata: ["error": "\(error)"])
            return false
        }
    }

    private func letGo() async {
        engine.dispatcher.withdrawDue()
        progress.withLock { $0 = SchedulerReport() }
        do throws(OVError) {
            try await engine.store.stopScheduling()
        } catch {
            engine.logger.error("cannot stop scheduling", metadata: ["error": "\(error)"])
        }
    }

    /// Returns when another process has ended, or after a while.
    private func waitForTurn() async {
        var wait = Self.waitForOthers
        while !isStopping {
            let version = bell.version
            if inbox.withLock({ inbox in take(&inbox.isProcessGone) }) {
                // A process's end is told just before its locks go.
                if await engine.isSchedulerGone() { return }
                wait = Self.afterAnEnd
            }
            if await sleep(for: wait, version) { return }
        }
    }

    private func take(_ flag: inout Bool) -> Bool {
        defer { flag = false }
        return flag
    }

    // MARK: Scheduling

    private func schedule(isBlind: Bool) async {
        let longestSleep = isBlind ? min(Self.longestBlindSleep, longestSleep) : longestSleep
        var plan = SchedulePlan(now: engine.clock.now(), longestSleep: longestSleep)
        // Whatever others have left behind until now.
        inbox.withLock { $0 = Inbox(isStateChanged: true, isProcessGone: true, isStopping: $0.isStopping) }
        var (isOver, clockWasSet) = (false, false)
        while !isStopping {
            let version = bell.version
            let news = inbox.withLock { inbox in
                defer { inbox = Inbox(isStopping: inbox.isStopping) }
                return inbox
            }
            await take(news)
            let now = engine.clock.now()
            let state = engine.store.state
            for (watch, settlement) in news.settled { plan.settle(watch, settlement, in: state, now: now) }
            let orders = plan.look(at: state, now: now, clockWasSet: clockWasSet, isOurs: engine.board.isExpected)
            give(orders, attentiveSince: plan.attentiveSince)
            note(&plan)
            var sleep = min(plan.nextLook.map { $0.since(now) } ?? longestSleep, longestSleep)
            // Its locks may just not have been gone yet.
            if news.isProcessGone, !isOver, engine.runsOfOthers(in: state) { sleep = min(sleep, Self.afterAnEnd) }
            isOver = await self.sleep(for: sleep, version)
            // Who has slept to the end has seen at least that much time pass, unless the clock was set back.
            clockWasSet = isOver && engine.clock.now().since(now).count + Self.slack.count < sleep.count
            // Nothing tells that, so it is looked at whenever there is nothing else to do.
            if isOver {
                inbox.withLock { ($0.isStateChanged, $0.isProcessGone) = (isBlind || $0.isStateChanged, true) }
            }
        }
    }

    /// Takes up what other processes have done, and ends the runs of those that are gone.
    private func take(_ news: Inbox) async {
        do throws(OVError) {
            if news.isStateChanged || news.isProcessGone { try await engine.store.refresh() }
            if news.isProcessGone { try await engine.reconcile() }
        } catch {
            // What is known goes on as it was; the next minute, or the next event, tries again.
            engine.logger.error("cannot read the schedule", metadata: ["error": "\(error)"])
        }
    }

    private func give(_ orders: SchedulePlan.Orders, attentiveSince: Timestamp) {
        for run in orders.runs { engine.submit(pending: run) }
        for (id, due, host) in orders.watches {
            let start = DueStart(watch: id, due: due, attentiveSince: attentiveSince) { [self] settlement in
                inbox.withLock { $0.settled.append((id, settlement)) }
                bell.ring()
            }
            engine.dispatcher.submit(RunDispatcher.Submission(work: .due(start), host: host, since: due))
        }
    }

    private func note(_ plan: inout SchedulePlan) {
        let (count, next, since) = (plan.count, plan.next, plan.attentiveSince)
        progress.withLock { progress in
            progress.isScheduling = true
            (progress.scheduled, progress.next, progress.attentiveSince) = (count, next, since)
        }
    }

    /// Sleeps until the bell has rung since `version`.
    /// - Returns: whether it slept to the end.
    private func sleep(for duration: Milliseconds, _ version: UInt64) async -> Bool {
        guard duration > .zero else { return false }
        asleep.withLock { $0 = version }
        defer { asleep.withLock { $0 = nil } }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask { (try? await self.engine.clock.sleep(for: duration)) != nil }
            group.addTask {
                await self.bell.change(after: version)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    // MARK: Other processes

    private func watcher() -> FolderWatcher? {
        do {
            return try FolderWatcher(engine.store.path)
        } catch {
            engine.logger.warning(
                "cannot watch the store for changes by other processes, so it is looked at every few seconds",
                metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Passes on what happens in the store's folder. Blocks.
    private func follow(_ watcher: FolderWatcher) {
        while let events = try? watcher.next() {
            let isStateChanged = events.contains { $0.kind == .overflow || engine.store.isState($0) }
            let isProcessGone = events.contains { $0.kind == .overflow || engine.store.tellsOfAnEnd($0) }
            guard isStateChanged || isProcessGone else { continue }
            inbox.withLock { inbox in
                inbox.isStateChanged = inbox.isStateChanged || isStateChanged
                inbox.isProcessGone = inbox.isProcessGone || isProcessGone
            }
            bell.ring()
        }
    }
}
