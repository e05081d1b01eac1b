// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVAPI
import OVCore
import OVSystem
import OVTestTraits
import Testing

@testable import OVCLI

@Suite(.inTurn) struct DocumentCommandTests {
    private var harness: CommandLineHarness {
        var script = ScriptedPlane.Script()
        script.entries = Samples.entries
        script.hasMore = true
        script.texts = ["viking://resources/a.md": "# A\nred \u{1B}[31m", "viking://resources/b.md": "B\n"]
        script.bytes = ["viking://resources/a.md": [0, 1, 255], "viking://resources/b.md": Array("B".utf8)]
        script.watches = Samples.watches
        return CommandLineHarness(script)
    }

    @Test(arguments: [
        ("ls", "entries viking://resources recursive=false levels=0"),
        ("ls viking://~/resources -r", "entries viking://~/resources recursive=true levels=0"),
        ("tree viking://resources/docs -L 2", "entries viking://resources/docs recursive=true levels=2"),
        ("read viking://resources/a.md --offset 3 --limit 4", "read viking://resources/a.md offset=3 limit=4"),
        ("read viking://resources/a.md --lines 3:7", "read viking://resources/a.md offset=2 limit=5"),
        ("read viking://resources/a.md --lines 3:", "read viking://resources/a.md offset=2 limit=-"),
        ("read viking://resources/a.md --lines :7", "read viking://resources/a.md offset=0 limit=7"),
        ("read viking://resources/a.md --lines 7", "read viking://resources/a.md offset=6 limit=1"),
        (
            "read viking://resources/a.md --section Use --max-tokens 9 --revision r1",
            "read viking://resources/a.md offset=0 limit=- section=Use tokens=9 revision=r1"
        ),
        ("abstract viking://resources/a.md", "abstract viking://resources/a.md"),
        ("overview viking://resources/a.md", "overview viking://resources/a.md"),
        ("rm viking://resources/a.md -r", "remove viking://resources/a.md recursively=true"),
        ("stat viking://resources/zebra.md", "stat viking://resources/zebra.md"),
        (
            "find two words --in viking://resources --in viking://~/resources --limit 3",
            "find two words in=viking://resources,viking://~/resources limit=3"
        ),
        ("grep a.b", "grep a.b viking://"), ("grep a.b viking://resources -i -C2", "grep a.b viking://resources"),
        ("glob *.md viking://resources", "glob *.md viking://resources"),
    ])
    func `a command asks for what it says`(command: String, call: String) async {
        let harness = harness
        #expect(await harness.run(command.split(separator: " ").map(String.init)).status == 0)
        #expect(harness.plane.calls == [call])
    }

    @Test func `a list that was cut short says so`() async {
        let outcome = await harness.run("ls")
        #expect(outcome.stderr == "there are more entries: raise --limit\n")
        #expect(await harness.run("ls", "-o", "json", "-c").stdout.hasPrefix(#"{"ok":true,"result":[{"uri":"#))
    }

    @Test func `a pipe gets the text as it is, a terminal nothing that it would act on`() async {
        var harness = harness
        #expect(await harness.run("read", "viking://resources/a.md").stdout == "# A\nred \u{1B}[31m")
        harness.width = 80
        #expect(await harness.run("read", "viking://resources/a.md").stdout == "# A\nred \u{FFFD}[31m\n")
    }

    @Test func `several documents stand under headings, or are objects`() async {
        let words = ["read", "viking://resources/a.md", "viking://resources/b.md"]
        let heads = "==> viking://resources/a.md <==\n# A\nred \u{1B}[31m\n\n==> viking://resources/b.md <==\nB\n"
        #expect(await harness.run(words).stdout == heads)
        let json = await harness.run(words + ["-c", "-o", "json"]).stdout
        let escape = "\\u001b"
        #expect(
            json == ##"{"ok":true,"result":[{"uri":"viking://resources/a.md","text":"# A\nred \##(escape)[31m"},"##
                + ##"{"uri":"viking://resources/b.md","text":"B\n"}]}"## + "\n")
        #expect(await harness.run("read", "viking://resources/b.md", "-o", "json").stdout == "\"B\\n\"\n")
    }

    @Test func `removing says what went, and which watch is suspended`() async {
        let outcome = await harness.run("rm", "viking://resources/notes")
        #expect(
            outcome
                == Outcome(
                    stdout: "removed viking://resources/notes\n3 documents gone\n",
                    stderr: "its watch \(Samples.id(3)) is suspended\n"))
    }

    // MARK: Exporting

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        var template = Array("/tmp/ov-cli-XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer {
            for name in ["a.md", "b.md", "out"] { unlink("\(folder)/\(name)") }
            rmdir(folder)
        }
        try await body(folder)
    }

    private func contents(_ path: String) -> [UInt8]? {
        try? Descriptor(opening: path, O_RDONLY).read(100, at: 0)
    }

    @Test func `a document becomes a file, in a folder under its own name`() async throws {
        try await withFolder { folder in
            var harness = harness
            harness.workingDirectory = folder
            let outcome = await harness.run("get", "viking://resources/a.md", "out")
            #expect(outcome == Outcome(stdout: "\(folder)/out  3 B\n"))
            #expect(contents("\(folder)/out") == [0, 1, 255])
            let named = await harness.run("get", "viking://resources/b.md", ".", "-c", "-o", "json")
            let result = #"{"uri":"viking://resources/b.md","path":"\#(folder)/b.md","bytes":1}"#
            #expect(named.stdout == #"{"ok":true,"result":\#(result)}"# + "\n")
            #expect(contents("\(folder)/b.md") == Array("B".utf8))
        }
    }

    @Test func `a file that is there is replaced only by force`() async throws {
        try await withFolder { folder in
            _ = await harness.run("get", "viking://resources/a.md", folder)
            let refused = await harness.run("get", "viking://resources/b.md", "\(folder)/a.md")
            let words = "ov: \(folder)/a.md is there already\nhint: replace it with --force\n"
            #expect(refused == Outcome(stderr: words, status: 1))
            #expect(contents("\(folder)/a.md") == [0, 1, 255])
            #expect(await harness.run("get", "viking://resources/b.md", "\(folder)/a.md", "--force").status == 0)
            #expect(contents("\(folder)/a.md") == Array("B".utf8))
        }
    }

    @Test func `bytes go to standard output as they are`() async {
        #expect(await harness.run("get", "viking://resources/b.md", "-") == Outcome(stdout: "B"))
    }

    @Test(arguments: [
        ("/dev/null", "/dev/null is there, and is not a file"), ("/nowhere/at/all", "cannot open /nowhere/at/all."),
        ("/nowhere/", "there is no folder /nowhere/"),
    ])
    func `a place that cannot take a file is an error`(path: String, message: String) async {
        let outcome = await harness.run("get", "viking://resources/b.md", path, "--force")
        #expect(outcome.stderr.hasPrefix("ov: \(message)") && outcome.status == 1, "\(outcome)")
    }
}
