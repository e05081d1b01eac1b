// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

/// `curl -N` follows a server.
@Suite(.inTurn) struct EventStreamTests {
    @Test(arguments: [false, true])
    func `what a command beside the server does arrives, whoever schedules, and the stream ends with the server`(
        schedules: Bool
    ) async throws {
        let installation = try Installation()
        try installation.folder.write("docs/guide.md", "# Guide\n")
        let server =
            schedules ? try await installation.serve() : try await installation.serve("--no-scheduler")
        let path = installation.folder.path("events")
        let output = try Descriptor(opening: path, O_RDWR | O_CREAT | O_EXCL)
        var command = ChildProcess.Command(
            "/usr/bin/curl", ["-sSN", "--max-time", "100", server.url + "/api/v1/events"],
            environment: ["PATH": "/usr/bin:/bin"])
        command.output = output
        let curl = try ChildProcess(command)
        func text() throws -> String {
            String(decoding: try output.read(Int(try output.status().size), at: 0), as: UTF8.self)
        }
        try await installation.poll("the stream does not begin") { try text().contains("event: began\n") }
        try await installation.succeed("ingest", installation.folder.path("docs"), "--to", "viking://resources/docs")
        try await installation.poll("nothing is heard of the ingest: \(try text())") {
            try text().contains("event: revision\n") && text().contains(#""status":"completed""#)
        }
        let clock = ContinuousClock()
        let start = clock.now
        #expect(try await server.stop().status == 0)
        #expect(clock.now - start < .seconds(10))
        let result = try await curl.wait()
        #expect(result.status == 0, "\(result.summary)")
        #expect(try text().hasPrefix("retry: "))
    }
}
