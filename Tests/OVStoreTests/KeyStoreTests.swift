// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVStore

@Suite(.inTurn) struct KeyStoreTests {
    private static let folder = fixture("stores/keys")

    @Test func keysAreThereAfterAReopeningAndACompaction() async throws {
        let home = try TestHome()
        let store = try await home.open()
        let keys = [Sample.key(1), Sample.key(2, role: .user), Sample.key(3, role: .admin)]
        try await store.commit { (transaction: inout Transaction) throws(OVError) in
            for key in keys { transaction.put(key) }
        }
        let reader = try await home.open()
        #expect(reader.state.keys == keys.sorted { $0.id < $1.id })
        #expect(reader.state.recordCount == 3)
        try await store.compact()
        try await store.commit { (transaction: inout Transaction) throws(OVError) in
            transaction.dropKey(keys[1].id)
            transaction.dropKey(KeyID(random: SeededRandom(seed: 99)))
        }
        for state in [store.state, try await home.open().state] {
            #expect(state.key(keys[1].id) == nil)
            #expect(Set(state.keys) == [keys[0], keys[2]])
        }
        try await reader.refresh()
        #expect(reader.state.keys.count == 2)
        #expect(try await home.unopened().inspect { _ in }.problems == [])
    }

    /// `OV_RECORD=1` writes the fixture anew and fails.
    @Test func theKeysOfAnEarlierProgramAreRead() async throws {
        let home = try TestHome()
        if getenv("OV_RECORD") != nil {
            let store = try await home.open()
            try await store.put(1)
            try await store.commit { (transaction: inout Transaction) throws(OVError) in
                for number in 1...3 { transaction.put(Sample.key(number, role: Role.allCases[number - 1])) }
            }
            try await store.compact()
            try await store.commit { (transaction: inout Transaction) throws(OVError) in
                transaction.dropKey(Sample.key(2).id)
                transaction.put(Sample.key(4, role: .user))
            }
            try LocalFileSystem().createFolder(Self.folder)
            for (name, bytes) in try home.contents() {
                try? LocalFileSystem().remove(Self.folder + "/" + name)
                try LocalFileSystem().open(Self.folder + "/" + name, .create).write(bytes, at: 0)
            }
            Issue.record("recorded; run again without OV_RECORD")
            return
        }
        for name in ["state.json.gz", "state.json.gz.1"] {
            let file = try LocalFileSystem().open(Self.folder + "/" + name, .read)
            try home.write(name, try file.read(Int(try file.status().size), at: 0))
        }
        try home.write("state.lock", Array("{}\n".utf8))
        let expected = [Sample.key(1), Sample.key(3, role: .user), Sample.key(4, role: .user)]
        #expect(Set(try await home.open().state.keys) == Set(expected))
        // Damage is never taken for a store without keys, which would be open to everybody.
        for offset in [60, 200] {
            try home.damage("state.json.gz") { $0[offset] ^= 1 }
            #expect(await failure { _ = try await home.open() }?.code == .unavailable)
            try home.damage("state.json.gz") { $0[offset] ^= 1 }
        }
    }

    @Test func aCommitSeesTheServerThatRuns() async throws {
        let home = try TestHome()
        let (server, other) = (try await home.open(), try await home.open())
        func seen(by store: Store) async throws -> Int32? {
            try await store.commit { (transaction: inout Transaction) throws(OVError) in
                try transaction.server()?.processID
            }
        }
        #expect(try await seen(by: other) == nil)
        #expect(try !home.exists("state.lock"))
        try await server.holdDaemonLock(socket: nil, url: nil)
        #expect(try await seen(by: other) == getpid())
        #expect(try await seen(by: server) == getpid())
    }

    @Test func aServerThatStartsKnowsWhatWasCommittedBeforeIt() async throws {
        let home = try TestHome()
        let (server, other) = (try await home.open(), try await home.open())
        try await server.put(1)
        try await other.commit { (transaction: inout Transaction) throws(OVError) in transaction.put(Sample.key(1)) }
        #expect(!server.state.hasKeys)
        try await server.holdDaemonLock(socket: nil, url: nil)
        #expect(server.state.hasKeys)
    }

    @Test func noServerStartsWhileACommitGoesOn() async throws {
        let home = try TestHome()
        var limits = Limits()
        limits.lockWait = Milliseconds(30)
        let server = try await home.open(limits: limits)
        try await server.put(1)
        let commit = try LockFile(path: home.layout.lock)
        #expect(try commit.tryLock(.commit))
        #expect(await failure { try await server.holdDaemonLock(socket: nil, url: nil) }?.code == .unavailable)
        #expect(try await home.open().daemon() == nil)
        commit.unlock(.commit)
        try await server.holdDaemonLock(socket: nil, url: nil)
    }
}
