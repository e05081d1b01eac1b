// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem
import OVTestSupport
import Testing

/// Clients that others have written, against the server.
@Suite struct ClientPackageTests {
    /// A Python that has the package: the one of `OV_CLIENT_PYTHON`, which `.ci/run` prepares, or the system's.
    private static let python: String? = {
        let named = getenv("OV_CLIENT_PYTHON").map { String(cString: $0) }
        let candidates = [named, "/usr/bin/python3", "/usr/local/bin/python3"].compactMap(\.self)
        let found = candidates.first { hasPackage($0) }
        if found == nil {
            let reason = "skipped: no Python with the package openviking-sdk; name one in OV_CLIENT_PYTHON\n"
            _ = reason.withCString { write(STDERR_FILENO, $0, strlen($0)) }
        }
        return found
    }()

    private static func hasPackage(_ python: String) -> Bool {
        guard access(python, X_OK) == 0 else { return false }
        // Blocks for a moment, once.
        return "\(python) -c 'import openviking_sdk' 2>/dev/null".withCString { command in
            guard let stream = popen(command, "r") else { return false }
            return pclose(stream) == 0
        }
    }

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
}
