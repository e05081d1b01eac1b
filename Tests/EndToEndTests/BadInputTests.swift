// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

/// Sources that are not as one would like: said, survived, and never waited for.
@Suite(.inTurn) struct BadInputTests {
    private static let target = "viking://resources/bad"

    private func warnings(_ answer: JSONValue) -> String {
        (answer["warnings"]?.array ?? []).compactMap(\.string).joined(separator: "\n")
    }

    @Test func whatIsNoDocumentIsLeftOutAndNamed() async throws {
        let ov = try Installation()
        try ov.folder.write("bad/good.md", "good\n")
        try ov.folder.makeFIFO("bad/pipe.md")
        try ov.folder.makeLink("bad/zero.md", to: "/dev/zero")
        try ov.folder.makeLink("bad/outside.md", to: "/etc/passwd")
        try ov.folder.makeLink("bad/loop", to: ".")
        try ov.folder.makeLink("bad/gone.md", to: "nowhere")
        try ov.folder.makeSparseFile("bad/huge.bin", size: 10 << 30)
        let answer = try await ov.json("ingest", ov.folder.path("bad"), "--to", Self.target)
        #expect(answer.counts == [1, 0, 0, 0])
        let said = warnings(answer)
        for name in ["pipe.md", "zero.md", "outside.md", "gone.md", "huge.bin"] { #expect(said.contains(name)) }
        #expect(said.contains("FIFO") && said.contains("10737418240"))
    }

    @Test(arguments: ["pipe", "huge.bin", "zero", "nothing"])
    func aSourceThatCannotBeOneIsRefused(name: String) async throws {
        let ov = try Installation()
        try ov.folder.makeFolder("bad")
        try ov.folder.makeFIFO("bad/pipe")
        try ov.folder.makeLink("bad/zero", to: "/dev/zero")
        try ov.folder.makeSparseFile("bad/huge.bin", size: 10 << 30)
        let source = ov.folder.path("bad/\(name)")
        let result = try await ov.run("ingest", source, "--to", Self.target)
        #expect(result.status == (name == "huge.bin" ? 1 : 2), "\(result.summary)")
        #expect(result.errors.contains(source) && result.errors.contains("hint: "), "\(result.summary)")
        #expect(try await ov.json("ls") == .array([]))
    }

    @Test func namesThatAreNotTextAreSpelledInBytes() async throws {
        let ov = try Installation()
        try ov.folder.write("bad/good.md", "good\n")
        let name = Array(ov.folder.path("bad/").utf8CString.dropLast()) + [110, -1, -2, 46, 109, 100, 0]
        let file = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        try #require(file >= 0)
        write(file, "raw\n", 4)
        close(file)
        let answer = try await ov.json("ingest", ov.folder.path("bad"), "--to", Self.target)
        #expect(answer.counts == [2, 0, 0, 0] && warnings(answer).contains("%FF%FE"))
        let uris = try await ov.json("ls", Self.target).array?.compactMap { $0["uri"]?.string } ?? []
        let uri = try #require(uris.first { $0.hasSuffix("n%FF%FE.md") })
        #expect(try await ov.succeed("read", uri) == "raw\n")
        #expect(try await ov.json("ingest", ov.folder.path("bad"), "--to", Self.target).counts == [0, 0, 0, 2])
    }

    @Test func aVeryDeepFolderIsWalked() async throws {
        let ov = try Installation()
        let depth = String(repeating: "d/", count: 900)
        try ov.folder.write("bad/\(depth)deep.md", "deep\n")
        let answer = try await ov.json("ingest", ov.folder.path("bad"), "--to", Self.target)
        #expect(answer.counts == [1, 0, 0, 0])
        #expect(try await ov.succeed("read", "\(Self.target)/\(depth)deep.md") == "deep\n")
        try await ov.succeed("tree", Self.target)
    }

    @Test func aSourceThatIsGoneFailsAndTheOldRevisionStays() async throws {
        let ov = try Installation()
        try ov.folder.write("bad/a.md", "a\n")
        try await ov.succeed("ingest", ov.folder.path("bad"), "--to", Self.target, "--watch-interval", "600")
        try ov.folder.rename("bad", to: "moved")
        for failures in 1...3 {
            let result = try await ov.run("task", "watch", "trigger", Self.target, "--wait")
            #expect(result.status == 1 && result.errors.contains(ov.folder.path("bad")), "\(result.summary)")
            let watch = try await ov.watch(Self.target)
            #expect(watch["consecutive_failures"]?.integer == Int64(failures))
            #expect(watch["status"]?.string == (failures < 3 ? "active" : "suspended"))
            #expect(try await ov.succeed("read", "\(Self.target)/a.md") == "a\n")
        }
        let refused = try await ov.run("task", "watch", "trigger", Self.target, "--wait")
        #expect(refused.status == 1 && refused.errors.contains("ov task watch resume"), "\(refused.summary)")

        try ov.folder.rename("moved", to: "bad")
        try await ov.succeed("task", "watch", "resume", Self.target)
        let run = try await ov.json("task", "watch", "trigger", Self.target, "--wait")
        #expect(run["status"]?.string == "completed")
        #expect(try await ov.watch(Self.target)["last_error"] == .null)
        try await ov.checkStore()
    }

    @Test func filesThatComeAndGoWhileTheyAreReadDoNoHarm() async throws {
        let ov = try Installation()
        for number in 0..<300 { try ov.folder.write("bad/\(number).md", "# \(number)\n") }
        let ingest = ["ingest", ov.folder.path("bad"), "--to", Self.target, "-q"]
        let folder = ov.folder
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<6 {
                    let result = try await ov.run(ingest)
                    #expect(result.status == 0, "\(result.summary)")
                }
            }
            group.addTask {
                var round = 0
                while !Task.isCancelled {
                    for number in 0..<100 {
                        try folder.write("bad/\(number).md", "# \(number)\n\nRound \(round).\n")
                        try folder.remove("bad/\(number + 100).md")
                        try folder.write("bad/\(number + 100).md", String(repeating: "r", count: round))
                        await Task.yield()
                    }
                    round += 1
                }
            }
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
        try await ov.succeed("ingest", ov.folder.path("bad"), "--to", Self.target)
        for number in [7, 107, 250] {
            let uri = "\(Self.target)/\(number).md"
            #expect(Array(try await ov.succeed("read", uri).utf8) == (try ov.folder.read("bad/\(number).md")))
        }
        try await ov.checkStore()
    }

    @Test(.enabled("root may read everything") { try await Unprivileged.isPossible() })
    func aFolderThatMayNotBeReadIsNamedAndKeepsWhatItHad() async throws {
        let ov = try Installation()
        try ov.folder.write("bad/a.md", "a\n")
        try ov.folder.write("bad/locked/b.md", "b\n")
        let user = try Unprivileged(ov)
        let ingest = ["ingest", ov.folder.path("bad"), "--to", Self.target, "-o", "json"]
        #expect(try await user.run(ingest).status == 0)
        try ov.folder.setPermissions("bad/locked", 0)
        try ov.folder.write("bad/a.md", "A\n")
        let result = try await user.run(ingest)
        try #require(result.status == 0, "\(result.summary)")
        let answer = try JSONValue(parsing: result.output)
        #expect(answer.counts == [0, 1, 0, 1] && warnings(answer).contains("locked"), "\(result.summary)")
        #expect(try await user.run(["read", "\(Self.target)/locked/b.md"]).text == "b\n")
    }
}

/// The program as somebody who is not root, because root may read everything.
private struct Unprivileged {
    private static let setpriv = ["--reuid=65534", "--regid=65534", "--clear-groups"]
    private let ov: Installation

    init(_ ov: Installation) throws {
        self.ov = ov
        // The other user has to make a home in it.
        if geteuid() == 0 { try ov.folder.setPermissions("", 0o777) }
    }

    func run(_ words: [String]) async throws -> ChildProcess.Result {
        guard geteuid() == 0 else { return try await ov.run(words) }
        let command = ChildProcess.Command(
            "/usr/bin/setpriv", Self.setpriv + [ov.executable] + words, environment: ["OV_HOME": ov.home])
        return try await ChildProcess(command).wait()
    }

    /// Whether somebody else may start the program at all.
    static func isPossible() async throws -> Bool {
        guard geteuid() == 0 else { return true }
        guard access("/usr/bin/setpriv", X_OK) == 0 else { return false }
        return try await Unprivileged(Installation()).run(["version"]).status == 0
    }
}

extension TemporaryFolder {
    /// A file that claims a size and takes no room.
    func makeSparseFile(_ relative: String, size: Int64) throws {
        try write(relative, [])
        try Descriptor(opening: path(relative), O_WRONLY).truncate(to: size)
    }
}
