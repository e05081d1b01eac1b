// SPDX-License-Identifier: Apache-2.0

import OVCore
import ServiceLifecycle

/// Executes the runs of a process that lives long. At a graceful shutdown nothing more starts: what waits stays in the
/// store for whoever comes next, and what goes on has a while to end. Then it is interrupted, and its watches are due
/// at the next start.
package struct RunService: Service {
    private let engine: Engine
    private let grace: Milliseconds

    /// - Parameter grace: how long runs go on after a graceful shutdown has begun.
    package init(engine: Engine, grace: Milliseconds) {
        self.engine = engine
        self.grace = grace
    }

    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await engine.executeRuns() }
            group.addTask { await expire() }
            await group.next()
            group.cancelAll()
        }
    }

    /// Returns when the time of runs is over.
    private func expire() async {
        guard (try? await gracefulShutdown()) != nil else { return }
        engine.dispatcher.finish(leavingWaiting: true)
        try? await engine.clock.sleep(for: grace)
    }
}
