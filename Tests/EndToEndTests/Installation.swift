// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem
import OVTestSupport
import Testing

/// The built program with a home of its own, run as people run it: in processes.
struct Installation: Sendable {
    /// Holds the home and whatever a test makes; gone with the installation.
    let folder: TemporaryFolder
    let home: String
    let executable: String
    /// Beside what every process gets.
    private var extra: [String: String] = [:]

    init() throws {
        folder = try TemporaryFolder()
        home = folder.path("home")
        executable = try productFolder() + "/ov"
    }

    /// Another home for the same program.
    init(home: String) throws {
        folder = try TemporaryFolder()
        self.home = home
        executable = try productFolder() + "/ov"
    }

    /// The same installation, with more variables in its environment.
    func with(_ variables: [String: String]) -> Installation {
        var other = self
        other.extra.merge(variables) { $1 }
        return other
    }

    private var environment: [String: String] {
        ["OV_HOME": home, "HOME": folder.path, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"].merging(extra) { $1 }
    }

    func start(_ words: [String], output: Descriptor? = nil) throws -> ChildProcess {
        try ChildProcess(ChildProcess.Command(executable, words, environment: environment, output: output))
    }

    /// Starts it in a folder, as a shell that stands there would.
    func run(in directory: String, _ words: [String]) async throws -> ChildProcess.Result {
        let command = ChildProcess.Command(
            "/usr/bin/env", ["-C", directory, executable] + words, environment: environment)
        return try await ChildProcess(command).wait()
    }

    func run(_ words: String...) async throws -> ChildProcess.Result { try await run(words) }

    func run(_ words: [String]) async throws -> ChildProcess.Result {
        let result = try await start(words).wait()
        #expect(!result.timedOut, "hangs: \(result.name)\n\(result.errors)")
        return result
    }

    /// Runs what has to succeed.
    /// - Returns: what it printed on standard output.
    @discardableResult
    func succeed(_ words: String..., at location: SourceLocation = #_sourceLocation) async throws -> String {
        let result = try await run(words)
        try #require(result.status == 0, "\(result.summary)", sourceLocation: location)
        return result.text
    }

    /// Runs what has to succeed, and reads the JSON that it prints.
    func json(_ words: String..., at location: SourceLocation = #_sourceLocation) async throws -> JSONValue {
        try await json(words, at: location)
    }

    func json(_ words: [String], at location: SourceLocation = #_sourceLocation) async throws -> JSONValue {
        let result = try await run(words + ["-o", "json"])
        try #require(result.status == 0, "\(result.summary)", sourceLocation: location)
        return try JSONValue(parsing: result.output)
    }

    /// Runs git in the folder `work`.
    func git(_ words: String...) async throws {
        let environment = [
            "HOME": folder.path, "GIT_CONFIG_NOSYSTEM": "1", "PATH": "/usr/bin:/bin", "GIT_AUTHOR_NAME": "n",
            "GIT_AUTHOR_EMAIL": "e@example.org", "GIT_COMMITTER_NAME": "n", "GIT_COMMITTER_EMAIL": "e@example.org",
        ]
        let command = ["-C", folder.path("work"), "-c", "gc.auto=0"] + words
        let result = try await ChildProcess(
            ChildProcess.Command("/usr/bin/git", command, environment: environment)
        ).wait()
        try #require(result.status == 0, "\(result.summary)")
    }

    /// Fails unless the store is sound.
    func checkStore(at location: SourceLocation = #_sourceLocation) async throws {
        let result = try await run(["store", "check"])
        try #require(result.status == 0, "\(result.summary)", sourceLocation: location)
    }

    /// The one watch at a target.
    func watch(_ uri: String, at location: SourceLocation = #_sourceLocation) async throws -> JSONValue {
        try await json("task", "watch", "show", uri, at: location)
    }

    /// Asks until `condition` holds. The bound is for what never comes; a busy machine may be slow.
    func poll(
        _ what: Comment, at location: SourceLocation = #_sourceLocation,
        until condition: () async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now + .seconds(180)
        while ContinuousClock.now < end {
            if try await condition() { return }
            // Not a wait for a moment to pass, but a rest between two questions.
            try await Task.sleep(for: .milliseconds(20))
        }
        // This task may have had to wait for a turn all that time.
        try #require(try await condition(), what, sourceLocation: location)
    }
}

extension ChildProcess.Result {
    /// Everything about it, for messages.
    var summary: String {
        "\(name): status \(status.map(String.init) ?? "-"), signal \(signal.map(String.init) ?? "-")\n"
            + "--- stdout\n\(text.prefix(2000))--- stderr\n\(errors.prefix(4000))"
    }
}

extension JSONValue {
    /// The member of an object, which has to be there.
    func member(_ name: String, at location: SourceLocation = #_sourceLocation) throws -> JSONValue {
        try #require(self[name], "no member '\(name)'", sourceLocation: location)
    }

    /// The members `added`, `changed`, `removed` and `unchanged`.
    var counts: [Int64] { ["added", "changed", "removed", "unchanged"].map { self[$0]?.integer ?? -1 } }
}
