// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

extension Engine {
    package func status(as caller: Caller) async throws(OVError) -> StatusReport {
        try await store.refresh()
        let state = store.state
        let now = clock.now()
        let isRoot = caller.role == .root
        var report = StatusReport(home: isRoot ? store.path : "", version: productVersion)
        for resource in state.resources.values where caller.maySee(resource.owner) {
            report.resources += 1
            guard let revision = state.currentRevision(of: resource) else { continue }
            report.documents += revision.documents
            report.documentBytes += revision.bytes
        }
        for watch in state.watches.values where caller.maySee(watch.owner) { report.count(watch, at: now) }
        report.pendingTasks = state.pendingTasks.reduce(0) { $0 + (caller.maySee($1.owner) ? 1 : 0) }
        report.runningTasks = state.runningTasks.reduce(0) { $0 + (caller.maySee($1.owner) ? 1 : 0) }
        if isRoot { try await addStore(to: &report) }
        report.scheduler = try await store.schedulerLabel()
        report.daemon = try await store.daemonLabel()
        return report
    }

    /// Where the store is and how large tells what other accounts do, so it is root's to know.
    private func addStore(to report: inout StatusReport) async throws(OVError) {
        let usage = try await store.packUsage()
        report.packs = usage.packs
        report.packBytes = usage.bytes
        report.stateBytes = await store.stateFileLength
        report.sequence = store.state.sequence
        report.generation = store.state.identity.generation
    }

    package func health() async throws(OVError) -> HealthReport {
        do throws(OVError) {
            try await store.probe()
            return HealthReport(isHealthy: true, version: productVersion)
        } catch {
            return HealthReport(isHealthy: false, version: productVersion, problems: [error.message])
        }
    }
}

extension StatusReport {
    fileprivate mutating func count(_ watch: WatchTask, at now: Timestamp) {
        switch watch.state {
        case .active: activeWatches += 1
        case .paused: pausedWatches += 1
        case .suspended: suspendedWatches += 1
        }
        if watch.consecutiveFailures > 0 { failingWatches += 1 }
        if watch.isDue(asOf: now) { dueWatches += 1 }
        if let due = watch.due(asOf: now) { nextRun = min(nextRun ?? due, due) }
    }
}
