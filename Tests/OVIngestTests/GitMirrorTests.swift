// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVIngest
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

/// The mirror as something that breaks, is fought over and is left half done.
@Suite(.inTurn) struct GitMirrorTests {
    @Test(arguments: [
        "truncated pack", "empty pack", "no pack", "damaged pack", "no index", "no objects", "no HEAD", "bad ref",
        "no config", "other location", "no mirror",
    ])
    func aBrokenMirrorIsMadeAnew(_ damage: String) async throws {
        var random = SeededGenerator(seed: 7)
        let noise = (0..<300).map { _ in String(UInt64.random(in: 0...(.max), using: &random)) }.joined()
        let repository = try await GitRepository(["a.md": "a", "b/c.md": noise, "d.md": noise + noise])
        let fetcher = repository.fetcher()
        let first = try await fetcher.record(repository.source())
        try inflict(damage, on: repository)
        // With nothing to keep everything is read from the mirror.
        #expect(try await fetcher.record(repository.source()).texts == first.texts)
        try inflict(damage, on: repository)
        let second = try await fetcher.record(repository.source(), validators: first.validators)
        #expect(second.kept.merging(second.validators) { $1 } == first.validators)
        try inflict(damage, on: repository)
        try await repository.commit(["a.md": "other", "b/c.md": noise])
        let third = try await fetcher.record(repository.source(), validators: first.validators)
        #expect(third.texts["a.md"] == "other" && third.paths == ["a.md", "b/c.md"])
    }

    private func inflict(_ damage: String, on repository: GitRepository) throws {
        let folder = repository.folder
        let mirror = try #require(try repository.mirrors().first)
        let packs = mirror + "/objects/pack"
        let listing = try FolderListing(of: Descriptor(opening: folder.path(packs), O_RDONLY), atMost: 100)
        let names = listing.entries.map { String(decoding: listing.name(of: $0), as: UTF8.self) }
        for name in names { try folder.setPermissions("\(packs)/\(name)", 0o644) }
        let pack = packs + "/" + (names.first { $0.hasSuffix(".pack") } ?? "")
        switch damage {
        case "truncated pack": try folder.write(pack, Array(try folder.read(pack).dropLast(200)))
        case "empty pack": try folder.write(pack, "")
        case "no pack": try folder.remove(pack)
        case "damaged pack":
            var bytes = try folder.read(pack)
            for index in (bytes.count / 2)..<(bytes.count / 2 + 100) { bytes[index] ^= 0x55 }
            try folder.write(pack, bytes)
        case "no index": for name in names where name.hasSuffix(".idx") { try folder.remove("\(packs)/\(name)") }
        case "no objects": try folder.remove(mirror + "/objects")
        case "no HEAD": try folder.remove(mirror + "/HEAD")
        case "bad ref": try folder.write(mirror + "/refs/ov/bad", "no commit\n")
        case "no config": try? folder.remove(mirror + "/config")
        case "other location": try folder.write(mirror + "/../location", "sha1 elsewhere")
        default: try folder.remove(mirror)
        }
    }

    @Test func whatAKilledFetchLeavesIsNoObstacle() async throws {
        let repository = try await GitRepository(["a.md": "one"])
        _ = try await repository.fetcher().record(repository.source())
        let mirror = try #require(try repository.mirrors().first)
        for name in [
            "shallow.lock", "config.lock", "packed-refs.lock", "HEAD.lock", "objects/pack/tmp_pack_x", "gc.pid",
        ] {
            try repository.folder.write(mirror + "/" + name, "x")
        }
        let refs = try FolderListing(
            of: Descriptor(opening: repository.folder.path(mirror + "/refs/ov"), O_RDONLY), atMost: 10)
        for entry in refs.entries {
            let name = String(decoding: refs.name(of: entry), as: UTF8.self)
            try repository.folder.write("\(mirror)/refs/ov/\(name).lock", "")
        }
        try await repository.commit(["a.md": "two"])
        #expect(try await repository.fetcher().record(repository.source()).texts == ["a.md": "two"])
        #expect((try? repository.folder.read(mirror + "/objects/pack/tmp_pack_x")) == nil)
    }

    @Test func manyRunsShareAMirror() async throws {
        let repository = try await GitRepository(["a.md": "a", "b/c.md": "c"])
        let texts = try await withThrowingTaskGroup(of: [String: String].self) { group in
            for number in 0..<6 {
                group.addTask {
                    let source = repository.source(number % 2 == 0 ? [:] : ["ref": "main"])
                    return try await repository.fetcher().record(source).texts
                }
            }
            return try await group.reduce(into: [[String: String]]()) { $0.append($1) }
        }
        #expect(texts == Array(repeating: ["a.md": "a", "b/c.md": "c"], count: 6))
        #expect(try repository.mirrors().count == 1)
    }

    private func holdLock(of repository: GitRepository) async throws -> Descriptor {
        _ = try await repository.fetcher().record(repository.source())
        let mirror = try #require(try repository.mirrors().first)
        let lock = try Descriptor(opening: repository.folder.path(mirror + "/../lock"), O_RDWR)
        // A process that another test starts has, for an instant, all that is open here, the lock of that run too.
        while try !lock.tryLock(byte: 0) { await Task.yield() }
        return lock
    }

    @Test func aRunWaitsForAnotherOneNotForEver() async throws {
        let repository = try await GitRepository(["a.md": "a"])
        let lock = try await holdLock(of: repository)
        let error = await #expect(throws: FetchError.self) {
            try await repository.fetcher(lockWait: Milliseconds(50)).record(repository.source())
        }
        #expect(error?.cause == "mirror_busy" && error?.persistence == .transient(retryAfter: nil))
        lock.unlock(byte: 0)
        #expect(try await repository.fetcher().record(repository.source()).paths == ["a.md"])
    }

    @Test func aRunThatWaitsCanBeCancelled() async throws {
        let repository = try await GitRepository(["a.md": "a"])
        let lock = try await holdLock(of: repository)
        let path = try repository.loggingGit()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = try await repository.fetcher(path: path, lockWait: .hours(1)).record(repository.source())
            }
            while (try? repository.calls())?.isEmpty != false { await Task.yield() }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
        withExtendedLifetime(lock) {}
    }

    // MARK: - Programs

    /// A git that, when it is called for `command`, says so in a FIFO and then sleeps with a child.
    private func hangingGit(_ repository: GitRepository, at command: String) throws -> String {
        let script = """
            #!/bin/sh
            for word; do
                if [ "$word" = \(command) ]; then sleep 1000 & echo > '\(repository.folder.path("hangs"))'; sleep 1000; fi
            done
            exec /usr/bin/git "$@"

            """
        try repository.folder.makeFIFO("hangs")
        try repository.folder.write("bin/git", script)
        try repository.folder.setPermissions("bin/git", 0o755)
        return repository.folder.path("bin") + ":/usr/bin:/bin"
    }

    @Test(arguments: ["version", "ls-remote", "init", "fetch", "rev-parse", "ls-tree", "check-attr", "cat-file"])
    func aCancelledRunLeavesNoProcess(_ command: String) async throws {
        let repository = try await GitRepository(["a.md": "a", ".gitattributes": "b export-ignore"])
        let path = try hangingGit(repository, at: command)
        let marked = MarkedProcesses(variable: "TMPDIR", value: repository.folder.path)
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let fetcher = repository.fetcher([marked.variable: marked.value], path: path)
                _ = try await fetcher.record(repository.source())
            }
            await withTaskExecutorPreference(ThreadPool(count: 1)) {
                // Waits for the one who writes.
                guard let fifo = try? Descriptor(opening: repository.folder.path("hangs"), O_RDONLY) else { return }
                var byte: UInt8 = 0
                #expect(read(fifo.number, &byte, 1) == 1)
            }
            #expect(!marked.current.isEmpty)
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
        #expect(marked.current.isEmpty)
        #expect(try await repository.fetcher().record(repository.source()).paths == [".gitattributes", "a.md"])
    }

    @Test(arguments: ["ls-remote", "fetch"]) func aServerThatIsSilentIsGivenUp(_ command: String) async throws {
        let repository = try await GitRepository(["a.md": "a"])
        let path = try hangingGit(repository, at: command)
        let reader = try Descriptor(opening: repository.folder.path("hangs"), O_RDONLY | O_NONBLOCK)
        let marked = MarkedProcesses(variable: "TMPDIR", value: repository.folder.path)
        let fetcher = repository.fetcher([marked.variable: marked.value], path: path, idleLimit: Milliseconds(400))
        let error = await #expect(throws: FetchError.self) { try await fetcher.record(repository.source()) }
        #expect(
            error?.cause == "timed_out" && error?.persistence == .transient(retryAfter: nil),
            "\(String(describing: error))")
        #expect(marked.current.isEmpty)
        withExtendedLifetime(reader) {}
    }

    @Test func saysThatGitIsMissing() async throws {
        let repository = try await GitRepository(["a.md": "a"])
        let error = await #expect(throws: FetchError.self) {
            try await repository.fetcher(path: repository.path + ":relative").record(repository.source())
        }
        #expect(error?.cause == "program_missing" && error?.hint?.contains("install git") == true)
    }

    @Test(arguments: ["git version 2.36.9", "git version 1.9.1", "something else", ""])
    func saysThatGitIsTooOld(_ version: String) async throws {
        let repository = try await GitRepository(["a.md": "a"])
        try repository.folder.write("bin/git", "#!/bin/sh\necho '\(version)'\n")
        try repository.folder.setPermissions("bin/git", 0o755)
        let error = await #expect(throws: FetchError.self) {
            try await repository.fetcher(path: repository.folder.path("bin")).record(repository.source())
        }
        #expect(error?.cause == "program_missing" && error?.hint?.contains("2.37") == true)
    }
}
