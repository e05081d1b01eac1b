// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVStore

@Suite(.inTurn) struct SecretTests {
    private let home: TestHome

    init() throws { home = try TestHome() }

    private func names() throws -> Set<String> { Set(try LocalFileSystem().names(in: home.layout.secrets)) }

    private func name(_ reference: SecretReference) -> String { String(reference.text.dropFirst("secret:".count)) }

    private func put(_ reference: SecretReference?, in store: Store) async throws {
        var resource = try Sample.resource("docs")
        resource.source.options.arguments["auth"] = reference?.text
        let changed = resource
        try await store.commit { (transaction: inout Transaction) throws(OVError) in transaction.put(changed) }
    }

    @Test func isAFileThatOnlyItsOwnerReads() async throws {
        let store = try await home.open()
        let reference = try await store.keepSecret("user:password")
        let file = "secrets/" + name(reference)
        #expect(try home.bytes(file) == Array("user:password\n".utf8))
        #expect(try home.status(file).permissions == 0o600)
        #expect(try home.status("secrets").permissions == 0o700)
        #expect(SecretReference(reference.text) == reference)
        await store.dropSecret(reference)
        #expect(try names().isEmpty)
    }

    @Test func isKeptAsLongAsAnythingRefersToIt() async throws {
        let store = try await home.open()
        let reference = try await store.keepSecret("token")
        try await put(reference, in: store)
        home.clock.advance(by: .hours(3))
        _ = try await store.collect()
        #expect(try names() == [name(reference)])
        // The generation before would need it again after a repair.
        try await store.compact()
        try await put(nil, in: store)
        _ = try await store.collect()
        let kept = try names()
        try await store.compact()
        _ = try await store.collect()
        #expect(kept == [name(reference)])
        #expect(try names().isEmpty)
    }

    @Test func isLeftAloneWhileItIsYoung() async throws {
        let store = try await home.open()
        let reference = try await store.keepSecret("token")
        try home.folder.setModified("home/secrets/" + name(reference), Sample.now.milliseconds * 1_000_000)
        try home.write("secrets/notes.txt", [1])
        _ = try await store.collect()
        #expect(try names() == [name(reference), "notes.txt"])
        home.clock.advance(by: .hours(2))
        _ = try await store.collect()
        #expect(try names() == ["notes.txt"])
    }
}
