// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OVCore
import OVTestTraits
import Testing

@testable import OVCLI

@Suite(.inTurn) struct ManualTests {
    @Test(arguments: [
        "ov", "ov-ingest", "ov-task", "ov-task-watch", "ov-documents", "ov-search", "ov-changes", "ov-serve",
        "ov-mcp", "ov-key", "ov-store",
    ])
    func `a page in the repository is what the commands' definitions make of it`(name: String) throws {
        let page = try #require(try Manual.pages().first { $0.name == name })
        try Golden.expect(page.text, matches: "man/\(page.fileName)")
    }

    @Test func `every command has its place on a page`() throws {
        let root = try CommandDefinition(dump: OV._dumpHelp())
        let described = try Manual.pages().flatMap(\.commands).map(\.path)
        #expect(Set(root.leaves.map(\.path)) == Set(described))
    }

    @Test func `every command says what it is for and gives an example of itself`() throws {
        for command in try CommandDefinition(dump: OV._dumpHelp()).leaves {
            let name = command.path.joined(separator: " ")
            #expect(!command.abstract.isEmpty && !command.words.isEmpty, "\(name)")
            let isShown = command.examples.contains { $0.contains(command.path.dropFirst().joined(separator: " ")) }
            #expect(isShown, "\(name)")
            for argument in command.own { #expect(!argument.abstract.isEmpty, "\(name) \(argument.names)") }
        }
    }

    @Test func `every command takes the global options`() throws {
        for command in try CommandDefinition(dump: OV._dumpHelp()).leaves {
            #expect(Set(command.global.flatMap(\.names)) == GlobalOptions.names, "\(command.path)")
        }
    }

    @Test(arguments: [
        (".leading dot", "\\&.leading dot"), ("'quote", "\\&'quote"), ("a\\b", "a\\eb"), ("--to", "\\-\\-to"),
    ])
    func `text is never markup`(text: String, escaped: String) {
        #expect(Roff.escaped(text) == escaped)
    }
}
