// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What the store holds and who is at work on it.
package struct StatusReport: Hashable, Sendable, JSONWritable {
    /// Empty, as the figures of the store below are 0, for callers who may not know of other accounts.
    package var home: String
    package var version: String
    package var resources = 0
    package var documents = 0
    package var documentBytes: Int64 = 0
    package var activeWatches = 0
    package var pausedWatches = 0
    package var suspendedWatches = 0
    package var failingWatches = 0
    package var dueWatches = 0
    package var pendingTasks = 0
    package var runningTasks = 0
    package var nextRun: Timestamp?
    package var stateBytes: Int64 = 0
    package var packBytes: Int64 = 0
    package var packs = 0
    /// Number of the last commit.
    package var sequence: UInt64 = 0
    package var generation: UInt64 = 0
    /// Who schedules, in words; nil when nobody does.
    package var scheduler: String?
    package var daemon: String?

    package init(home: String, version: String) {
        self.home = home
        self.version = version
    }

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("home", home)
            json.member("version", version)
            // Whoever can answer this can read its store.
            json.member("is_healthy", true)
            json.member("resources", resources)
            json.member("documents", documents)
            json.member("document_bytes", Int(documentBytes))
            json.name("watches")
            json.object { json in
                json.member("active", activeWatches)
                json.member("paused", pausedWatches)
                json.member("suspended", suspendedWatches)
                json.member("failing", failingWatches)
                json.member("due", dueWatches)
            }
            json.name("tasks")
            json.object { json in
                json.member("pending", pendingTasks)
                json.member("running", runningTasks)
            }
            json.member("next_run", orNull: nextRun)
            writeStore(to: &json)
            json.member("scheduler", orNull: scheduler)
            json.member("daemon", orNull: daemon)
        }
    }

    private func writeStore(to json: inout JSONWriter) {
        json.name("store")
        json.object { json in
            json.member("state_bytes", Int(stateBytes))
            json.member("pack_bytes", Int(packBytes))
            json.member("packs", packs)
            json.member("sequence", Int(clamping: sequence))
            json.member("generation", Int(clamping: generation))
        }
    }
}

package struct HealthReport: Hashable, Sendable, JSONWritable {
    package let isHealthy: Bool
    package let version: String
    /// What is wrong, if anything.
    package let problems: [String]

    package init(isHealthy: Bool, version: String, problems: [String] = []) {
        self.isHealthy = isHealthy
        self.version = version
        self.problems = problems
    }

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("status", isHealthy ? "ok" : "unhealthy")
            json.member("healthy", isHealthy)
            json.member("version", version)
            json.member("problems", problems)
        }
    }
}
