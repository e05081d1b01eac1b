// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

/// What is wrong is refused with the right status, in words that say what to do, and leaves nothing behind.
@Suite(.inTurn) struct WrongUseTests {
    struct Case: CustomTestStringConvertible {
        let words: [String]
        let status: Int32
        /// What the message has to name.
        let names: String

        init(_ words: String, _ status: Int32, _ names: String) {
            self.words = words.split(separator: " ").map(String.init)
            (self.status, self.names) = (status, names)
        }

        var testDescription: String { words.joined(separator: " ") }
    }

    static let unknown = "7f02e980-8df9-4f27-a570-4d8428cbed8a"

    static let cases = [
        Case("ingest SOURCE --to http://x/y", 2, "viking://"),
        Case("ingest SOURCE --to Viking://resources/x", 2, "viking://resources/x"),
        Case("ingest SOURCE --to viking://resources/a/../b", 2, ".."),
        Case("ingest SOURCE --to viking://resources/x --bogus", 2, "--bogus"),
        Case("ingest", 2, "source"),
        Case("ingest /no/such/folder --to viking://resources/x", 2, "/no/such/folder"),
        Case("ingest SOURCE --watch-interval 5", 1, "--to"),
        Case("ingest SOURCE --to viking://resources/x --watch-interval -1", 2, "watch_interval"),
        Case("ingest SOURCE --to viking://resources/x --watch-interval nan", 2, "finite"),
        Case("ingest SOURCE --to viking://resources/x --watch-interval 5256001", 2, "ten years"),
        Case("ingest SOURCE --to viking://resources/x --watch-interval soon", 2, "soon"),
        Case("task watch show \(unknown)", 1, unknown),
        Case("task watch show viking://resources/x", 1, "viking://resources/x"),
        Case("task watch update viking://resources/x --interval 0", 2, "ov task watch pause"),
        Case("task watch update viking://resources/x --interval -5", 2, "ov task watch pause"),
        Case("task watch update viking://resources/x", 2, "--interval"),
        Case("task watch update viking://resources/x --interval 5", 1, "viking://resources/x"),
        Case("task watch pause Viking://resources/x", 2, "viking://resources/x"),
        Case("task watch rm http://resources/x", 2, "http"),
        Case("task watch trigger", 2, "--due"),
        Case("task watch trigger viking://resources/x --due", 2, "--due"),
        Case("task watch trigger viking://resources/x", 1, "viking://resources/x"),
        Case("task status \(unknown)", 1, unknown),
        Case("task cancel \(unknown)", 1, unknown),
        Case("task list --limit 0", 2, "limit"),
        Case("task list --status sleeping", 2, "cancelling"),
        Case("read viking://resources/none", 1, "viking://resources/none"),
        Case("read", 2, "uri"),
        Case("rm viking://resources/none", 1, "viking://resources/none"),
        Case("ls viking://elsewhere/x", 2, "elsewhere"),
        Case("ls -o xml", 2, "xml"),
        Case("lss", 2, "lss"),
        Case("task watch lss", 2, "lss"),
    ]

    @Test(arguments: cases) func wrongUseIsRefusedAndLeavesNothing(wrong: Case) async throws {
        let ov = try Installation()
        try ov.folder.write("docs/a.md", "a\n")
        let words = wrong.words.map { $0 == "SOURCE" ? ov.folder.path("docs") : $0 }
        let plain = try await ov.run(words)
        #expect(plain.status == wrong.status, "\(plain.summary)")
        #expect(plain.output.isEmpty && plain.errors.hasPrefix("ov: "), "\(plain.summary)")
        #expect(plain.errors.contains(wrong.names), "\(plain.summary)")
        #expect(!FileStatus.exists(ov.home + "/state.json.gz"), "a refused command has created the store")

        guard !words.contains("-o") else { return }
        let json = try await ov.run(words + ["-o", "json"])
        #expect(json.status == wrong.status && json.output.isEmpty, "\(json.summary)")
        let error = try JSONValue(parsing: Array(json.errors.utf8))["error"]
        #expect(error?["code"]?.string?.isEmpty == false && error?["message"]?.string?.isEmpty == false)
    }

    @Test(arguments: [
        (#"{"acount": "x"}"#, "account"), (#"{"output": "xml"}"#, "xml"), ("{", "JSON"), ("[]", "object"),
        (#"{"limits": {"concurent_runs": 1}}"#, "concurrent_runs"), (#"{"limits": {"concurrent_runs": 0}}"#, "1"),
    ])
    func aWrongConfigurationIsRefused(text: String, names: String) async throws {
        let ov = try Installation()
        try ov.folder.write("home/config.json", text)
        let result = try await ov.run("ls")
        #expect(result.status == 2 && result.errors.contains("config.json"), "\(result.summary)")
        #expect(result.errors.contains(names), "\(result.summary)")
    }

    @Test func aDamagedStoreIsUnavailableToEveryCommandAndNotTouched() async throws {
        let ov = try Installation()
        try ov.folder.write("docs/a.md", "a\n")
        try ov.folder.write("home/state.json.gz", "not a state")
        for words in [
            ["ls"], ["task", "watch", "ls"], ["health"], ["status"],
            ["ingest", ov.folder.path("docs"), "--to", "viking://resources/x"],
        ] {
            let result = try await ov.run(words)
            #expect(result.status == 3 && result.errors.contains("ov store repair"), "\(result.summary)")
        }
        #expect(try await ov.run("store", "check").status == 1)
        #expect(try ov.folder.read("home/state.json.gz") == Array("not a state".utf8))
    }

    @Test func theHomeOptionGoesBeforeTheEnvironment() async throws {
        let ov = try Installation()
        try ov.folder.write("docs/a.md", "a\n")
        let other = ov.folder.path("other")
        try await ov.succeed("--home", other, "ingest", ov.folder.path("docs"), "--to", "viking://resources/x")
        #expect(!FileStatus.exists(ov.home))
        #expect(try await ov.succeed("ls", "--home", other).contains("x/"))
    }
}

extension FileStatus {
    fileprivate static func exists(_ path: String) -> Bool { (try? FileStatus(of: path)) != nil }
}
