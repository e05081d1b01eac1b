// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// What waiting for runs does about each thing that happens. The decisions of `RunMonitor`, without its doings.
struct RunMonitorState {
    enum Event: Sendable {
        case update(TaskView)
        /// Nothing more will be heard of a run.
        case lost(TaskID, OVError)
        case signal(TerminationSignal)
        case tick
        case timeout
    }

    enum Action: Hashable {
        case showProgress
        /// A run reached its end.
        case end(TaskView)
        case fail(OVError)
        /// Ask for the end of these.
        case cancel([TaskID])
        case exitAtOnce(Int32)
        case stop
    }

    private(set) var latest: [TaskID: TaskView] = [:]
    private(set) var waiting: Set<TaskID>
    private(set) var finished = 0
    let total: Int
    /// The first signal that came.
    private(set) var signal: TerminationSignal?

    init(waitingFor runs: some Sequence<TaskID>) {
        waiting = Set(runs)
        total = waiting.count
    }

    mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .update(let view):
            let id = view.task.id
            guard waiting.contains(id) else { return [] }
            guard view.task.status.isFinal else {
                latest[id] = view
                return [.showProgress]
            }
            finish(id)
            return [.end(view), waiting.isEmpty ? .stop : .showProgress]
        case .lost(let id, let error):
            guard waiting.contains(id) else { return [] }
            finish(id)
            return [.fail(error), waiting.isEmpty ? .stop : .showProgress]
        case .signal(let signal):
            if let first = self.signal { return [.exitAtOnce(first.exitStatus)] }
            self.signal = signal
            return [.cancel(waiting.sorted { ($0.high, $0.low) < ($1.high, $1.low) })]
        case .tick: return [.showProgress]
        case .timeout: return [.stop]
        }
    }

    private mutating func finish(_ id: TaskID) {
        waiting.remove(id)
        latest[id] = nil
        finished += 1
    }
}
