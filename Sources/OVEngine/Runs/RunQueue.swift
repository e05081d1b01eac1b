// SPDX-License-Identifier: Apache-2.0

import HeapModule
import OVCore

/// What waits to be run, what has been due for longest first, and nothing before its host has room.
///
/// A line for each host, and a heap of the fronts of those lines that have room. A front that is no longer one stays
/// in the heap and is passed over when it comes up. O(log n) for each operation.
struct RunQueue {
    private struct Entry: Comparable {
        let submission: RunDispatcher.Submission
        /// Among those that are due at the same instant, who came first.
        let number: UInt64

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

    private struct Line {
        var waiting = Heap<Entry>()
        var running = 0
    }

    private let bound: Int
    private let boundPerHost: Int
    private var lines: [String?: Line] = [:]
    private var fronts = Heap<Front>()
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
        lines[submission.host, default: Line()].waiting.insert(entry)
        if lines[submission.host]?.waiting.min == entry { offerFront(of: submission.host) }
    }

    /// Takes out what may start now, and counts it as running until `leave`.
    mutating func start() -> RunDispatcher.Submission? {
        guard running < bound, let host = nextHost(), let entry = lines[host]?.waiting.popMin() else { return nil }
        lines[host]?.running += 1
        (running, waiting) = (running + 1, waiting - 1)
        offerFront(of: host)
        return entry.submission
    }

    /// Whether `start` would give something.
    var canStart: Bool { mutating get { running < bound && nextHost() != .none } }

    /// Something that was started for a host has ended.
    mutating func leave(_ host: String?) {
        running -= 1
        lines[host]?.running -= 1
        if let line = lines[host], line.running == 0, line.waiting.isEmpty {
            lines[host] = nil
        } else {
            offerFront(of: host)
        }
    }

    /// Takes out everything that waits and fulfils a condition.
    mutating func remove(where condition: (RunDispatcher.Submission) -> Bool) -> [RunDispatcher.Submission] {
        var removed: [RunDispatcher.Submission] = []
        fronts = Heap()
        for (host, line) in lines {
            var kept: [Entry] = []
            for entry in line.waiting.unordered {
                if condition(entry.submission) { removed.append(entry.submission) } else { kept.append(entry) }
            }
            lines[host] = kept.isEmpty && line.running == 0 ? nil : Line(waiting: Heap(kept), running: line.running)
            offerFront(of: host)
        }
        waiting -= removed.count
        return removed
    }

    /// The host of what starts next; its front is the least of the heap, and stays there.
    private mutating func nextHost() -> String?? {
        while let front = fronts.min {
            if let line = lines[front.host], hasRoom(line, front.host), line.waiting.min?.number == front.number {
                return .some(front.host)
            }
            fronts.removeMin()
        }
        return .none
    }

    private func hasRoom(_ line: Line, _ host: String?) -> Bool { host == nil || line.running < boundPerHost }

    private mutating func offerFront(of host: String?) {
        guard let line = lines[host], hasRoom(line, host), let entry = line.waiting.min else { return }
        fronts.insert(Front(since: entry.submission.since, number: entry.number, host: host))
    }
}
