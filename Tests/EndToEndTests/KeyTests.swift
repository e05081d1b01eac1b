// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

/// Keys made by one process for another that serves.
@Suite(.inTurn) struct KeyTests {
    @Test func `a server that others can reach wants a key, and then takes nobody without one`() async throws {
        let installation = try Installation()
        let refused = try await installation.run("serve", "--host", "0.0.0.0", "--port", "0")
        #expect(refused.status == 1, "\(refused.summary)")
        #expect(refused.errors.contains("ov key create --role root"))
        #expect((try? FileStatus(of: installation.home)) == nil)
        let key = try await installation.key("root")
        let server = try await installation.serve("--host", "0.0.0.0")
        let stranger = try await server.curl("/api/v1/watches")
        #expect(try stranger.member("error").member("code").string == "UNAUTHENTICATED")
        let known = try await server.curl("/api/v1/watches", "-H", "Authorization: Bearer \(key)")
        #expect(try known.member("result").member("total").integer == 0)
        let metrics = try await server.curl("/metrics", "-H", "X-API-Key: \(key)x")
        #expect(try metrics.member("error").member("code").string == "UNAUTHENTICATED")
        let socket = try await server.curl("/api/v1/watches", "--unix-socket", server.socket)
        #expect(try socket.member("result").member("total").integer == 0)
        let result = try await server.stop()
        #expect(result.status == 0, "\(result.summary)")
        #expect(!result.errors.contains(key.suffix(64)))
    }

    @Test func `keys that are made and revoked beside a server count from its next request on`() async throws {
        let installation = try Installation()
        let server = try await installation.serve()
        #expect(try await server.curl("/api/v1/watches").member("status").string == "ok")
        let root = try await installation.key("root")
        #expect(try await server.curl("/api/v1/watches").member("status").string == "error")
        let user = try await installation.key("user", "--account", "team", "--user", "ann")
        let header = "X-API-Key: \(user)"
        #expect(try await server.curl("/api/v1/watches", "-H", header).member("status").string == "ok")
        let listed = try await installation.json("key", "ls")
        #expect(listed.array?.map { $0["role"]?.string } == ["root", "user"])
        #expect(listed.array?.last?["account_id"]?.string == "team")
        #expect(!JSONWriter.text(of: listed).contains(user.suffix(64)))
        let last = try await installation.run("key", "revoke", String(root.dropFirst(3).prefix(10)))
        #expect(last.status == 1, "\(last.summary)")
        #expect(last.errors.contains("a server runs"))
        try await installation.succeed("key", "revoke", String(user.dropFirst(3).prefix(10)))
        #expect(try await server.curl("/api/v1/watches", "-H", header).member("status").string == "error")
        #expect(try await installation.run("key", "revoke", root).status == 1)
        #expect(try await server.stop().status == 0)
        // Nothing runs, and nobody is left who would be locked out.
        let end = try await installation.run("key", "revoke", root)
        #expect(end.status == 0 && end.errors.contains("no keys are left"), "\(end.summary)")
        try await installation.checkStore()
    }

    @Test func `of keys that many processes revoke at once one root key stays`() async throws {
        let installation = try Installation()
        var ids: [String] = []
        for _ in 0..<6 { ids.append(String(try await installation.key("root").dropFirst(3).prefix(10))) }
        let server = try await installation.serve()
        let processes = try ids.map { try installation.start(["key", "revoke", $0]) }
        var ended = 0
        for process in processes { ended += try await process.wait().status == 0 ? 1 : 0 }
        #expect(ended == 5)
        #expect(try await installation.json("key", "ls").array?.count == 1)
        #expect(try await server.stop().status == 0)
    }
}
