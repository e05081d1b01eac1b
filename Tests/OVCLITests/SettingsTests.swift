// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import OVClient
import OVCore
import OVSystem
import OVTestTraits
import Testing

@testable import OVCLI

@Suite(.inTurn) struct SettingsTests {
    private static func settings(_ words: [String] = [], _ environment: [String: String], in folder: String = "/data")
        throws -> Settings
    {
        try Settings(GlobalOptions.parse(words), environment: environment, in: folder)
    }

    @Test(arguments: [
        (["--home", "/a/"], ["OV_HOME": "/b"], "/a"),
        (["--home", "data"], [:], "/data/data"),
        ([], ["OV_HOME": "rel"], "/data/rel"),
        ([], ["OV_HOME": "", "XDG_DATA_HOME": "/x", "HOME": "/h"], "/x/ov"),
        ([], ["XDG_DATA_HOME": "relative", "HOME": "/h"], "/h/.local/share/ov"),
        ([], ["HOME": "/h"], "/h/.local/share/ov"),
    ])
    func `the home is the option's, the environment's, or the default`(
        words: [String], environment: [String: String], home: String
    ) throws {
        #expect(try Self.settings(words, environment).home == home)
    }

    @Test func `no home at all is an error`() {
        #expect(throws: OVError.self) { try Self.settings([], [:]) }
        #expect(throws: OVError.self) { try Self.settings(["--home", ""], ["HOME": "/h"]) }
    }

    @Test(arguments: ["a/b", "", "~", "x\u{7}"])
    func `a name that no address can hold is refused`(name: String) {
        #expect(throws: OVError.self) { try Self.settings(["--user", name], ["HOME": "/h"]) }
        #expect(throws: OVError.self) { try Self.settings(["--account", name], ["HOME": "/h"]) }
    }

    private func withHome(_ configuration: String, _ body: (String) throws -> Void) throws {
        var template = Array("/tmp/ov-home-XXXXXX".utf8CString)
        let home = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer {
            unlink("\(home)/config.json")
            rmdir(home)
        }
        try Descriptor(opening: "\(home)/config.json", O_WRONLY | O_CREAT, mode: 0o600).write(
            Array(configuration.utf8))
        try body(home)
    }

    @Test func `an option goes before the environment, the environment before the file`() throws {
        let file = """
            {"account": "file", "user": "file", "output": "json", "compact": true, "quiet": true, "verbose": 2,
             "no_color": true, "limits": {"tasks": 7}}
            """
        try withHome(file) { home in
            let plain = try Self.settings([], ["OV_HOME": home])
            #expect(plain.caller == Caller(account: "file", user: "file", role: .root, origin: .local))
            #expect(plain.format == .json && plain.isCompact && plain.isQuiet && !plain.usesColor)
            #expect(plain.verbosity == 2 && plain.limits.tasks == 7)
            let other = try Self.settings(
                ["--user", "option", "-o", "table", "-v"],
                ["OV_HOME": home, "OV_USER": "environment", "OV_ACCOUNT": "environment"])
            #expect(other.caller.account == "environment" && other.caller.user == "option")
            #expect(other.format == .table && other.verbosity == 1 && !other.isQuiet)
        }
    }

    @Test func `a server is the option's, the environment's, or the file's, and the file's key is for the file's`()
        throws
    {
        try withHome(#"{"server": "http://file:1", "api_key": "of-the-file"}"#) { home in
            let plain = try #require(try Self.settings([], ["OV_HOME": home]).server)
            #expect(plain.address.text == "http://file:1" && plain.identity.key == "of-the-file")
            #expect(plain.identity.account == nil && plain.identity.user == nil)
            let environment = ["OV_HOME": home, "OV_SERVER": "http://other:2", "OV_USER": "ann"]
            let other = try #require(try Self.settings([], environment).server)
            #expect(other.address.text == "http://other:2" && other.identity.key == nil)
            #expect(other.identity.user == "ann")
            let words = ["--server", "http://third:3", "--api-key", "mine"]
            let third = try #require(
                try Self.settings(words, environment.merging(["OV_API_KEY": "theirs"]) { $1 }).server)
            #expect(third.address.text == "http://third:3" && third.identity.key == "mine")
            chmod("\(home)/config.json", 0o644)
            let error = #expect(throws: OVError.self) { try Self.settings([], ["OV_HOME": home]) }
            #expect(error?.hint?.hasPrefix("chmod 600") == true)
        }
        #expect(try Self.settings([], ["HOME": "/h"]).server == nil)
        #expect(try Self.settings(["--server", "http://x"], [:]).server?.address.text == "http://x")
    }

    @Test(arguments: ["a b", "k\r\nX: y", "", "ü"])
    func `what is no key is refused, and not shown`(key: String) throws {
        let error = #expect(throws: OVError.self) {
            try Self.settings(["--server", "http://x", "--api-key", key], ["HOME": "/h"])
        }
        #expect(error?.code == .invalidArgument)
        if !key.isEmpty { #expect(error?.message.contains(key) == false) }
    }

    @Test func `a broken file stops every command that needs it, and no other`() async throws {
        var harness = CommandLineHarness()
        var template = Array("/tmp/ov-home-XXXXXX".utf8CString)
        let home = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer {
            unlink("\(home)/config.json")
            rmdir(home)
        }
        try Descriptor(opening: "\(home)/config.json", O_WRONLY | O_CREAT).write(Array("{".utf8))
        harness.environment = ["OV_HOME": home]
        let outcome = await harness.run("status")
        #expect(outcome.stderr.hasPrefix("ov: \(home)/config.json is not valid JSON: ") && outcome.status == 2)
        #expect(await harness.run("version") == Outcome(stdout: "ov \(productVersion)\n"))
    }
}
