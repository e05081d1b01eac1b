// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVStore
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

/// Sources that other programs fetch: git repositories, and plug-ins.
@Suite(.inTurn) struct ProgramSourceTests {
    private static let target = "viking://resources/it"

    private func commit(_ ov: Installation, _ message: String) async throws {
        try await ov.git("add", "-A")
        try await ov.git("commit", "-q", "-m", message)
    }

    @Test(.enabled(if: access("/usr/bin/git", X_OK) == 0, "git is not installed"))
    func manyCommitsBetweenRunsAreOneChange() async throws {
        let ov = try Installation()
        for number in 0..<20 { try ov.folder.write("work/docs/\(number).md", "# \(number)\n\nText \(number).\n") }
        try ov.folder.write("work/bin/data.bin", [0, 1, 2, 255])
        try ov.folder.write("work/internal/notes.md", "not for everybody\n")
        try ov.folder.write("work/.gitattributes", "internal export-ignore\n")
        try await ov.git("init", "-q", "-b", "main")
        try await commit(ov, "first")
        let source = "git+file://" + ov.folder.path("work")
        let first = try await ov.json("ingest", source, "--to", Self.target, "--watch-interval", "60")
        #expect(first.counts == [22, 0, 0, 0])
        #expect(try await ov.succeed("read", Self.target + "/docs/7.md") == "# 7\n\nText 7.\n")
        #expect(try await ov.run("stat", Self.target + "/internal/notes.md").status == 1)

        for number in 1...40 {
            try ov.folder.append("work/docs/\(number % 5).md", "Line \(number).\n")
            try await commit(ov, "edit \(number)")
        }
        try ov.folder.rename("work/docs/10.md", to: "work/docs/ten.md")
        try ov.folder.remove("work/docs/11.md")
        try ov.folder.write("work/docs/new.md", "# New\n")
        try await commit(ov, "move")
        let run = try await ov.json("task", "watch", "trigger", Self.target, "--wait").member("result")
        #expect(run.counts == [2, 5, 2, 15])
        #expect(try await ov.succeed("read", Self.target + "/docs/ten.md") == "# 10\n\nText 10.\n")
        let same = try await ov.json("task", "watch", "trigger", Self.target, "--wait").member("result")
        #expect(same.counts == [0, 0, 0, 22] && same["outcome"]?.string == "unchanged")
        #expect(try await ov.watch(Self.target)["source_type"]?.string == "git")
        let part = try await ov.json("ingest", source, "--arg", "path=docs", "--to", "viking://resources/part")
        #expect(part.counts == [20, 0, 0, 0])
        try await ov.checkStore()
    }

    private func installing(_ name: String, _ script: String? = nil) throws -> Installation {
        let ov = try Installation()
        let program = try script.map { Array($0.utf8) } ?? contents(of: fixture("fetchers/\(name)"))
        try ov.folder.write("home/fetchers/\(name)", program)
        try ov.folder.setPermissions("home/fetchers/\(name)", 0o755)
        try ov.folder.setPermissions("home", 0o700)
        return ov
    }

    private func contents(of path: String) throws -> [UInt8] {
        let file = try Descriptor(opening: path, O_RDONLY)
        return try file.read(Int(try file.status().size), at: 0)
    }

    @Test func twoLinesOfShellAreAFetcher() async throws {
        let ov = try installing("ov-fetch-directory")
        try ov.folder.write("source/a.md", "# A\n")
        try ov.folder.write("source/b/c.html", "<h1>C</h1><p>From <b>HTML</b>.")
        let first = try await ov.json(
            "ingest", "directory:" + ov.folder.path("source"), "--to", Self.target, "--watch-interval", "60")
        #expect(first.counts == [2, 0, 0, 0])
        #expect(try await ov.succeed("read", Self.target + "/b/c.html") == "# C\n\nFrom **HTML**.\n")
        #expect(try await ov.watch(Self.target)["source_type"]?.string == "directory")
        try ov.folder.append("source/a.md", "more\n")
        let second = try await ov.json("task", "watch", "trigger", Self.target, "--wait").member("result")
        #expect(second.counts == [0, 1, 0, 1])
        try ov.folder.remove("source/a.md")
        try ov.folder.remove("source")
        let gone = try await ov.run("task", "watch", "trigger", Self.target, "--wait")
        #expect(gone.status == 1 && gone.errors.contains("can't cd to"), "\(gone.summary)")
        #expect(try await ov.succeed("read", Self.target + "/a.md") == "# A\nmore\n")
        try await ov.checkStore()
    }

    /// Whatever ends the process that runs it: a plug-in, and what it has started, ends with it.
    @Test(arguments: [SIGKILL, SIGINT])
    func nothingThatAPluginStartsIsLeftBehind(signal: Int32) async throws {
        let mark = "ov-mark-\(getpid())-\(UInt32.random(in: 0...(.max)))"
        let script = """
            #!/bin/sh
            (setsid sh -c 'sleep 1000; true' \(mark) &)
            sh -c 'sleep 1000; true' \(mark) & touch "$1/started"; wait

            """
        let ov = try installing("ov-fetch-stuck", script)
        try ov.folder.makeFolder("source")
        let process = try ov.start(["ingest", "stuck:" + ov.folder.path("source"), "--to", Self.target])
        try await ov.poll("the plug-in starts") { access(ov.folder.path("source/started"), F_OK) == 0 }
        process.signal(signal)
        _ = try await process.wait()
        try await ov.poll("everything ends") { try running(mark).isEmpty }
        try await ov.checkStore()
    }

    /// The processes with a word among their arguments.
    private func running(_ word: String) throws -> [String] {
        try LocalFileSystem().names(in: "/proc").filter { name in
            guard Int(name) != nil, let file = try? Descriptor(opening: "/proc/\(name)/cmdline", O_RDONLY),
                let bytes = try? file.read(4096, at: 0)
            else { return false }
            return String(decoding: bytes, as: UTF8.self).contains(word)
        }
    }
}
