// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestTraits
import Testing

@testable import OVCLI

@Suite(.inTurn) struct ExitCodeTests {
    private static let table: [OVError.Code: Int32] = [
        .invalidArgument: 2, .contradictoryArguments: 1, .invalidURI: 2, .unauthenticated: 1, .permissionDenied: 1,
        .notFound: 1, .methodNotAllowed: 1, .conflict: 1, .failedPrecondition: 1, .massDeletionHeld: 1,
        .cursorTooOld: 1, .payloadTooLarge: 1, .resourceExhausted: 1, .processingError: 1, .unavailable: 3,
        .deadlineExceeded: 1, .cancelled: 1, .internal: 1,
    ]

    @Test(arguments: OVError.Code.allCases)
    func `a failed command ends with the status of the contract`(code: OVError.Code) async {
        var script = ScriptedPlane.Script()
        script.error = OVError(code, "it did not work", hint: "try again")
        let outcome = await CommandLineHarness(script).run("status")
        #expect(outcome.status == Self.table[code])
        #expect(outcome.stderr == "ov: it did not work\nhint: try again\n")
    }

    @Test func `the help repeats the table`() async {
        let help = await CommandLineHarness().run("--help").stdout
        for row in ExitStatus.meanings { #expect(help.contains("  \(row.status)  \(row.meaning)"), "\(row)") }
    }

    @Test func `a reader that went away ends the command quietly`() async {
        var harness = CommandLineHarness()
        harness.outputIsGone = true
        #expect(await harness.run("status") == Outcome(status: 141))
        #expect(await harness.run() == Outcome(status: 141))
        #expect(await harness.run("--help") == Outcome(status: 141))
    }
}
