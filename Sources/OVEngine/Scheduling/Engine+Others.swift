// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVStore

/// What the scheduler asks about other processes.
extension Engine {
    /// Whether nobody holds the scheduler's lock, as far as can be told.
    func isSchedulerGone() async -> Bool {
        do throws(OVError) { return try await store.scheduler() == nil } catch { return false }
    }

    /// Whether something runs that this process has not started.
    func runsOfOthers(in state: State) -> Bool { state.runningTasks.contains { board.live($0.id) == nil } }
}
