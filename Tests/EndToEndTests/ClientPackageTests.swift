// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem
import OVTestSupport
import Testing

/// Clients that others have written, against the server.
@Suite struct ClientPackageTests {
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
}
