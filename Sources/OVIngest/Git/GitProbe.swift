// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// What a repository says that a ref stands for, asked without fetching anything.
struct GitProbe: Hashable, Sendable {
    /// The commit.
    let commit: String
    /// What to ask for: a ref's whole name, or the commit.
    let wanted: String

    /// Asks.
    /// - Throws: `GitFailure`, `FetchError`, `CancellationError`.
    static func ask(
        _ location: GitLocation, for ref: GitArguments.Ref, with git: GitProgram, access: GitProgram.Access
    ) async throws -> GitProbe {
        var command = ["ls-remote", "--quiet"]
        if let program = access.uploadPack { command += ["--upload-pack=\(program)"] }
        command += ["--", location.text] + patterns(ref)
        let listed = parse(try await git.run(command, in: nil, access: access))
        switch ref {
        case .commit(let id):
            // It never moves; the question was whether the repository is still there.
            return GitProbe(commit: id, wanted: id)
        case .head:
            guard let commit = listed["HEAD"] else {
                throw FetchError.transient(
                    cause: "source_empty", "\(location.text) has no commit on its default branch",
                    hint: "name another branch with --arg ref=NAME")
            }
            return GitProbe(commit: commit, wanted: "HEAD")
        case .full(let name): return try found([name], listed, location)
        case .short(let name): return try found(["refs/heads/\(name)", "refs/tags/\(name)"], listed, location)
        }
    }

    private static func patterns(_ ref: GitArguments.Ref) -> [String] {
        switch ref {
        case .head, .commit: ["HEAD"]
        case .full(let name): [name, name + "^{}"]
        case .short(let name): ["refs/heads/\(name)", "refs/tags/\(name)", "refs/tags/\(name)^{}"]
        }
    }

    private static func found(_ names: [String], _ listed: [String: String], _ location: GitLocation)
        throws(FetchError) -> GitProbe
    {
        for name in names {
            // A tag with a message is an object of its own; behind `^{}` stands the commit.
            if let commit = listed[name + "^{}"] ?? listed[name] { return GitProbe(commit: commit, wanted: name) }
        }
        let name = names.last?.split(separator: "/", maxSplits: 2).last.map(String.init) ?? ""
        throw .permanent(
            cause: "source_gone", "\(location.text) has no branch or tag '\(LocalPath.shown(name))'",
            hint: "check --arg ref; a commit is given by its whole id")
    }

    /// Lines of an id, a tab and a name.
    private static func parse(_ output: [UInt8]) -> [String: String] {
        var listed: [String: String] = [:]
        for line in output.split(separator: 10) {
            let parts = line.split(separator: 9, maxSplits: 1)
            guard parts.count == 2, [40, 64].contains(parts[0].count),
                parts[0].allSatisfy(GitArguments.isHexadecimal)
            else { continue }
            listed[String(decoding: parts[1], as: UTF8.self)] = String(decoding: parts[0], as: UTF8.self)
        }
        return listed
    }
}
