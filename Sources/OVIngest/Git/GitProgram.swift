// SPDX-License-Identifier: Apache-2.0

import Glibc
internal import OVCore
internal import OVSystem
internal import Synchronization

/// The `git` program, called so that nothing but its arguments decides what it does: no configuration of the user or
/// the system, no variables, no hooks, no questions.
final class GitProgram: Sendable {
    private let supervisor: Supervisor
    /// What little of the process's environment git gets to see, see `passedOn`.
    private let environment: [String: String]
    /// The folder that git takes for the user's home: empty.
    private let home: String
    private let found = Mutex<String?>(nil)

    /// Bytes of output that a command may have that is not read piece by piece.
    static let outputLimit = 64 << 20

    init(supervisor: Supervisor, environment: [String: String], home: String) {
        self.supervisor = supervisor
        self.environment = environment
        self.home = home
    }

    /// Where programs are, where temporary files go, and which certificates are trusted.
    private static let passedOn = [
        "PATH", "TMPDIR", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "SSL_CERT_FILE", "SSL_CERT_DIR",
    ]

    /// Held against whatever the code of git, of today or later, would otherwise do by itself.
    private static let settings = [
        "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.askPass=", "credential.helper=",
        "core.attributesFile=/dev/null", "core.bigFileThreshold=16m", "gc.auto=0", "maintenance.auto=false",
        "protocol.allow=never", "http.followRedirects=false", "http.proxy=", "http.sslVerify=true",
        "transfer.bundleURI=false", "fetch.uriProtocols=", "fetch.writeCommitGraph=false",
        // Always a pack, which is written as it comes, and never single objects, which would be built in memory.
        "fetch.unpackLimit=1", "fetch.recurseSubmodules=no",
        "submodule.recurse=false", "advice.detachedHead=false", "pack.threads=2",
    ]

    /// How a remote is reached: what is added to a command that talks to it.
    struct Access: Sendable {
        var protocolName: String
        var settings: [String] = []
        var variables: [String: String] = [:]
        /// Settings that nobody may see among a process's arguments.
        var secrets: [(name: String, value: String)] = []
        /// What is called for a repository of this machine, instead of plain `git-upload-pack`.
        var uploadPack: String?
        var idleLimit: Duration = .seconds(30)
        /// Bytes that a file may have which the command writes.
        var fileLimit: Int64?
    }

    /// Runs a command to its end.
    /// - Returns: what it wrote to standard output.
    /// - Throws: `GitFailure`, `FetchError` when there is no usable git, `CancellationError`.
    func run(_ arguments: [String], in repository: String?, access: Access? = nil, input: [UInt8] = []) async throws
        -> [UInt8]
    {
        let command = try await command(arguments, repository, access, input: input)
        do {
            let (bytes, outcome) = try await ChildProgram.output(
                of: command, under: supervisor, atMost: Self.outputLimit)
            guard outcome.isSuccess else { throw GitFailure(outcome, of: arguments) }
            return bytes
        } catch let failure as ChildProgram.Failure {
            throw GitFailure(failure, of: arguments)
        }
    }

    /// Runs a command whose output is read piece by piece.
    /// - Parameter endMatters: whether it has to end well once `body` has what it wants.
    /// - Throws: as `run`, and what `body` throws.
    func stream<Result: Sendable>(
        _ arguments: [String], in repository: String, variables: [String: String] = [:], input: [UInt8] = [],
        endMatters: Bool = true, _ body: @Sendable (ChildProgram) async throws -> Result
    ) async throws -> Result {
        var command = try await command(arguments, repository, nil, input: input)
        command.environment.merge(variables) { $1 }
        do {
            return try await ChildProgram.run(command, under: supervisor) { program in
                let result = try await body(program)
                guard endMatters else { return result }
                let outcome = try await program.finish()
                guard outcome.isSuccess else { throw GitFailure(outcome, of: arguments) }
                return result
            }
        } catch let failure as ChildProgram.Failure {
            throw GitFailure(failure, of: arguments)
        }
    }

    private func command(_ arguments: [String], _ repository: String?, _ access: Access?, input: [UInt8]) async throws
        -> ChildProgram.Command
    {
        var command = ChildProgram.Command(try await executable(), [], workingDirectory: home, input: input)
        command.environment = variables()
        for setting in Self.settings + (access?.settings ?? []) { command.arguments += ["-c", setting] }
        command.arguments.append("--literal-pathspecs")
        if let repository { command.arguments.append("--git-dir=\(repository)") }
        command.arguments += arguments
        guard let access else { return command }
        command.environment.merge(access.variables) { $1 }
        command.environment["GIT_ALLOW_PROTOCOL"] = access.protocolName
        command.environment["GIT_CONFIG_COUNT"] = String(access.secrets.count)
        for (index, secret) in access.secrets.enumerated() {
            command.environment["GIT_CONFIG_KEY_\(index)"] = secret.name
            command.environment["GIT_CONFIG_VALUE_\(index)"] = secret.value
        }
        command.idleLimit = access.idleLimit
        if let limit = access.fileLimit {
            // In blocks of 512 bytes, with a MiB more for what git writes beside the content. Without the signal (25),
            // writing fails with words. What the shell is told does not depend on the source.
            let blocks = limit / 512 + 2048
            command.arguments =
                ["-c", "trap '' 25; ulimit -f \(blocks) && exec \"$0\" \"$@\"", command.executable] + command.arguments
            command.executable = "/bin/sh"
        }
        return command
    }

    private func variables() -> [String: String] {
        var variables = environment.filter { Self.passedOn.contains($0.key) }
        variables["HOME"] = home
        variables["LC_ALL"] = "C"
        variables["GIT_CONFIG_NOSYSTEM"] = "1"
        variables["GIT_CONFIG_GLOBAL"] = "/dev/null"
        variables["GIT_ATTR_NOSYSTEM"] = "1"
        variables["GIT_TERMINAL_PROMPT"] = "0"
        variables["GIT_ASKPASS"] = ""
        variables["GIT_NO_LAZY_FETCH"] = "1"
        variables["GIT_NO_REPLACE_OBJECTS"] = "1"
        variables["GIT_OPTIONAL_LOCKS"] = "0"
        variables["GIT_ALLOW_PROTOCOL"] = ""
        return variables
    }

    // MARK: - The executable

    /// The first version that can be told the address to connect to (`http.curloptResolve`).
    private static let oldestVersion = (2, 37)

    private func executable() async throws -> String {
        if let path = found.withLock({ $0 }) { return path }
        let path = try Self.find(in: environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin")
        var command = ChildProgram.Command(path, ["version"], workingDirectory: home)
        command.environment = variables()
        let text: String
        do {
            let bytes = try await ChildProgram.output(of: command, under: supervisor, atMost: 4096).bytes
            text = String(decoding: bytes.prefix { $0 != 10 }.prefix(100), as: UTF8.self)
        } catch let failure as ChildProgram.Failure {
            throw GitFailure(failure, of: ["version"]).fetchError(of: path)
        }
        // "git version 2.39.5", "git version 2.39.5 (Apple Git-154)"
        let numbers = text.split { $0 == " " || $0 == "." }.dropFirst(2).prefix(2).map { Int($0) ?? 0 }
        guard numbers.count == 2, (numbers[0], numbers[1]) >= Self.oldestVersion else {
            throw FetchError.permanent(
                cause: "program_missing", "\(path) says that it is '\(text)', and that is too old",
                hint: "install git \(Self.oldestVersion.0).\(Self.oldestVersion.1) or newer")
        }
        found.withLock { $0 = path }
        return path
    }

    private static func find(in searchPath: String) throws(FetchError) -> String {
        for folder in searchPath.split(separator: ":") where folder.utf8.first == UInt8(ascii: "/") {
            let path = String(folder) + "/git"
            if (try? FileStatus(of: path))?.kind == .file, access(path, X_OK) == 0 { return path }
        }
        throw .permanent(
            cause: "program_missing", "there is no git program on PATH",
            hint: "install git, for instance with: apt-get install git")
    }
}
