// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVStore

@Suite(.inTurn) struct RewritingTests {
    private struct Spread {
        let home: TestHome
        let store: Store
        let key: ResourceKey

        /// A revision over as many packs as runs, each with a document of its own and a new state of a common one.
        init(runs: Int) async throws {
            home = try TestHome()
            store = try await home.open()
            try await store.put(900)
            let resource = try Sample.resource("docs")
            key = resource.key
            let publisher = Publisher(store: store, resource: resource)
            var previous: Revision?
            for run in 1...runs {
                previous = try await publisher.publish(
                    ["d\(run)": [UInt8(run)], "common": Array(repeating: UInt8(run), count: 50)],
                    task: Sample.id(run), after: previous)
            }
        }

        func current() throws -> Revision {
            try #require(store.state.resources[key].flatMap { store.state.currentRevision(of: $0) })
        }

        func contents() throws -> [String: [UInt8]] {
            var contents: [String: [UInt8]] = [:]
            for document in try store.documents(of: current()).documents {
                contents[document.path] = try store.bytes(of: document)
            }
            return contents
        }
    }

    @Test func whatIsSpreadOverManyPacksIsBroughtTogether() async throws {
        let spread = try await Spread(runs: 20)
        let (before, contents) = (try spread.current(), try spread.contents())
        let list = try spread.store.documents(of: before)
        #expect(before.packs.count == 20)
        #expect(try await spread.store.rewritePacks() == 20)
        let after = try spread.current()
        #expect(after.packs == [after.pack] && after.number == before.number && after.digest == before.digest)
        #expect(after.sequence == before.sequence && after.at == before.at)
        #expect(try spread.contents() == contents)
        // When each document last changed is what it was.
        let moved = try spread.store.documents(of: after)
        #expect(moved.documents.map(\.changedSequence) == list.documents.map(\.changedSequence))
        #expect(moved.tombstones == list.tombstones && moved.chainLength == 1)
        #expect(try await spread.store.rewritePacks() == 0)
        #expect(try await spread.home.unopened().inspect { _ in }.problems.isEmpty)
    }

    @Test func anotherProcessReadsTheRewrittenRevision() async throws {
        let spread = try await Spread(runs: 18)
        let contents = try spread.contents()
        let other = try await spread.home.open()
        _ = try await spread.store.rewritePacks()
        try await other.refresh()
        let revision = try #require(other.state.resources[spread.key].flatMap { other.state.currentRevision(of: $0) })
        for document in try other.documents(of: revision).documents {
            #expect(try other.bytes(of: document) == contents[document.path])
        }
    }

    @Test func aRunGoesOnFromARewrittenRevision() async throws {
        let spread = try await Spread(runs: 17)
        _ = try await spread.store.rewritePacks()
        let publisher = Publisher(store: spread.store, resource: try Sample.resource("docs"))
        let next = try await publisher.publish(["new": [9]], task: Sample.id(50), after: try spread.current())
        #expect(next.packs.count == 2)
        #expect(try spread.contents().count == 19)
    }

    @Test func aRevisionThatIsNoLongerTheCurrentOneIsLeftAlone() async throws {
        let spread = try await Spread(runs: 17)
        let old = try spread.current()
        let rewritten = try #require(try spread.store.rewrite(old, of: spread.key))
        let publisher = Publisher(store: spread.store, resource: try Sample.resource("docs"))
        let newer = try await publisher.publish(["new": [9]], task: Sample.id(50), after: old)
        #expect(try await spread.store.adopt(rewritten) == false)
        #expect(try spread.current() == newer)
    }

    @Test func twoRewritingsAtOnceLeaveOneThatIsWhole() async throws {
        let spread = try await Spread(runs: 17)
        let (store, key, contents) = (spread.store, spread.key, try spread.contents())
        let old = try spread.current()
        let first = try #require(try store.rewrite(old, of: key))
        let second = try #require(try store.rewrite(old, of: key))
        #expect(first.pack.name != second.pack.name)
        #expect(try await store.adopt(second))
        #expect(try await store.adopt(first) == false)
        #expect(try spread.contents() == contents)
    }
}
