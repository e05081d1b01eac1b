// SPDX-License-Identifier: Apache-2.0

import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

/// The manual page about plug-ins says what the code does.
@Suite(.inTurn) struct PluginManualTests {
    /// The page without its markup.
    private let page: String
    private let lines: [Substring]

    init() throws {
        page = try PluginHome.repositoryFile("man/ov-fetch.7")
            .replacing(/\\f[BIR]/, with: "").replacing("\\-", with: "-")
        lines = page.split(separator: "\n")
    }

    private func words(_ pattern: Regex<Substring>) -> Set<String> {
        Set(page.matches(of: pattern).map { String($0.output) })
    }

    @Test func itNamesTheKeywords() {
        #expect(words(/OV\.[a-z]+/) == Set(PluginProtocol.Keyword.allCases.map(\.rawValue)))
        for keyword in PluginProtocol.Keyword.allCases { #expect(lines.contains(".B \(keyword.rawValue)")) }
    }

    @Test func itNamesTheVariables() {
        let known = PluginProtocol.Variable.allCases.map(\.rawValue)
        let prefixes = [PluginProtocol.argumentVariablePrefix + "KEY", PluginProtocol.passedPrefix]
        #expect(words(/OV_[A-Z_]+/) == Set(known + prefixes))
        for variable in PluginProtocol.passedVariables {
            #expect(lines.contains { $0.hasPrefix(".B") && $0.split(separator: " ").contains(Substring(variable)) })
        }
    }

    @Test func itNamesTheStatuses() throws {
        let section = try #require(page.split(separator: ".SH EXIT STATUS").last?.split(separator: "\n.SH").first)
        let named = section.matches(of: /\n\.B ([0-9]+)\n/).map { Int32($0.output.1) }
        #expect(named == PluginProtocol.Status.allCases.map(\.rawValue))
    }

    @Test(arguments: ["directory", "checked"]) func itsExamplesAreThoseThatAreTested(_ name: String) throws {
        #expect(page.contains("\n.RS\n" + (try PluginHome.example(name)) + ".RE\n"))
    }

    @Test func itCanBeRead() async throws {
        let page = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let command = ChildProcess.Command(
            "/usr/bin/env", ["groff", "-man", "-Tutf8", "-ww", "-z", "/\(page)/man/ov-fetch.7"],
            environment: ["PATH": PluginHome.path])
        let result = try await ChildProcess(command).wait()
        // Where there is no groff, nothing is known.
        guard result.status != 127 else { return }
        #expect(result.status == 0)
        #expect(result.errors.isEmpty)
    }
}
