// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

/// Clients that others have written, against the server.
@Suite(.inTurn) struct ClientPackageTests {
    private static let python = ClientPackages.python(with: "openviking_sdk")

    @Test(.enabled(if: python != nil, "no Python with the package openviking-sdk"))
    func `every call that the OpenViking client has for what ov does works`() async throws {
        let installation = try Installation()
        try installation.folder.write("docs/guide.md", "# Guide\n\nHello there.\n\n## Part\n\nMore.\n")
        try installation.folder.write("docs/sub/note.md", "# Note\n")
        let server = try await installation.serve("--allow-path", installation.folder.path("docs"))
        let script = fixture("clients/openviking_sdk_tour.py")
        let command = ChildProcess.Command(
            try #require(Self.python), [script, server.url, installation.folder.path("docs")],
            environment: ["HOME": installation.folder.path, "PATH": "/usr/bin:/bin"])
        let result = try await ChildProcess(command).wait()
        #expect(result.status == 0, "\(result.summary)")
        #expect(result.text.contains("calls"))
        #expect(try await server.stop().status == 0)
        try await installation.checkStore()
    }

    @Test(.enabled(if: python != nil, "no Python with the package openviking-sdk"))
    func `users of one account share what is the account's, and others know nothing of it`() async throws {
        let installation = try Installation()
        try installation.folder.write("docs/guide.md", "# Guide\n\nHello there.\n")
        let root = try await installation.key("root")
        let users = [
            try await installation.key("user", "--account", "team", "--user", "ann"),
            try await installation.key("user", "--account", "team", "--user", "ben"),
            try await installation.key("user", "--account", "acme", "--user", "eve"),
        ]
        let server = try await installation.serve("--allow-path", installation.folder.path("docs"))
        let script = fixture("clients/openviking_sdk_tenants.py")
        let command = ChildProcess.Command(
            try #require(Self.python), [script, server.url, installation.folder.path("docs"), root] + users,
            environment: ["HOME": installation.folder.path, "PATH": "/usr/bin:/bin"])
        let result = try await ChildProcess(command).wait()
        #expect(result.status == 0, "\(result.summary)")
        #expect(result.text.contains("calls"))
        #expect(try await server.stop().status == 0)
        try await installation.checkStore()
    }

    private static let schemathesis: String? = {
        let found = python.map { $0.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/schemathesis" }
        guard let found, access(found, X_OK) == 0 else {
            let reason = "skipped: no schemathesis beside the Python of OV_CLIENT_PYTHON\n"
            _ = reason.withCString { write(STDERR_FILENO, $0, strlen($0)) }
            return nil
        }
        return found
    }()

    /// That a request which a schema allows is accepted is not asked: cursors have to be those of an answer, and of two
    /// ways to name a watch one has to be there. Nor what `Allow` says: one path is a watch's by some methods and a
    /// word by others.
    @Test(.enabled(if: schemathesis != nil, "no schemathesis"))
    func `no request makes the server fail or answer otherwise than its document says`() async throws {
        let installation = try Installation()
        try installation.folder.write("docs/guide.md", "# Guide\n\nHello there.\n")
        try await installation.succeed(
            "ingest", installation.folder.path("docs"), "--to", "viking://resources/docs", "--watch-interval", "60")
        let server = try await installation.serve()
        let words = [
            "run", server.url + "/openapi.json", "--phases", "examples,coverage,fuzzing", "--max-examples", "40",
            "--exclude-checks", "positive_data_acceptance,allow_header_conformance", "--request-timeout", "20",
            "--no-color",
            "--suppress-health-check", "all", "--exclude-path", "/api/v1/events",
        ]
        let command = ChildProcess.Command(
            try #require(Self.schemathesis), words,
            environment: ["HOME": installation.folder.path, "PATH": "/usr/bin:/bin"])
        let result = try await ChildProcess(command).wait(atMost: .seconds(600))
        #expect(result.status == 0, "\(result.text.suffix(6000))\n\(result.errors.suffix(2000))")
        #expect(try await server.stop().status == 0)
        try await installation.checkStore()
    }
}
