// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// What waiting for runs does about each thing that happens. The decisions of `RunMonitor`, without its doings.
struct RunMonitorState {
    enum Event: Sendable {
        case update(TaskView)
        /// Nothing more will be heard of a run.
        case lost(TaskID, OVError)
        /// Runs that were started in the place of one that has ended; none when there are no more.
        case started([TaskID])
        case signal(TerminationSignal)
        case tick
        case timeout
    }

    enum Action: Hashable {
        case showProgress
        /// A run reached its end.
        case end(TaskView)
        case fail(OVError)
        /// Start others in the place of one that has ended.
        case refill
        /// Observe these, too.
        case follow([TaskID])
        /// Ask for the end of these.
        case cancel([TaskID])
        case exitAtOnce(Int32)
        case stop
    }

    private(set) var latest: [TaskID: TaskView] = [:]
    private(set) var waiting: Set<TaskID>
    /// All that were ever waited for: one that is named again is not run again.
    private var known: Set<TaskID>
    private(set) var finished = 0
    private(set) var total: Int
    private let refills: Bool
    /// Refills that were asked for and have not been answered.
    private var openRefills = 0
    /// The first signal that came.
    private(set) var signal: TerminationSignal?

    /// - Parameter refills: whether each run that ends makes room for another.
    init(waitingFor runs: some Sequence<TaskID>, refills: Bool = false) {
        waiting = Set(runs)
        known = waiting
        total = waiting.count
        self.refills = refills
    }

    mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .update(let view):
            let id = view.id
            guard waiting.contains(id) else { return [] }
            guard view.status.isFinal else {
                latest[id] = view
                return [.showProgress]
            }
            return [.end(view)] + finish(id)
        case .lost(let id, let error):
            guard waiting.contains(id) else { return [] }
            return [.fail(error)] + finish(id)
        case .started(let ids):
            openRefills -= 1
            let new = ids.filter { known.insert($0).inserted }
            waiting.formUnion(new)
            total += new.count
            return (new.isEmpty ? [] : [.follow(new)]) + [goOn]
        case .signal(let signal):
            if let first = self.signal { return [.exitAtOnce(first.exitStatus)] }
            self.signal = signal
            return [.cancel(waiting.sorted { ($0.high, $0.low) < ($1.high, $1.low) })]
        case .tick: return [.showProgress]
        case .timeout: return [.stop]
        }
    }

    private mutating func finish(_ id: TaskID) -> [Action] {
        waiting.remove(id)
        latest[id] = nil
        finished += 1
        // Whoever wants to stop does not start more.
        guard refills, signal == nil else { return [goOn] }
        openRefills += 1
        return [.refill, goOn]
    }

    private var goOn: Action { waiting.isEmpty && openRefills == 0 ? .stop : .showProgress }
}
