// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVStore

@Suite(.inTurn) struct CompactionTests {
    private func fill(_ store: Store, _ numbers: ClosedRange<Int>, bytes: Int = 8000) async throws {
        var generator = SplitMix64(seed: UInt64(numbers.lowerBound))
        for number in numbers { try await store.put(number, reason: Sample.noise(bytes, &generator)) }
    }

    @Test func aTailThatOutgrowsTheSnapshotIsTakenIntoANewOne() async throws {
        let home = try TestHome()
        let store = try await home.open()
        try await fill(store, 1...30)
        #expect(store.state.identity.generation == 2)
        #expect(store.state.sequence == 30)
        let previous = try read(try home.bytes("state.json.gz.1")).get()
        #expect(previous.end == Int64(try home.bytes("state.json.gz.1").count))
        #expect(previous.end > StateFile.smallestCompaction)
        #expect(previous.state.identity.generation == 1)
        let current = try read(try home.bytes("state.json.gz")).get()
        #expect(current.state.identity.generation == 2)
        #expect(Array(current.state.watches.values) == Array(store.state.watches.values))
        // The generation before ends where the present one's snapshot begins.
        let snapshot = try read(Array(try home.bytes("state.json.gz").prefix(Int(current.snapshotEnd)))).get()
        #expect(snapshot.state.sequence == previous.state.sequence)
        #expect(Array(snapshot.state.watches.values) == Array(previous.state.watches.values))
        #expect(try !home.exists("state.json.gz.new"))
    }

    @Test func aReaderThatHoldsTheOldFileMovesToTheNewOne() async throws {
        let home = try TestHome()
        let (writer, reader) = (try await home.open(), try await home.open())
        try await writer.put(1)
        try await reader.refresh()
        for round in 2...4 {
            try await writer.compact()
            try await writer.put(round)
            #expect(reader.state.watches.count == round - 1)
            try await reader.refresh()
            #expect(reader.watchIDs == (1...round).map(Sample.id))
            #expect(reader.state.identity.generation == writer.state.identity.generation)
        }
        // And writes to it.
        try await reader.put(9)
        try await writer.refresh()
        #expect(writer.watchIDs == [1, 2, 3, 4, 9].map(Sample.id))
    }

    @Test func aStateKeepsItsOrderAndItsNumbersThroughCompactions() async throws {
        let home = try TestHome()
        let store = try await home.open()
        // Made in the same millisecond, so that their ids decide.
        for number in [5, 3, 9, 1] { try await store.put(number) }
        let identity = store.state.identity
        try await store.compact()
        try await store.compact()
        #expect(store.watchIDs == [1, 3, 5, 9].map(Sample.id))
        let reopened = try await home.open()
        #expect(reopened.watchIDs == [1, 3, 5, 9].map(Sample.id))
        #expect(reopened.state.sequence == 4)
        #expect(reopened.state.identity.store == identity.store)
        #expect(reopened.state.identity.generation == identity.generation + 2)
    }

    @Test func leftoversOfACompactionThatWasCutShortAreReplaced() async throws {
        let home = try TestHome()
        let store = try await home.open()
        try await store.put(1)
        try home.write("state.json.gz.new", [UInt8](repeating: 7, count: 100_000))
        #expect(try await home.unopened().inspect { _ in }.notes.map(\.file) == ["state.json.gz.new"])
        try await store.compact()
        #expect(try !home.exists("state.json.gz.new"))
        #expect(try await home.open().watchIDs == [Sample.id(1)])
        #expect(try await home.unopened().inspect { _ in }.notes == [])
    }

    @Test func compactingAnEmptyStoreMakesNothing() async throws {
        let home = try TestHome()
        try home.write("state.lock", [])
        let store = try await home.open()
        try await store.compact()
        #expect(try home.contents().isEmpty)
    }
}
