// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import Testing

@testable import OVStore

@Suite(.timeLimit(.minutes(20))) struct ChangeJournalTests {
    private static func entry(_ number: Int) -> ChangeJournal.Entry { .watch(TaskID(high: 1, low: UInt64(number))) }

    @Test(arguments: [0, 1, 127, 128, 129, 5000])
    func `what was noted since is told, in order`(count: Int) {
        var journal = ChangeJournal()
        for number in 0..<77 { journal.note(Self.entry(number)) }
        let cursor = journal.cursor
        #expect(journal.entries(since: cursor) == [])
        for number in 0..<count { journal.note(Self.entry(number)) }
        #expect(journal.entries(since: cursor) == (0..<count).map { Self.entry($0) })
    }

    @Test func `who is too far behind is told that it is not known`() {
        var journal = ChangeJournal()
        let cursor = journal.cursor
        for number in 0..<100_000 { journal.note(Self.entry(number)) }
        #expect(journal.entries(since: cursor) == nil)
        let last = journal.cursor
        journal.note(Self.entry(1))
        #expect(journal.entries(since: last) == [Self.entry(1)])
    }

    @Test func `another journal knows nothing of it`() {
        #expect(ChangeJournal().entries(since: ChangeJournal().cursor) == nil)
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
