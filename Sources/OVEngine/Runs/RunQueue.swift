// SPDX-License-Identifier: Apache-2.0

import HeapModule
import OVCore

/// What waits to be run: what was asked for, and what is due, each with what has waited longest first, and nothing
/// before its host has room.
///
/// As long as both wait, they take turns, so that nobody who asks waits behind a backlog, and no backlog behind who
/// keeps asking. They do so at each host as well: where the turn finds a host that had one of its own kind last, the
/// other kind is taken there. So whatever waits is started after a bounded number of others: of its own kind those
/// before it, and of the other kind as many.
///
/// A line of each kind for each host, and for each kind a heap of the fronts of those lines that have room. A front that
/// is no longer one stays in the heap and is passed over when it comes up. O(log n) for each operation.
struct RunQueue {
    private enum Kind: Hashable {
        case asked, due

        var other: Kind { self == .asked ? .due : .asked }
    }

    private struct Entry: Comparable {
        let submission: RunDispatcher.Submission
        /// Among those that are due at the same instant, who came first.
        let number: UInt64

        var kind: Kind { submission.isAskedFor ? .asked : .due }

        static func < (left: Entry, right: Entry) -> Bool {
            (left.submission.since, left.number) < (right.submission.since, right.number)
        }
        static func == (left: Entry, right: Entry) -> Bool { left.number == right.number }
    }

    private struct Front: Comparable {
        let since: Timestamp
        let number: UInt64
        let host: String?

        static func < (left: Front, right: Front) -> Bool {
            (left.since, left.number) < (right.since, right.number)
        }
    }

    /// Something for each kind.
    private struct Both<Value> {
        var asked: Value
        var due: Value

        init(_ value: Value) { (asked, due) = (value, value) }

        subscript(kind: Kind) -> Value {
            get { kind == .asked ? asked : due }
            _modify { if kind == .asked { yield &asked } else { yield &due } }
        }
    }

    private struct Line {
        var waiting = Both(Heap<Entry>())
        var running = 0
        /// What was started last.
        var last: Kind?

        var isEmpty: Bool { running == 0 && waiting.asked.isEmpty && waiting.due.isEmpty }

        /// What starts here when it is the turn of a kind that waits here.
        func turn(of kind: Kind) -> Kind { last == kind && !waiting[kind.other].isEmpty ? kind.other : kind }
    }

    private let bound: Int
    private let boundPerHost: Int
    private var lines: [String?: Line] = [:]
    private var fronts = Both(Heap<Front>())
    private var turn = Kind.asked
    private var nextNumber: UInt64 = 0
    private(set) var running = 0
    private(set) var waiting = 0

    /// - Parameter boundPerHost: does not hold for what has no host.
    init(bound: Int = .max, boundPerHost: Int = .max) {
        self.bound = bound
        self.boundPerHost = boundPerHost
    }

    mutating func insert(_ submission: RunDispatcher.Submission) {
        nextNumber += 1
        waiting += 1
        let entry = Entry(submission: submission, number: nextNumber)
        lines[submission.host, default: Line()].waiting[entry.kind].insert(entry)
        if lines[submission.host]?.waiting[entry.kind].min == entry { offerFront(of: entry.kind, at: submission.host) }
    }

    /// Takes out what may start now, and counts it as running until `leave`.
    mutating func start() -> RunDispatcher.Submission? {
        guard running < bound, let (kind, host) = next(), let taken = lines[host]?.turn(of: kind),
            let entry = lines[host]?.waiting[taken].popMin()
        else { return nil }
        lines[host]?.running += 1
        lines[host]?.last = taken
        (running, waiting) = (running + 1, waiting - 1)
        turn = kind.other
        offerFronts(of: host)
        return entry.submission
    }

    /// Whether `start` would give something.
    var canStart: Bool { mutating get { running < bound && next() != nil } }

    /// Something that was started for a host has ended.
    mutating func leave(_ host: String?) {
        running -= 1
        lines[host]?.running -= 1
        // With nothing to wait for, who was last does not matter.
        if lines[host]?.isEmpty ?? false { lines[host] = nil } else { offerFronts(of: host) }
    }

    /// Takes out everything that waits and fulfils a condition.
    mutating func remove(where condition: (RunDispatcher.Submission) -> Bool) -> [RunDispatcher.Submission] {
        var removed: [RunDispatcher.Submission] = []
        fronts = Both(Heap())
        for (host, line) in lines {
            var left = line
            for kind in [Kind.asked, .due] {
                var kept: [Entry] = []
                for entry in line.waiting[kind].unordered {
                    if condition(entry.submission) { removed.append(entry.submission) } else { kept.append(entry) }
                }
                left.waiting[kind] = Heap(kept)
            }
            lines[host] = left.isEmpty ? nil : left
            offerFronts(of: host)
        }
        waiting -= removed.count
        return removed
    }

    /// The kind whose turn it is, or the other if it has nothing, and the host whose front is the least of it.
    private mutating func next() -> (Kind, host: String?)? {
        for kind in [turn, turn.other] {
            if let host = nextHost(of: kind) { return (kind, host) }
        }
        return nil
    }

    /// Its front is the least of the heap, and stays there.
    private mutating func nextHost(of kind: Kind) -> String?? {
        while let front = fronts[kind].min {
            if let line = lines[front.host], hasRoom(line, front.host), line.waiting[kind].min?.number == front.number {
                return .some(front.host)
            }
            fronts[kind].removeMin()
        }
        return .none
    }

    private func hasRoom(_ line: Line, _ host: String?) -> Bool { host == nil || line.running < boundPerHost }

    private mutating func offerFronts(of host: String?) {
        offerFront(of: .asked, at: host)
        offerFront(of: .due, at: host)
    }

    private mutating func offerFront(of kind: Kind, at host: String?) {
        guard let line = lines[host], hasRoom(line, host), let entry = line.waiting[kind].min else { return }
        fronts[kind].insert(Front(since: entry.submission.since, number: entry.number, host: host))
    }
}

extension TaskRecord.Trigger {
    /// Whether somebody asked for the run, who may wait for it.
    var isAsking: Bool { self == .create || self == .manual }
}
