// SPDX-License-Identifier: Apache-2.0

import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

/// The manual page about converters says what the code does.
@Suite(.inTurn) struct ConverterManualTests {
    /// The page without its markup.
    private let page: String
    private let lines: [Substring]

    init() throws {
        page = try PluginHome.repositoryFile("man/ov-convert.7")
            .replacing(/\\f[BIR]/, with: "").replacing("\\-", with: "-")
        lines = page.split(separator: "\n")
    }

    @Test func `it names the variables`() {
        let named = Set(page.matches(of: /OV_[A-Z_]+/).map { String($0.output) })
        #expect(named == Set(ConverterProtocol.Variable.allCases.map(\.rawValue) + [ConverterProtocol.passedPrefix]))
        for variable in PluginProtocol.passedVariables {
            #expect(lines.contains { $0.hasPrefix(".B") && $0.split(separator: " ").contains(Substring(variable)) })
        }
    }

    @Test func `it names the statuses`() throws {
        let section = try #require(page.split(separator: ".SH EXIT STATUS").last?.split(separator: "\n.SH").first)
        let named = section.matches(of: /\n\.B ([0-9]+)\n/).map { Int32($0.output.1) }
        #expect(named == ConverterProtocol.Status.allCases.map(\.rawValue))
    }

    @Test func `it can be read`() async throws {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let command = ChildProcess.Command(
            "/usr/bin/env", ["groff", "-man", "-Tutf8", "-ww", "-z", "/\(root)/man/ov-convert.7"],
            environment: ["PATH": PluginHome.path])
        let result = try await ChildProcess(command).wait()
        // Where there is no groff, nothing is known.
        guard result.status != 127 else { return }
        #expect(result.status == 0)
        #expect(result.errors.isEmpty)
    }
}
