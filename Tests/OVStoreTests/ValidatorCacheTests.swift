// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVStore

@Suite(.inTurn) struct ValidatorCacheTests {
    private let cache = ValidatorCache(
        fingerprint: "file 1",
        entries: [
            "a.md": .init(validator: "1:2:3", digest: Digest(of: [1])),
            "naïve/b.md": .init(validator: "", digest: Digest(of: [2])),
        ])

    private func path(_ home: TestHome) throws -> String {
        "cache/validators/" + (try #require(try LocalFileSystem().names(in: home.layout.validators).first))
    }

    @Test func whatIsKeptIsThereForTheNextRun() async throws {
        let home = try TestHome()
        let store = try await home.open()
        let key = try Sample.resource("docs").key
        #expect(store.validators(of: key, fingerprint: "file 1") == nil)
        store.keep(cache, of: key)
        #expect(store.validators(of: key, fingerprint: "file 1") == cache)
        #expect(try await home.open().validators(of: key, fingerprint: "file 1") == cache)
        let more = ValidatorCache(fingerprint: "file 1")
        store.keep(more, of: key)
        #expect(store.validators(of: key, fingerprint: "file 1") == more)
        #expect(try LocalFileSystem().names(in: home.layout.validators).count == 1)
        store.dropValidators(of: key)
        #expect(store.validators(of: key, fingerprint: "file 1") == nil)
    }

    @Test func othersDoNotSeeIt() async throws {
        let home = try TestHome()
        let store = try await home.open()
        let key = try Sample.resource("docs").key
        store.keep(cache, of: key)
        #expect(store.validators(of: key, fingerprint: "file 2") == nil)
        #expect(store.validators(of: ResourceKey(account: "b", uri: key.uri), fingerprint: "file 1") == nil)
        #expect(store.validators(of: try Sample.resource("docs2").key, fingerprint: "file 1") == nil)
    }

    @Test func aDamagedOneIsIgnored() async throws {
        let home = try TestHome()
        let store = try await home.open()
        let key = try Sample.resource("docs").key
        store.keep(cache, of: key)
        let path = try path(home)
        let bytes = try home.bytes(path)
        for index in bytes.indices {
            try home.write(path, Array(bytes.prefix(index)))
            #expect(store.validators(of: key, fingerprint: "file 1") == nil, "\(index) bytes")
            var flipped = bytes
            flipped[index] ^= 1 << UInt8(index & 7)
            try home.write(path, flipped)
            #expect(store.validators(of: key, fingerprint: "file 1") == nil, "byte \(index)")
        }
        try home.write(path, bytes)
        #expect(store.validators(of: key, fingerprint: "file 1") == cache)
    }

    @Test func aCacheThatLiesNeverCrashes() {
        var generator = SplitMix64(seed: 4)
        let bytes = cache.encoded
        for _ in 0..<2000 {
            var changed = Array(bytes.dropLast(4))
            for _ in 0..<3 { changed[Int.random(in: 8..<changed.count, using: &generator)] = generator.bytes(1)[0] }
            changed.append(littleEndian: Deflate.checksum(changed[...]))
            if let read = ValidatorCache(decoding: changed) { #expect(read.entries.count <= bytes.count) }
        }
    }
}
