// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVEngine

@Suite(.inTurn) struct RunQueueTests {
    private static func submission(
        _ number: UInt64, _ host: String?, at time: Int64, isAskedFor: Bool = false
    ) -> RunDispatcher.Submission {
        RunDispatcher.Submission(
            work: .pending(TaskID(high: 0, low: number)), host: host, since: Timestamp(milliseconds: time),
            isAskedFor: isAskedFor)
    }

    private static func number(_ submission: RunDispatcher.Submission?) -> UInt64? {
        if case .pending(let id) = submission?.work { id.low } else { nil }
    }

    @Test func `what has been due for longest starts first, whenever it came`() {
        var queue = RunQueue()
        for (number, time) in [(1, 30), (2, 10), (3, 20), (4, 10)] {
            queue.insert(Self.submission(UInt64(number), nil, at: Int64(time)))
        }
        #expect((0..<4).map { _ in Self.number(queue.start()) } == [2, 4, 3, 1])
        #expect(queue.start() == nil)
        #expect(queue.waiting == 0)
        #expect(queue.running == 4)
    }

    @Test func `a host that is full holds up nobody else`() {
        var queue = RunQueue(bound: 4, boundPerHost: 2)
        for number in 1...5 { queue.insert(Self.submission(UInt64(number), "a", at: Int64(number))) }
        queue.insert(Self.submission(6, "b", at: 6))
        queue.insert(Self.submission(7, nil, at: 7))
        queue.insert(Self.submission(8, nil, at: 8))
        #expect((0..<5).map { _ in Self.number(queue.start()) } == [1, 2, 6, 7, nil])
        queue.leave("b")
        #expect(Self.number(queue.start()) == 8)
        queue.leave("a")
        #expect(Self.number(queue.start()) == 3)
        queue.leave(nil)
        #expect(queue.start() == nil)
        let canStart = queue.canStart
        #expect(!canStart)
    }

    @Test func `what is taken out does not start, and what stays does`() {
        var queue = RunQueue(bound: 2, boundPerHost: 1)
        for number in 1...6 { queue.insert(Self.submission(UInt64(number), number % 2 == 0 ? "a" : "b", at: 1)) }
        #expect(Self.number(queue.start()) == 1)
        let removed = queue.remove { Self.number($0).map { $0 <= 4 } ?? false }
        #expect(Set(removed.compactMap { Self.number($0) }) == [2, 3, 4])
        #expect(queue.waiting == 2)
        #expect(Self.number(queue.start()) == 6)
        queue.leave("b")
        #expect(Self.number(queue.start()) == 5)
    }

    @Test func `what is asked for does not wait behind a backlog, nor the backlog behind it`() {
        var queue = RunQueue(bound: 1)
        for number in 1...100 { queue.insert(Self.submission(UInt64(number), nil, at: 0)) }
        for number in 101...103 { queue.insert(Self.submission(UInt64(number), nil, at: 999, isAskedFor: true)) }
        var started: [UInt64] = []
        for _ in 0..<8 {
            started += [Self.number(queue.start())].compactMap(\.self)
            queue.leave(nil)
        }
        #expect(started == [101, 1, 102, 2, 103, 3, 4, 5])
    }

    @Test func `they take turns at a host that is full for as long as somebody asks`() {
        // Without a turn of the host's own, one kind would always find its room taken by the other.
        var queue = RunQueue(bound: 2, boundPerHost: 1)
        for number in 1...4 {
            queue.insert(Self.submission(UInt64(number), "a", at: 0))
            queue.insert(Self.submission(UInt64(10 + number), "a", at: 5, isAskedFor: true))
            queue.insert(Self.submission(UInt64(20 + number), "b", at: 1))
            queue.insert(Self.submission(UInt64(30 + number), "b", at: 6, isAskedFor: true))
        }
        var started: [String: [UInt64]] = ["a": [], "b": []]
        for host in [nil, nil] + Array(repeating: ["a", "b"], count: 7).joined() {
            if let host { queue.leave(host) }
            guard let submission = queue.start(), let host = submission.host else { continue }
            started[host, default: []].append(Self.number(submission) ?? 0)
        }
        for (host, base) in [("a", UInt64(0)), ("b", 20)] {
            let kinds = started[host, default: []].map { $0 - base > 10 }
            #expect(kinds.count == 8)
            #expect(zip(kinds, kinds.dropFirst()).allSatisfy { $0 != $1 }, "\(started)")
        }
    }

    /// The same, by looking at everything.
    private struct Model {
        typealias Entry = (number: UInt64, host: String?, time: Int64, isAskedFor: Bool)

        let bound: Int
        let boundPerHost: Int
        var waiting: [Entry] = []
        var running: [String?] = []
        var isTurnOfAsked = true
        /// Whether what started last was asked for, of hosts at which something runs or waits.
        var last: [String?: Bool] = [:]

        func first(_ isAskedFor: Bool, at host: String?? = .none) -> Entry? {
            waiting.filter { entry in
                entry.isAskedFor == isAskedFor && (host == .none || host == .some(entry.host))
                    && (entry.host == nil || running.count { $0 == entry.host } < boundPerHost)
            }.min { ($0.time, $0.number) < ($1.time, $1.number) }
        }

        mutating func start() -> Entry? {
            guard running.count < bound else { return nil }
            for kind in [isTurnOfAsked, !isTurnOfAsked] {
                guard let front = first(kind) else { continue }
                isTurnOfAsked = !kind
                var entry = front
                if last[front.host] == kind, let other = first(!kind, at: .some(front.host)) { entry = other }
                last[entry.host] = entry.isAskedFor
                running.append(entry.host)
                waiting.removeAll { $0.number == entry.number }
                return entry
            }
            return nil
        }

        mutating func leave(at index: Int) -> String? {
            let host = running.remove(at: index)
            if !running.contains(host), !waiting.contains(where: { $0.host == host }) { last[host] = nil }
            return host
        }
    }

    @Test(arguments: 1...20)
    func `it does what looking at all that waits would do`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let hosts = [nil, "a", "b", "c"]
        let (bound, perHost) = (Int.random(in: 1...6, using: &generator), Int.random(in: 1...3, using: &generator))
        var queue = RunQueue(bound: bound, boundPerHost: perHost)
        var model = Model(bound: bound, boundPerHost: perHost)
        for number in 1...UInt64(2000) {
            if Bool.random(using: &generator) {
                let host = hosts.randomElement(using: &generator) ?? nil
                let time = Int64.random(in: 0...500, using: &generator)
                let isAskedFor = Int.random(in: 0..<3, using: &generator) == 0
                queue.insert(Self.submission(number, host, at: time, isAskedFor: isAskedFor))
                model.waiting.append((number, host, time, isAskedFor))
            } else if !model.running.isEmpty {
                queue.leave(model.leave(at: Int.random(in: 0..<model.running.count, using: &generator)))
            }
            let canStart = queue.canStart
            let next = model.start()
            #expect(canStart == (next != nil))
            #expect(Self.number(queue.start()) == next?.number)
            #expect(queue.waiting == model.waiting.count)
            #expect(queue.running == model.running.count)
        }
    }
}
