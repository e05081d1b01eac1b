// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVStore

/// Opens the damaged stores under `fixtures/stores`. `OV_RECORD=1 swift test --filter DamagedStoreTests` writes them
/// anew and fails, so that a recording cannot pass for a test.
@Suite(.inTurn) struct DamagedStoreTests {
    struct Fixture: Sendable, CustomTestStringConvertible {
        let name: String
        /// What opening must say; nil for a store that opens and whose content is damaged.
        let message: String?
        /// Whether a repair finds something sound.
        var isRepairable = true
        let damage: @Sendable (TestHome) throws -> Void

        var testDescription: String { name }
    }

    private static let state = "state.json.gz"

    static let fixtures = [
        Fixture(name: "truncated-snapshot", message: "its snapshot does not check out") { home in
            try home.damage(state) { $0.removeLast($0.count - 100) }
        },
        Fixture(name: "flipped-bit-in-snapshot", message: "its snapshot does not check out") { home in
            try home.damage(state) { $0[70] ^= 4 }
        },
        Fixture(name: "flipped-bit-in-commit", message: "does not check out, and others follow it") { home in
            try home.damage(state) { bytes in
                guard let snapshot = Member(header: bytes[...]) else { return }
                bytes[snapshot.length + 60] ^= 4
            }
        },
        Fixture(name: "missing-commit", message: "does not follow commit") { home in
            try home.damage(state) { bytes in
                guard let snapshot = Member(header: bytes[...]), let commit = Member(header: bytes[snapshot.length...])
                else { return }
                bytes.removeSubrange(snapshot.length..<snapshot.length + commit.length)
            }
        },
        Fixture(name: "empty-file", message: "the file is empty") { home in try home.write(state, []) },
        Fixture(name: "foreign-file", message: "it is not a state file", isRepairable: false) { home in
            try home.write(state, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
            try home.remove("state.json.gz.1")
        },
        Fixture(name: "newer-format", message: "newer than this program's", isRepairable: false) { home in
            try home.write(state, SmallStateFile.snapshot(#"{"format":2,"universe":{}}"# + "\n"))
        },
        Fixture(name: "missing-state", message: "it is missing") { home in try home.remove(state) },
        Fixture(name: "missing-pack", message: nil) { home in
            try home.remove("packs/\(PackName.make(task: Sample.id(51), number: 1)).pack")
        },
        Fixture(name: "truncated-pack", message: nil) { home in
            try home.damage("packs/\(PackName.make(task: Sample.id(51), number: 1)).pack") { $0.removeLast(20) }
        },
    ]

    private static let folder = fixture("stores")

    /// Makes a small store and damages it.
    private static func record(_ fixture: Fixture) async throws {
        let home = try TestHome()
        let store = try await home.open()
        try await store.put(1)
        let publisher = Publisher(store: store, resource: try Sample.resource("docs"))
        let first = try await publisher.publish(["a.md": Array("one\n".utf8)], task: Sample.id(50), after: nil)
        try await store.compact()
        for number in 2...4 { try await store.put(number) }
        try await publisher.publish(["a.md": Array("two\n".utf8)], task: Sample.id(51), after: first)
        try fixture.damage(home)
        let files = LocalFileSystem()
        let target = folder + "/" + fixture.name
        try files.createFolder(target + "/packs")
        for part in ["", "/packs"] {
            for name in try files.names(in: target + part) where name.contains(".") {
                try files.remove(target + part + "/" + name)
            }
        }
        for (name, bytes) in try home.contents() { try files.open(target + "/" + name, .create).write(bytes, at: 0) }
    }

    /// A copy of a fixture that a test may use as a home.
    private static func copy(_ fixture: Fixture) throws -> TestHome {
        let home = try TestHome()
        let files = LocalFileSystem()
        for part in ["", "packs/"] {
            let source = folder + "/" + fixture.name + "/" + part
            for name in try files.names(in: source) where name.contains(".") {
                let file = try files.open(source + name, .read)
                try home.write(part + name, try file.read(Int(try file.status().size), at: 0))
            }
        }
        try home.write("state.lock", Array("{}\n".utf8))
        return home
    }

    @Test(arguments: fixtures) func itIsNeitherOverwrittenNorTakenForAnEmptyOne(_ fixture: Fixture) async throws {
        if getenv("OV_RECORD") != nil {
            try await Self.record(fixture)
            Issue.record("recorded \(fixture.name); run again without OV_RECORD")
            return
        }
        let home = try Self.copy(fixture)
        let before = try home.contents()
        #expect(!before.isEmpty)
        let problems = try await home.unopened().inspect { _ in }.problems
        #expect(!problems.isEmpty)
        if let message = fixture.message {
            for _ in 0..<2 {
                let error = await failure { _ = try await home.open() }
                #expect(
                    error?.code == .unavailable && error?.message.contains(message) == true,
                    "\(String(describing: error))")
                let unopened = home.unopened()
                #expect(await failure { try await unopened.put(9) }?.message == error?.message)
                #expect(await failure { try await unopened.compact() }?.message == error?.message)
            }
        } else {
            let store = try await home.open()
            let resource = try #require(store.state.resources[try Sample.resource("docs").key])
            let revision = try #require(store.state.currentRevision(of: resource))
            let error = await failure { _ = try store.documents(of: revision) }
            #expect(error?.message.contains("packs/\(revision.pack).pack") == true)
        }
        #expect(try home.contents() == before)
    }

    @Test(arguments: fixtures) func repairBringsBackWhatIsSound(_ fixture: Fixture) async throws {
        guard getenv("OV_RECORD") == nil else { return }
        let home = try Self.copy(fixture)
        let before = try home.contents()
        guard fixture.isRepairable else {
            let error = await failure { _ = try await home.unopened().repair() }
            #expect(error?.code == .failedPrecondition || error?.code == .unavailable)
            #expect(try home.contents() == before)
            return
        }
        let repair = try await home.unopened().repair()
        #expect(!repair.actions.isEmpty)
        #expect(try await home.unopened().inspect { _ in }.problems == [])
        let store = try await home.open()
        #expect(store.watchIDs.contains(Sample.id(1)))
        if fixture.message != nil {
            #expect(store.state.identity.epoch == 2)
            if let bad = before["state.json.gz"] { #expect(try home.bytes("state.damaged-1") == bad) }
        }
    }
}
