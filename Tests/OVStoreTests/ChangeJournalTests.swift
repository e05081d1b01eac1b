// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVStore

@Suite(.inTurn, .timeLimit(.minutes(20))) struct ChangeJournalTests {
    private typealias Journal = ChangeJournal<Agenda.Change>

    private static func entry(_ number: Int) -> Agenda.Change { .watch(TaskID(high: 1, low: UInt64(number))) }

    @Test(arguments: [0, 1, 127, 128, 129, 5000])
    func `what was noted since is told, in order`(count: Int) {
        var journal = Journal()
        for number in 0..<77 { journal.note(Self.entry(number)) }
        let cursor = journal.cursor
        #expect(journal.entries(since: cursor) == [])
        for number in 0..<count { journal.note(Self.entry(number)) }
        #expect(journal.entries(since: cursor) == (0..<count).map { Self.entry($0) })
    }

    @Test func `who is too far behind is told that it is not known`() {
        var journal = Journal()
        let cursor = journal.cursor
        for number in 0..<100_000 { journal.note(Self.entry(number)) }
        #expect(journal.entries(since: cursor) == nil)
        let last = journal.cursor
        journal.note(Self.entry(1))
        #expect(journal.entries(since: last) == [Self.entry(1)])
    }

    @Test func `another journal knows nothing of it`() {
        #expect(Journal().entries(since: Journal().cursor) == nil)
    }

    @Test(arguments: [1, 100, 128, 129, 1000] as [UInt64])
    func `who comes back names the last commit that it knows`(count: UInt64) {
        var journal = Journal(behind: 7)
        for sequence in 8...(7 + count) {
            journal.begin(sequence)
            journal.note(Self.entry(Int(sequence)))
            journal.note(Self.entry(0))
        }
        for known in [7, 7 + count / 2, 6 + count, 7 + count] {
            let expected = (known..<(7 + count)).flatMap { [Self.entry(Int($0) + 1), Self.entry(0)] }
            #expect(journal.entries(after: known)?.map(\.entry) == expected)
        }
        #expect(journal.entries(after: 6) == nil)
        #expect(journal.entries(after: 100_000) == [])
    }

    @Test func `commits of which an entry may be missing are not told of`() throws {
        var journal = Journal()
        for sequence in 1...20_000 as ClosedRange<UInt64> {
            journal.begin(sequence)
            journal.note(Self.entry(Int(sequence)))
        }
        #expect(journal.entries(after: 0) == nil)
        #expect(journal.entries(after: 10_000) == nil)
        let kept = try #require(journal.entries(after: 15_000))
        #expect(kept.map(\.sequence) == Array(15_001...20_000))
    }

    @Test func `another process knows what commits behind the snapshot did`() async throws {
        let home = try TestHome()
        let first = try await home.open()
        try await first.put(1)
        try await first.compact()
        let known = first.state.sequence
        try await first.put(2)
        let second = try await home.open()
        let told = try #require(second.state.journal.entries(after: known))
        #expect(!told.isEmpty)
        #expect(told == first.state.journal.entries(after: known))
        #expect(second.state.journal.entries(after: known - 1) == nil)
    }

    @Test func `a store tells what it and others have committed`() async throws {
        let home = try TestHome()
        let (first, second) = (try await home.open(), try await home.open())
        try await first.put(1)
        try await second.refresh()
        var notices = second.notices().makeAsyncIterator()
        let cursor = second.state.journal.cursor
        try await first.put(2)
        #expect(second.state.journal.entries(since: cursor) == [])
        try await second.refresh()
        await notices.next()
        let touched = try #require(second.state.journal.entries(since: cursor))
        #expect(!touched.isEmpty)
        try await second.put(3)
        await notices.next()
        let more = try #require(second.state.journal.entries(since: cursor))
        #expect(more.count > touched.count)
        #expect(Array(more.prefix(touched.count)) == touched)
    }

    @Test func `a state that was read anew says that anything may have changed`() async throws {
        let home = try TestHome()
        let (first, second) = (try await home.open(), try await home.open())
        try await first.put(1)
        try await second.refresh()
        let cursor = second.state.journal.cursor
        try await first.compact()
        try await second.refresh()
        #expect(second.state.journal.entries(since: cursor) == nil)
    }
}
