// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVStore

/// How many more runs this process may claim for each host.
struct HostRoom {
    private let bound: Int
    private var running: [String: Int] = [:]

    /// - Parameter slot: the process's owner slot: what it has claimed already counts.
    init(_ bound: Int, ofSlot slot: Int, in state: State) {
        self.bound = bound
        for task in state.runningTasks where task.lease?.slot == slot { take(state.host(at: task.key)) }
    }

    func has(_ host: String?) -> Bool { host.map { running[$0, default: 0] < bound } ?? true }

    mutating func take(_ host: String?) {
        if let host { running[host, default: 0] += 1 }
    }
}

extension Transaction {
    /// How much may be claimed.
    struct ClaimBounds: Sendable {
        let runs: Int
        /// Of one process, for one host.
        let perHost: Int
    }
}

extension State {
    /// The host that a resource is fetched from; nil when there is none.
    func host(at key: ResourceKey) -> String? { resources[key]?.source.host }
}
