// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

/// The server for agents as clients use it: a process of its own, or the daemon.
@Suite(.inTurn) struct AgentTests {
    private static let python = ClientPackages.python(with: "mcp", "fastmcp")

    @Test(.enabled(if: python != nil, "no Python with the packages mcp and fastmcp"))
    func `both client packages work over pipes, in both eras`() async throws {
        let installation = try Installation()
        try await tour(installation, ["stdio", installation.executable, installation.home])
        try await installation.checkStore()
    }

    @Test(.enabled(if: python != nil, "no Python with the packages mcp and fastmcp"))
    func `both client packages work over HTTP, in both eras`() async throws {
        let installation = try Installation()
        let server = try await installation.serve("--allow-path", installation.folder.path)
        try await tour(installation, ["http", server.url + "/mcp"])
        let end = try await server.stop()
        #expect(end.status == 0, "\(end.summary)")
        try await installation.checkStore()
    }

    @Test(.enabled(if: python != nil, "no Python with the packages mcp and fastmcp"))
    func `both client packages work beside a server, through it, in both eras`() async throws {
        let installation = try Installation()
        let server = try await installation.serve()
        try await tour(installation, ["stdio", installation.executable, installation.home])
        let metrics = try await ChildProcess(
            .init("/usr/bin/curl", ["-sS", server.url + "/metrics"], environment: ["PATH": "/usr/bin:/bin"])
        ).wait().text
        for route in ["/api/v1/search/find", "/api/v1/search/grep", "/api/v1/search/glob", "/api/v1/events"] {
            #expect(metrics.contains(#"route="\#(route)""#), "nobody asked the server for \(route)")
        }
        let end = try await server.stop()
        #expect(end.status == 0, "\(end.summary)")
        try await installation.checkStore()
    }

    @Test(.enabled(if: access("/usr/bin/python3", X_OK) == 0, "no Python"))
    func `agents learn of what other processes refresh, and four at once disagree about nothing`() async throws {
        let installation = try Installation()
        try installation.folder.write("sources/.keep", "")
        let command = ChildProcess.Command(
            "/usr/bin/python3",
            [
                fixture("clients/mcp_processes.py"), installation.folder.path("sources"), installation.executable,
                installation.home,
            ], environment: ["HOME": installation.folder.path, "PATH": "/usr/bin:/bin"])
        let result = try await ChildProcess(command).wait()
        #expect(result.status == 0, "\(result.summary)")
        #expect(result.text.contains("four servers agree"))
        try await installation.checkStore()
    }

    @Test func `the end of the input ends the process, with what was asked answered`() async throws {
        let installation = try Installation()
        let conversation = #"""
            {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}
            {"jsonrpc":"2.0","method":"notifications/initialized"}
            {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"list_watches"}}
            """#
        try installation.folder.write("conversation", conversation + "\n")
        let input = installation.folder.path("conversation")
        let command = ChildProcess.Command(
            "/bin/sh", ["-c", #"exec "$0" mcp --home "$1" < "$2""#, installation.executable, installation.home, input],
            environment: ["PATH": "/usr/bin:/bin", "HOME": installation.folder.path])
        let result = try await ChildProcess(command).wait()
        #expect(result.status == 0, "\(result.summary)")
        let lines = result.text.split(separator: "\n").map { try? JSONValue(parsing: Array($0.utf8)) }
        #expect(lines.count == 2)
        #expect(lines.first??["result"]?["protocolVersion"] == "2025-11-25")
        #expect(result.text.contains("No watch tasks."))
        #expect(result.duration < .seconds(10))
    }

    private func tour(_ installation: Installation, _ arguments: [String]) async throws {
        try installation.folder.write("sources/.keep", "")
        let script = fixture("clients/mcp_tour.py")
        let command = ChildProcess.Command(
            try #require(Self.python), [script, installation.folder.path("sources")] + arguments,
            environment: ["HOME": installation.folder.path, "PATH": "/usr/bin:/bin"])
        let result = try await ChildProcess(command).wait()
        #expect(result.status == 0, "\(result.summary)")
        #expect(result.text.contains("calls"))
    }
}
