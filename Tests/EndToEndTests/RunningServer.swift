// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem
import OVTestSupport
import Testing

/// A server that runs; it is killed if a test does not stop it.
struct RunningServer: Sendable {
    let process: ChildProcess
    let url: String
    let socket: String

    /// Asks it to end, and waits for that.
    func stop(_ signal: Int32 = SIGTERM) async throws -> ChildProcess.Result {
        process.signal(signal)
        let result = try await process.wait(atMost: .seconds(60))
        #expect(!result.timedOut, "\(result.summary)")
        return result
    }

    /// Asks with curl.
    /// - Returns: the JSON that came back.
    func curl(_ target: String, _ options: String...) async throws -> JSONValue {
        let command = ChildProcess.Command(
            "/usr/bin/curl", ["-sS", "--max-time", "60", url + target] + options,
            environment: ["PATH": "/usr/bin:/bin"])
        let result = try await ChildProcess(command).wait()
        try #require(result.status == 0, "\(result.summary)")
        return try JSONValue(parsing: result.output)
    }
}

extension Installation {
    /// Makes a key as a script would: what the command prints is the key.
    func key(_ role: String, _ words: String...) async throws -> String {
        let result = try await run(["key", "create", "--role", role] + words)
        try #require(result.status == 0, "\(result.summary)")
        try #require(result.text.hasPrefix("ov_") && result.text.hasSuffix("\n"))
        return String(result.text.dropLast())
    }

    /// Starts a server on a free port, and waits until it listens.
    func serve(_ words: String...) async throws -> RunningServer {
        let output = folder.path("serve-\(UInt64.random(in: 0...(.max)))")
        let file = try Descriptor(opening: output, O_RDWR | O_CREAT | O_EXCL)
        let process = try start(["serve", "--port", "0", "-o", "json", "-c"] + words, output: file)
        var place: JSONValue?
        try await poll("the server does not say where it listens") {
            let size = Int(try file.status().size)
            place = try? JSONValue(parsing: try file.read(size, at: 0))["result"]
            return place != nil
        }
        return RunningServer(
            process: process, url: try #require(place?["url"]?.string), socket: try #require(place?["socket"]?.string))
    }
}
