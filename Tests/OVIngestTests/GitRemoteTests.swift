// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVIngest
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

/// Repositories behind a server, and what stands between them and us.
@Suite(.inTurn) struct GitRemoteTests {
    /// Says of a few names where they are. No name server knows them.
    private struct Names: NameResolver {
        func addresses(of host: String) async throws(FetchError) -> [IPAddress] {
            let known = ["repository.test": "127.0.0.1", "both.test": "127.0.0.1", "metadata.test": "169.254.169.254"]
            guard let text = known[host], let address = IPAddress(text) else {
                throw .transient(cause: "unknown_host", "there is no host called \(host)")
            }
            return host == "both.test" ? [IPAddress("8.8.8.8"), address].compactMap { $0 } : [address]
        }
    }

    private struct Server: Sendable {
        let repository: GitRepository
        let port: String

        func source(_ path: String, host: String = "repository.test", _ arguments: [String: String] = [:])
            -> Source
        {
            Source(
                fetcher: "git", location: "http://\(host):\(port)/\(path)",
                options: .init(arguments: arguments, allowsPrivateNetworks: true))
        }

        func fetcher(_ variables: [String: String] = [:], path: String? = nil) -> GitFetcher {
            repository.fetcher(
                variables, path: path, egress: EgressGuard(resolver: Names()), idleLimit: .seconds(20))
        }

        func error(_ source: Source, _ variables: [String: String] = [:], path: String? = nil) async -> FetchError? {
            await #expect(throws: FetchError.self) { try await fetcher(variables, path: path).record(source) }
        }

        /// Method, target, host and authorization of each request.
        func requests() throws -> [[String]] {
            guard let bytes = try? repository.folder.read("requests") else { return [] }
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
                .map { $0.split(separator: "\t").map(String.init) }
        }
    }

    /// Runs a server over the folder of a repository while `body` runs.
    private func serving(
        _ files: [String: String] = ["a.md": "one"], _ body: @escaping @Sendable (Server) async throws -> Void
    ) async throws {
        let repository = try await GitRepository(files)
        let script = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/fixtures/git-server.py"
        var command = ChildProgram.Command(
            "/usr/bin/env", ["python3", script, repository.folder.path],
            idleLimit: .seconds(60))
        command.environment = ["PATH": "/usr/local/bin:/usr/bin:/bin"]
        try await ChildProgram.run(command, under: repository.supervisor) { program in
            let line = String(decoding: try await program.read(), as: UTF8.self)
            try await body(Server(repository: repository, port: String(line.dropLast())))
        }
    }

    // MARK: - Over HTTP

    @Test func aServerIsReachedAtTheAddressThatWasChecked() async throws {
        try await serving { server in
            // No name server knows the name, so the address can have come from nowhere else. Proxies are ignored.
            let proxies = ["http_proxy": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1", "GIT_TRACE": "1"]
            let fetcher = server.fetcher(proxies)
            let source = server.source("plain/work/.git")
            let first = try await fetcher.record(source)
            #expect(first.texts == ["a.md": "one"])
            let requests = try server.requests()
            #expect(requests.allSatisfy { $0[2] == "repository.test:\(server.port)" })
            let second = try await fetcher.record(source, validators: first.validators)
            #expect(second.kept == first.validators)
            let added = try server.requests().dropFirst(requests.count)
            #expect(added.count == 2, "one exchange: capabilities, refs")
            try await server.repository.commit(["a.md": "two"])
            #expect(try await fetcher.record(source, validators: first.validators).texts == ["a.md": "two"])
        }
    }

    @Test func aServerIsReachedAtAnAddressThatIsGiven() async throws {
        try await serving { server in
            let record = try await server.fetcher().record(server.source("plain/work/.git", host: "127.0.0.1"))
            #expect(record.texts == ["a.md": "one"])
        }
    }

    @Test func aPrivateAddressIsRefusedBeforeAnythingConnects() async throws {
        try await serving { server in
            for host in ["repository.test", "127.0.0.1", "both.test", "[::1]", "2130706433"] {
                var source = server.source("plain/work/.git", host: host)
                source.options.allowsPrivateNetworks = false
                let error = await server.error(source)
                #expect(error?.cause == "address_refused" && error?.persistence == .permanent, "\(host)")
            }
            let error = await server.error(server.source("plain/work/.git", host: "metadata.test"))
            #expect(error?.cause == "address_refused")
            let requests = try server.requests()
            #expect(requests.isEmpty)
        }
    }

    @Test(arguments: ["moved", "away"]) func aRedirectIsNotFollowed(_ kind: String) async throws {
        try await serving { server in
            let error = await server.error(server.source([kind, "work", ".git"].joined(separator: "/")))
            #expect(error?.cause == "redirected" && error?.persistence == .permanent, "\(String(describing: error))")
            #expect(error?.hint?.contains("address it has now") == true)
            let asked = try server.requests().map { $0[1] }
            #expect(asked.count == 1 && asked.allSatisfy { $0.hasPrefix("/\(kind)/") })
        }
    }

    @Test(arguments: [
        ("status/404/x", "source_gone", true), ("status/410/x", "source_gone", true),
        ("status/401/x", "access_denied", true), ("status/403/x", "access_denied", true),
        ("status/500/x", "network_error", false), ("status/503/x", "network_error", false),
        ("status/429/x", "network_error", false),
        ("plain/nowhere.git", "source_gone", true),
        ("secret/work/.git", "access_denied", true), ("half/work/.git", "network_error", false),
        ("garbage/x", "network_error", false), ("hostile/x", "git_failed", false),
        ("dumb/work/.git", "unsupported", true),
    ]) func saysWhatAServerAnswers(_ path: String, _ cause: String, _ isPermanent: Bool) async throws {
        try await serving { server in
            try await server.repository.git("update-server-info")
            let source = server.source(path)
            let error = await server.error(source)
            #expect(error?.cause == cause, "\(String(describing: error))")
            #expect((error?.persistence == .permanent) == isPermanent)
            #expect(error?.message.contains(source.location) == true)
            #expect(error?.message.utf8.count ?? 0 < 700)
            #expect(error?.message.unicodeScalars.contains { $0.properties.generalCategory == .control } == false)
        }
    }

    @Test func aServerThatAnswersNothingIsGivenUp() async throws {
        try await serving { server in
            let marked = MarkedProcesses(variable: "TMPDIR", value: server.repository.folder.path)
            let fetcher = server.repository.fetcher(
                [marked.variable: marked.value], egress: EgressGuard(resolver: Names()), idleLimit: Milliseconds(300))
            let error = await #expect(throws: FetchError.self) { try await fetcher.record(server.source("hang/x")) }
            #expect(error?.cause == "timed_out")
            #expect(marked.current.isEmpty)
        }
    }

    @Test func aServerThatIsNotThereIsAPassingFailure() async throws {
        let repository = try await GitRepository(["a.md": "a"])
        let fetcher = repository.fetcher(egress: EgressGuard(resolver: Names()))
        for host in ["127.0.0.1:1", "nowhere.test"] {
            let source = Source(
                fetcher: "git", location: "https://\(host)/x.git", options: .init(allowsPrivateNetworks: true))
            let error = await #expect(throws: FetchError.self) { try await fetcher.record(source) }
            #expect(error?.persistence == .transient(retryAfter: nil))
            #expect(["network_error", "unknown_host"].contains(error?.cause))
        }
    }

    // MARK: - Credentials

    @Test(arguments: ["env:TOKEN", "file"]) func aSecretIsSentAndShowsNowhere(_ kind: String) async throws {
        try await serving { server in
            let folder = server.repository.folder
            try folder.write("token", "u:password\n")
            try folder.setPermissions("token", 0o600)
            try folder.write(
                "bin/git",
                "#!/bin/sh\nprintf '%s\\n' \"$@\" >> '\(folder.path("arguments"))'\nexec /usr/bin/git \"$@\"\n")
            try folder.setPermissions("bin/git", 0o755)
            let reference = kind == "file" ? "file:" + folder.path("token") : kind
            let source = server.source("secret/work/.git", ["auth": reference])
            let fetcher = server.fetcher(
                ["TOKEN": "u:password"], path: folder.path("bin") + ":/usr/local/bin:/usr/bin:/bin")
            #expect(try await fetcher.record(source).texts == ["a.md": "one"])
            let arguments = String(decoding: try folder.read("arguments"), as: UTF8.self)
            #expect(arguments.contains("ls-remote") && arguments.contains("fetch"))
            for word in ["password", "dTpwYXNzd29yZA", "Authorization"] { #expect(!arguments.contains(word)) }
            for mirror in try server.repository.mirrors() {
                let config = String(decoding: try folder.read(mirror + "/config"), as: UTF8.self)
                #expect(!config.contains("password") && !config.contains("Authorization"))
            }
        }
    }

    @Test(arguments: [
        ("token", "b2F1dGgyOnRva2Vu"), ("me:pass:word", "bWU6cGFzczp3b3Jk"), ("a", "b2F1dGgyOmE="),
        ("ab", "b2F1dGgyOmFi"),
    ]) func aTokenIsSentAsAPassword(_ secret: String, _ encoded: String) async throws {
        try await serving { server in
            let error = await server.error(server.source("secret/work/.git", ["auth": "env:TOKEN"]), ["TOKEN": secret])
            #expect(error?.cause == "access_denied")
            let sent = Set(try server.requests().map { $0[3] })
            #expect(sent == ["Basic " + encoded])
        }
    }

    @Test(arguments: ["http://example.org/x.git", "git@example.org:x.git", "/PATH"])
    func aSecretIsNotSentInTheClearOrWhereItMeansNothing(_ location: String) async throws {
        let repository = try await GitRepository(["a.md": "a"])
        struct Anywhere: NameResolver {
            func addresses(of host: String) async throws(FetchError) -> [IPAddress] {
                [IPAddress("8.8.8.8")].compactMap { $0 }
            }
        }
        let fetcher = repository.fetcher(["TOKEN": "s3cret"], egress: EgressGuard(resolver: Anywhere()))
        let source = Source(
            fetcher: "git", location: location == "/PATH" ? repository.path : location,
            options: .init(arguments: ["auth": "env:TOKEN"]))
        let error = await #expect(throws: FetchError.self) { try await fetcher.record(source) }
        #expect(error?.cause == "invalid_argument", "\(String(describing: error))")
    }

    // MARK: - Over ssh

    /// Takes the place of ssh: notes its arguments, a line each, and runs the command here.
    private func fakeShell(_ repository: GitRepository, _ answer: String = "eval \"exec $command\"") throws -> String {
        let script = """
            #!/bin/sh
            printf '%s\\n' "$@" >> '\(repository.folder.path("ssh"))'
            for word; do command=$word; done
            \(answer)

            """
        try repository.folder.write("bin/ssh", script)
        try repository.folder.setPermissions("bin/ssh", 0o755)
        return repository.folder.path("bin") + ":/usr/local/bin:/usr/bin:/bin"
    }

    @Test(arguments: [("me@repository.test", "repository.test"), ("me@repository.test:2222", "[repository.test]:2222")])
    func sshIsToldTheAddressAndNothingElseIsLeftToIt(_ place: String, _ alias: String) async throws {
        let repository = try await GitRepository(["a.md": "a"])
        let fetcher = repository.fetcher(
            ["SSH_AUTH_SOCK": "/agent"], path: try fakeShell(repository), egress: EgressGuard(resolver: Names()))
        let source = Source(
            fetcher: "git", location: "ssh://\(place)\(repository.path)", options: .init(allowsPrivateNetworks: true))
        let first = try await fetcher.record(source)
        #expect(first.texts == ["a.md": "a"])
        let words = String(decoding: try repository.folder.read("ssh"), as: UTF8.self).split(separator: "\n").map(
            String.init)
        for option in [
            "HostName=127.0.0.1", "HostKeyAlias=\(alias)", "BatchMode=yes", "ProxyCommand=none", "ProxyJump=none",
            "ControlPath=none", "me@repository.test",
        ] { #expect(words.contains(option), "\(option)") }
        #expect(try await fetcher.record(source, validators: first.validators).delivered.isEmpty)
    }

    @Test func sshTriesOneAddressAfterTheOther() async throws {
        struct Two: NameResolver {
            func addresses(of host: String) async throws(FetchError) -> [IPAddress] {
                ["2001:4860:4860::8888", "8.8.8.8"].compactMap { IPAddress($0) }
            }
        }
        let repository = try await GitRepository(["a.md": "a"])
        let answer =
            "case $* in *HostName=2001:*) echo 'connect: Network is unreachable' >&2; exit 255;; esac; eval \"exec $command\""
        let fetcher = repository.fetcher(path: try fakeShell(repository, answer), egress: EgressGuard(resolver: Two()))
        let source = Source(fetcher: "git", location: "ssh://me@repository.test\(repository.path)")
        #expect(try await fetcher.record(source).texts == ["a.md": "a"])
        let words = String(decoding: try repository.folder.read("ssh"), as: UTF8.self).split(separator: "\n")
        let hosts = words.filter { $0.hasPrefix("HostName=") }.map { $0.dropFirst(9) }
        #expect(hosts == ["2001:4860:4860::8888", "8.8.8.8", "8.8.8.8"], "probe, probe, fetch")
    }

    @Test(arguments: [
        ("echo 'Host key verification failed.' >&2; exit 255", "access_denied", true),
        ("echo 'me@repository.test: Permission denied (publickey).' >&2; exit 255", "access_denied", true),
        (
            "echo 'ssh: connect to host repository.test port 22: Connection refused' >&2; exit 255", "network_error",
            false
        ),
        ("echo 'ERROR: Repository not found.' >&2; exit 1", "source_gone", true), ("exit 1", "network_error", false),
    ]) func saysWhySSHFails(_ answer: String, _ cause: String, _ isPermanent: Bool) async throws {
        let repository = try await GitRepository(["a.md": "a"])
        let fetcher = repository.fetcher(
            path: try fakeShell(repository, answer), egress: EgressGuard(resolver: Names()))
        let source = Source(
            fetcher: "git", location: "me@repository.test:x.git", options: .init(allowsPrivateNetworks: true))
        let error = await #expect(throws: FetchError.self) { try await fetcher.record(source) }
        #expect(error?.cause == cause, "\(String(describing: error))")
        #expect((error?.persistence == .permanent) == isPermanent)
    }
}
