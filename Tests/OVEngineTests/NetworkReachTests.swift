// SPDX-License-Identifier: Apache-2.0

import Logging
import OVAPI
import OVCore
import OVEngine
import OVTestSupport
import OVTestTraits
import Testing

/// What the operator of a server lets callers over the network reach, beyond what everybody may.
@Suite("The reach of the network", .inTurn)
struct NetworkReachTests {
    private static let caller = Caller(account: "default", user: "ada", role: .user, origin: .network)

    /// A store that nothing is fetched for, with a plug-in `wiki` and another one.
    private func engine(_ folder: TemporaryFolder) async throws -> Engine {
        for name in ["wiki", "other"] {
            try folder.write("home/fetchers/ov-fetch-\(name)", "#!/bin/sh\nexit 1\n")
            try folder.setPermissions("home/fetchers/ov-fetch-\(name)", 0o755)
        }
        var dependencies = Engine.Dependencies.standard(
            home: folder.path("home"), environment: ["PATH": "/usr/bin:/bin"],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        dependencies.networkReach.allowedFetchers = ["wiki", "gone"]
        dependencies.networkReach.allowedSecrets = [
            .init(reference: .environment(name: "TOKEN"), host: "git.example"),
            .init(reference: .file(path: "/run/token"), host: "fe80::1"),
        ]
        return try await Engine.open(
            home: folder.path("home"), limits: Limits(), role: "test", dependencies: dependencies)
    }

    @Test(
        "a secret may be referred to for the one host that it is listed for",
        arguments: [
            ("https://git.example/a", "env:TOKEN", true), ("https://GIT.example:8443/a", "env:TOKEN", true),
            ("https://git.example/a.git", "env:TOKEN", true), ("https://[fe80::1]/a", "file:/run/token", true),
            ("https://git.example/a", "env:OTHER", false), ("https://git.example/a", "file:/run/token", false),
            ("https://other.example/a", "env:TOKEN", false), ("https://git.example.evil.test/a", "env:TOKEN", false),
            ("https://x.git.example/a", "env:TOKEN", false), ("https://evil.test/?git.example", "env:TOKEN", false),
            ("https://git.example/a", "secret:7f02e980-8df9-4f27-a570-4d8428cbed8a", false),
            ("wiki:https://git.example/a", "env:TOKEN", false),
        ])
    func secrets(_ path: String, _ reference: String, _ isAllowed: Bool) async throws {
        let folder = try TemporaryFolder()
        let engine = try await engine(folder)
        var request = IngestRequest(path: path, to: "viking://resources/x")
        request.arguments = ["auth": reference]
        if isAllowed {
            _ = try await engine.ingest(request, as: Self.caller)
            #expect(try await engine.tasks(TaskQuery(), as: Self.caller).tasks.count == 1)
        } else {
            let error = await refusal { _ = try await engine.ingest(request, as: Self.caller) }
            #expect(error?.code == .permissionDenied)
            #expect(try await engine.tasks(TaskQuery(), as: .local).tasks.isEmpty)
        }
    }

    @Test(
        "a plug-in that is listed may be named, and of others nobody hears",
        arguments: [
            ("Main_Page", "wiki", true), ("wiki:Main_Page", nil, true), ("Main_Page", "other", false),
            ("Main_Page", "gone", false), ("other:Main_Page", nil, false), ("Main_Page", "nothing", false),
        ])
    func plugins(_ path: String, _ fetcher: String?, _ isAllowed: Bool) async throws {
        let folder = try TemporaryFolder()
        let engine = try await engine(folder)
        var request = IngestRequest(path: path, to: "viking://resources/x")
        request.fetcher = fetcher
        if isAllowed {
            _ = try await engine.ingest(request, as: Self.caller)
        } else {
            let error = try #require(await refusal { _ = try await engine.ingest(request, as: Self.caller) })
            #expect([.permissionDenied, .invalidURI].contains(error.code))
            #expect(!"\(error) \(error.hint ?? "")".contains(fetcher == "other" ? folder.path : "ov-fetch-other"))
        }
    }
}
