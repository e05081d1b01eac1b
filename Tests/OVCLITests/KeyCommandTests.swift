// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestTraits
import Testing

@testable import OVCLI

@Suite(.inTurn) struct KeyCommandTests {
    @Test func `the key alone is on standard output, and words about it elsewhere`() async throws {
        let text = Samples.keyText(1)
        for quiet in [[], ["-q"]] {
            let outcome = await CommandLineHarness().run(
                ["key", "create", "--role", "user", "--account", "team", "--user", "ann"] + quiet)
            #expect(outcome.status == 0, "\(outcome)")
            #expect(outcome.stdout == text.text + "\n")
            #expect(outcome.stderr.isEmpty == !quiet.isEmpty)
            #expect(!outcome.stderr.contains(text.text.suffix(64)))
        }
        let loud = await CommandLineHarness().run("key", "create", "--role", "admin", "--account", "team")
        #expect(loud.stderr.contains("for an admin of the account team, user default"))
        #expect(loud.stderr.contains("from now on callers over the network need a key"))
    }

    @Test(arguments: [
        ["key", "create"], ["key", "create", "--role", "king"], ["key", "create", "--role", "user", "--user", "a/b"],
        ["key", "create", "--role", "user", "--user", ".."], ["key", "revoke"], ["key", "revoke", "x"],
        ["key", "revoke", ""], ["key", "rm"],
    ])
    func `wrong usage says so and makes nothing`(words: [String]) async throws {
        let outcome = await CommandLineHarness().run(words)
        #expect(outcome.status == ExitStatus.usage, "\(outcome)")
        #expect(outcome.stdout.isEmpty && !outcome.stderr.isEmpty)
    }

    @Test func `a key is revoked by its id, or by itself, which is not repeated`() async throws {
        let text = Samples.keyText(2)
        for word in [text.id.description, text.text] {
            var harness = CommandLineHarness()
            harness.maintenance.keyViews = Samples.keys
            let outcome = await harness.run("key", "revoke", word)
            #expect(outcome.stdout == "\(text.id)  revoked\n")
            #expect(outcome.stderr.isEmpty)
            let broken = await harness.run("key", "revoke", text.text.dropLast() + "x")
            #expect(broken.status == ExitStatus.usage)
            #expect(!broken.stderr.contains(text.text.dropLast()))
        }
        var harness = CommandLineHarness()
        harness.maintenance.keyViews = [Samples.keys[0]]
        #expect(
            await harness.run("key", "revoke", Samples.keyText(1).id.description).stderr.contains("no keys are left"))
        let json = await harness.run("key", "revoke", Samples.keyText(1).id.description, "-o", "json", "-c")
        #expect(json.stdout == #"{"ok":true,"result":{"id":"\#(Samples.keyText(1).id)","revoked":true}}"# + "\n")
    }

    @Test func `no keys is an empty list, and what that means`() async throws {
        let outcome = await CommandLineHarness().run("key", "ls")
        #expect(outcome.stdout.isEmpty)
        #expect(outcome.stderr.contains("lets in everybody"))
        #expect(
            await CommandLineHarness().run("key", "ls", "-o", "json", "-c").stdout == #"{"ok":true,"result":[]}"# + "\n"
        )
    }
}
