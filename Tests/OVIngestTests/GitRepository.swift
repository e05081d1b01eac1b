// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVIngest
import OVSystem
import OVTestSupport
import Testing

/// A repository on this machine that a test commits to, and the fetcher for it with a cache of its own.
final class GitRepository: Sendable {
    let folder: TemporaryFolder
    let supervisor: Supervisor

    static let environment = [
        "PATH": "/usr/local/bin:/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
        "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    ]

    init(_ initial: [String: String]? = nil, in folder: TemporaryFolder? = nil) async throws {
        self.folder = try folder ?? TemporaryFolder()
        supervisor = Supervisor(executable: try productFolder() + "/ov")
        try self.folder.makeFolder("cache")
        try self.folder.makeFolder("work")
        try await git("init", "--quiet", "--initial-branch=main")
        if let initial { try await commit(initial) }
    }

    var path: String { folder.path("work") }

    func source(_ arguments: [String: String] = [:], _ options: Source.Options = .init()) -> Source {
        var options = options
        options.arguments = arguments
        return Source(fetcher: "git", location: path, options: options)
    }

    func fetcher(
        _ variables: [String: String] = [:], path: String? = nil, egress: EgressGuard = EgressGuard(),
        idleLimit: Milliseconds = .seconds(30), lockWait: Milliseconds = .seconds(60)
    ) -> GitFetcher {
        let environment = ["PATH": path ?? "/usr/local/bin:/usr/bin:/bin"].merging(variables) { $1 }
        return GitFetcher(
            cache: folder.path("cache/git"), supervisor: supervisor, environment: environment, egress: egress,
            idleLimit: idleLimit, lockWait: lockWait)
    }

    /// Runs git in the work tree.
    @discardableResult
    func git(_ arguments: String..., input: String = "") async throws -> String {
        try await git(arguments, input: Array(input.utf8))
    }

    @discardableResult
    func git(_ arguments: [String], input: [UInt8] = [], variables: [String: String] = [:]) async throws -> String {
        var command = ChildProgram.Command("/usr/bin/git", arguments, workingDirectory: path, input: input)
        command.environment = Self.environment.merging(variables) { $1 }
        let (bytes, outcome) = try await ChildProgram.output(of: command, under: supervisor, atMost: 1 << 26)
        guard outcome.isSuccess else {
            struct Failure: Error { let text: String }
            throw Failure(text: "git \(arguments): \(String(decoding: outcome.errors, as: UTF8.self))")
        }
        return String(decoding: bytes.last == 10 ? bytes.dropLast() : bytes[...], as: UTF8.self)
    }

    /// Commits a tree with exactly these files.
    func commit(_ files: [String: String]) async throws {
        for name in try await git("ls-files", "-z").split(separator: "\0") where files[String(name)] == nil {
            try folder.remove("work/\(name)")
        }
        for (name, text) in files { try folder.write("work/" + name, text) }
        try await commitAll()
    }

    /// Commits the work tree as it is.
    func commitAll() async throws {
        try await git("add", "--all", "--force")
        try await git("commit", "--quiet", "--allow-empty", "--message=x")
    }

    /// Commits what git itself would not take, such as names that no work tree can have: entries of trees in git's
    /// own notation, `<mode> <type> <object>\t<name>`.
    func commitTree(_ entries: [(mode: String, object: String, name: [UInt8])]) async throws {
        var lines: [UInt8] = []
        for entry in entries {
            let type = entry.mode == "040000" ? "tree" : entry.mode == "160000" ? "commit" : "blob"
            lines += Array("\(entry.mode) \(type) \(entry.object)\t".utf8) + entry.name + [0]
        }
        let tree = try await git(["mktree", "-z", "--missing"], input: lines)
        let commit = try await git("commit-tree", tree, "-m", "x")
        try await git("update-ref", "refs/heads/main", commit)
    }

    func blob(_ bytes: [UInt8]) async throws -> String {
        try await git(["hash-object", "-w", "--stdin", "--literally"], input: bytes)
    }

    func blob(_ text: String) async throws -> String { try await blob(Array(text.utf8)) }

    func tree(_ entries: [(mode: String, object: String, name: String)]) async throws -> String {
        let lines = entries.map { entry in
            "\(entry.mode) \(entry.mode == "040000" ? "tree" : "blob") \(entry.object)\t\(entry.name)\0"
        }
        return try await git(["mktree", "-z"], input: Array(lines.joined().utf8))
    }

    /// A folder for `PATH` with a git that notes each call in a file, before it does what it is called for.
    func loggingGit() throws -> String {
        let script = """
            #!/bin/sh
            for word; do case $word in ls-remote|fetch) echo "$word" >> '\(folder.path("calls"))'; break;; esac; done
            exec /usr/bin/git "$@"

            """
        try folder.write("bin/git", script)
        try folder.setPermissions("bin/git", 0o755)
        return folder.path("bin") + ":/usr/bin:/bin"
    }

    /// The network commands since the last call.
    func calls() throws -> [String] {
        guard let bytes = try? folder.read("calls") else { return [] }
        try folder.remove("calls")
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// The repositories in the cache.
    func mirrors() throws -> [String] {
        let cache = try Descriptor(opening: folder.path("cache/git"), O_RDONLY | O_DIRECTORY)
        let listing = try FolderListing(of: cache, atMost: 100)
        return listing.entries.map { String(decoding: listing.name(of: $0), as: UTF8.self) }
            .filter { $0 != "home" }.map { "cache/git/\($0)/repository.git" }
    }
}
