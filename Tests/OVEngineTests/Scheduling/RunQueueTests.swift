// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import Testing

@testable import OVEngine

@Suite struct RunQueueTests {
    private static func submission(_ number: UInt64, _ host: String?, at time: Int64) -> RunDispatcher.Submission {
        RunDispatcher.Submission(
            work: .pending(TaskID(high: 0, low: number)), host: host, since: Timestamp(milliseconds: time))
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

    @Test(arguments: 1...20)
    func `it does what looking at all that waits would do`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let hosts = [nil, "a", "b", "c"]
        let (bound, perHost) = (Int.random(in: 1...6, using: &generator), Int.random(in: 1...3, using: &generator))
        var queue = RunQueue(bound: bound, boundPerHost: perHost)
        var waiting: [(number: UInt64, host: String?, time: Int64)] = []
        var running: [String?] = []
        for number in 1...UInt64(2000) {
            if Bool.random(using: &generator) {
                let host = hosts.randomElement(using: &generator) ?? nil
                let time = Int64.random(in: 0...500, using: &generator)
                queue.insert(Self.submission(number, host, at: time))
                waiting.append((number, host, time))
            } else if !running.isEmpty {
                let host = running.remove(at: Int.random(in: 0..<running.count, using: &generator))
                queue.leave(host)
            }
            let expected = waiting.filter { entry in
                entry.host == nil || running.count(where: { $0 == entry.host }) < perHost
            }.min { ($0.time, $0.number) < ($1.time, $1.number) }
            let next = running.count < bound ? expected : nil
            let canStart = queue.canStart
            #expect(canStart == (next != nil))
            #expect(Self.number(queue.start()) == next?.number)
            if let next {
                running.append(next.host)
                waiting.removeAll { $0.number == next.number }
            }
            #expect(queue.waiting == waiting.count)
            #expect(queue.running == running.count)
        }
    }
}
